"""What the wheel costs whoever imports it and whoever develops it; and where it can be built for, from here.

    python medir.py --salida F.json [--cifras C.json] [--partes importacion,ciclo,portable,cruzada] [--rueda R.whl] [--corto]

The interpreter is that of the environment `rueda`, where the wheel is installed (`cargo xtask rueda`). `ciclo` unpacks the source distribution in a
directory of its own and works there, so that no source of the repository is touched. `portable` needs zig: `ECOMMERCE_PYTHON_ZIG`, the interpreter
of the environment `zig` (`cargo xtask venv zig`).
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import re
import statistics
import subprocess
import sys
import tarfile
import tempfile
from pathlib import Path
from time import perf_counter
from typing import Any

CRATE = Path(__file__).resolve().parent.parent
MODULO = "mi_modulo_rust"
#: What a program pays before it can use one of them. The first is the interpreter alone.
IMPORTADOS = ("", MODULO, "numpy", "pyarrow", "polars", "pandas")
VECES, VECES_CORTO = 31, 3
EDICIONES = 5
DESTINOS = ("x86_64-apple-darwin", "x86_64-pc-windows-msvc", "aarch64-unknown-linux-gnu")
#: The line of src/lib.rs that every edition changes, so that the import can tell which one it got.
MARCA = 'env!("CARGO_PKG_VERSION")'


def correr(*orden: str | Path, en: Path | None = None, bien: bool = True, **entorno: str) -> subprocess.CompletedProcess[str]:
    # What cargo and this repository tell their own builds is nothing that a reader's build knows.
    propio = ("CARGO_", "PYO3_", "RUSTFLAGS")
    limpio = {nombre: valor for nombre, valor in os.environ.items() if nombre == "CARGO_HOME" or not nombre.startswith(propio)}
    hecho = subprocess.run([*map(str, orden)], cwd=en, env=limpio | entorno, capture_output=True, text=True, check=False)
    if bien and hecho.returncode != 0:
        raise SystemExit(f"{' '.join(map(str, orden))}: {hecho.stderr[-2000:] or hecho.stdout[-2000:]}")
    return hecho


def importacion(veces: int) -> dict[str, Any]:
    """Microseconds that `-X importtime` gives a module with all that it imports, and the wall time of a process that imports it."""
    propio: dict[str, list[int]] = {nombre: [] for nombre in IMPORTADOS if nombre}
    proceso: dict[str, list[float]] = {nombre: [] for nombre in IMPORTADOS}
    for vez in range(veces + 1):
        for nombre in IMPORTADOS:
            orden = f"import {nombre}" if nombre else "pass"
            inicio = perf_counter()
            correr(sys.executable, "-I", "-c", orden)
            tardado = perf_counter() - inicio
            dicho = correr(sys.executable, "-I", "-X", "importtime", "-c", orden).stderr if nombre else ""
            # The first round brings the files into memory.
            if vez == 0:
                continue
            proceso[nombre].append(tardado)
            if nombre:
                linea = next(linea for linea in dicho.splitlines() if linea.endswith(f"| {nombre}"))
                propio[nombre].append(int(linea.split("|")[1]))
    return {
        "veces": veces,
        "microsegundos": propio,
        "mediana_ms": {nombre: statistics.median(muestras) / 1e3 for nombre, muestras in propio.items()},
        "proceso_s": {nombre or "python": muestras for nombre, muestras in proceso.items()},
        "proceso_mediana_ms": {nombre or "python": statistics.median(muestras) * 1e3 for nombre, muestras in proceso.items()},
    }


def tamano(rueda: Path) -> dict[str, Any]:
    dicho = correr(sys.executable, "-m", "auditwheel", "show", rueda).stdout
    return {
        "archivo": rueda.name,
        "bytes": rueda.stat().st_size,
        "auditwheel": " ".join(dicho.split()),
        "manylinux": re.findall(r"manylinux_\d+_\d+_\w+", rueda.name),
    }


def desempaquetado(carpeta: Path) -> Path:
    """The source distribution, unpacked: all that the wheel is made of, and nothing else."""
    correr(sys.executable, "-m", "maturin", "sdist", "--manifest-path", CRATE / "Cargo.toml", "--out", carpeta)
    (archivo,) = carpeta.glob("*.tar.gz")
    with tarfile.open(archivo) as tar:
        tar.extractall(carpeta, filter="data")
    return carpeta / archivo.name.removesuffix(".tar.gz")


def ciclo(carpeta: Path, ediciones: int) -> dict[str, Any]:
    """Seconds from saving a source to having imported what it says: `maturin develop`, by profile."""
    raiz = desempaquetado(carpeta)
    entorno = carpeta / "entorno"
    correr(sys.executable, "-m", "venv", entorno)
    python = entorno / "bin/python"
    manifiesto = raiz / "crates" / CRATE.name / "Cargo.toml"
    fuente = manifiesto.parent / "src/lib.rs"
    original = fuente.read_text()
    if MARCA not in original:
        raise SystemExit(f"{fuente} no dice {MARCA}")
    aparte = {"VIRTUAL_ENV": str(entorno), "CARGO_TARGET_DIR": str(carpeta / "target")}

    def desarrollar(perfil: str) -> None:
        correr(sys.executable, "-m", "maturin", "develop", "--profile", perfil, "--manifest-path", manifiesto, en=raiz, **aparte)

    # What the compiler alone needs to say whether an edition compiles; in a directory of its own, or the builds below would begin warm.
    muestras = []
    solo = {"PYO3_PYTHON": str(python), "CARGO_TARGET_DIR": str(carpeta / "target-check")}
    for edicion in range(ediciones + 1):
        inicio = perf_counter()
        fuente.write_text(original + f"\n// {edicion}\n")
        correr("cargo", "check", "--quiet", "--manifest-path", manifiesto, en=raiz, **solo)
        muestras.append(perf_counter() - inicio)
    fuente.write_text(original)
    medido: dict[str, Any] = {"check": {"frio_s": muestras[0], "muestras_s": muestras[1:], "mediana_s": statistics.median(muestras[1:])}}
    for perfil in ("dev", "wheel"):
        inicio = perf_counter()
        desarrollar(perfil)
        frio = perf_counter() - inicio
        muestras = []
        for edicion in range(ediciones):
            texto = f"+{perfil}.{edicion}"
            inicio = perf_counter()
            fuente.write_text(original.replace(MARCA, f'concat!({MARCA}, "{texto}")'))
            desarrollar(perfil)
            dicho = correr(python, "-I", "-c", f"import {MODULO}; print({MODULO}.__version__)").stdout.strip()
            muestras.append(perf_counter() - inicio)
            if not dicho.endswith(texto):
                raise SystemExit(f"se importó {dicho}, y no la edición {texto}")
        fuente.write_text(original)
        medido[perfil] = {"frio_s": frio, "editar_e_importar_s": muestras, "mediana_s": statistics.median(muestras)}
    return medido


def portable(carpeta: Path) -> dict[str, Any]:
    """The wheel linked by zig against glibc 2.17, whatever glibc this machine has."""
    zig = os.environ.get("ECOMMERCE_PYTHON_ZIG")
    if not zig:
        return {"estado": "falta ECOMMERCE_PYTHON_ZIG (cargo xtask venv zig)"}
    raiz = desempaquetado(carpeta)
    inicio = perf_counter()
    hecho = correr(
        sys.executable, "-m", "maturin", "build", "--zig", "--compatibility", "manylinux2014", "--target", "x86_64-unknown-linux-gnu",
        "--manifest-path", raiz / "crates" / CRATE.name / "Cargo.toml", "--out", carpeta / "ruedas",
        en=raiz, bien=False, PATH=f"{Path(zig).parent}{os.pathsep}{os.environ['PATH']}", CARGO_TARGET_DIR=str(carpeta / "target-zig"),
    )  # fmt: skip
    if hecho.returncode != 0:
        return {"estado": "no se construye", "error": errores(hecho.stderr)}
    (rueda,) = (carpeta / "ruedas").glob("*.whl")
    return {"estado": "ok", "segundos": perf_counter() - inicio, **tamano(rueda)}


def cruzada(carpeta: Path) -> dict[str, Any]:
    """What maturin says of other systems, word by word."""
    raiz = desempaquetado(carpeta)
    instalados = correr("rustc", "--print", "sysroot").stdout.strip()
    dicho = {}
    for destino in DESTINOS:
        hecho = correr(
            sys.executable, "-m", "maturin", "build", "--profile", "dev", "--target", destino,
            "--manifest-path", raiz / "crates" / CRATE.name / "Cargo.toml", "--out", carpeta / destino,
            en=raiz, bien=False, CARGO_TARGET_DIR=str(carpeta / "target-cruzada"),
        )  # fmt: skip
        dicho[destino] = {
            "biblioteca_estandar": (Path(instalados) / "lib/rustlib" / destino).is_dir(),
            "codigo": hecho.returncode,
            "error": errores(hecho.stderr),
        }
    return dicho


def errores(texto: str) -> list[str]:
    """The lines that say what is wrong, each once."""
    lineas = []
    for linea in texto.splitlines():
        linea = linea.strip()
        # The command that failed says where this machine keeps things, and nothing of what is wrong.
        orden = linea.startswith("Caused by: Cargo build finished")
        if re.match(r"(error|= note|= help|note:|💥|Caused by|❌)", linea) and not orden and linea not in lineas:
            lineas.append(linea)
    return lineas[:12]


def coma(valor: float, cifras: int = 3) -> str:
    texto = f"{valor:.{cifras}g}"
    return (f"{float(texto):.0f}" if "e" in texto else texto).replace(".", ",")


def cifras(medido: dict[str, Any]) -> dict[str, str]:
    planas = {}
    if "importacion" in medido:
        for nombre, ms in medido["importacion"]["mediana_ms"].items():
            planas[f"16.6.2/importacion/{nombre}/ms"] = coma(ms)
        for nombre, ms in medido["importacion"]["proceso_mediana_ms"].items():
            planas[f"16.6.2/importacion/proceso/{nombre}/ms"] = coma(ms)
    if "rueda" in medido:
        planas["16.6.2/rueda/mb"] = coma(medido["rueda"]["bytes"] / 1e6)
        planas["16.6.2/rueda/archivo"] = medido["rueda"]["archivo"]
    for perfil in ("dev", "wheel"):
        if "ciclo" in medido:
            planas[f"16.6.2/ciclo/{perfil}/frio"] = f"{coma(medido['ciclo'][perfil]['frio_s'])} s"
            planas[f"16.6.2/ciclo/{perfil}/edicion"] = f"{coma(medido['ciclo'][perfil]['mediana_s'])} s"
    if "ciclo" in medido:
        planas["16.6.2/ciclo/check/edicion"] = f"{coma(medido['ciclo']['check']['mediana_s'])} s"
    if medido.get("portable", {}).get("estado") == "ok":
        planas["16.6.2/portable/archivo"] = medido["portable"]["archivo"]
        planas["16.6.2/portable/mb"] = coma(medido["portable"]["bytes"] / 1e6)
    for destino, dicho in medido.get("cruzada", {}).items():
        if dicho["codigo"] == 0:
            planas[f"16.6.2/cruzada/{destino}"] = "se construye"
        elif dicho["biblioteca_estandar"]:
            planas[f"16.6.2/cruzada/{destino}"] = f"no se construye: `{dicho['error'][0]}`"
        else:
            planas[f"16.6.2/cruzada/{destino}"] = f"no desde esta máquina, donde falta lo que trae `rustup target add {destino}`"
    return planas


def maquina() -> dict[str, Any]:
    with open("/proc/cpuinfo") as lineas:
        cpu = next((linea.split(":", 1)[1].strip() for linea in lineas if linea.startswith("model name")), platform.machine())
    return {"cpu": cpu, "nucleos": os.cpu_count(), "sistema": platform.platform(), "carga": os.getloadavg()[0]}


def main() -> None:
    pedido = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    pedido.add_argument("--salida", type=Path, required=True)
    pedido.add_argument("--cifras", type=Path)
    pedido.add_argument("--partes", default="importacion,ciclo,portable,cruzada")
    pedido.add_argument("--rueda", type=Path, default=os.environ.get("ECOMMERCE_RUEDA"))
    pedido.add_argument("--corto", action="store_true", help="solo la importación, tres veces")
    opciones = pedido.parse_args()
    partes = ["importacion"] if opciones.corto else opciones.partes.split(",")
    medido: dict[str, Any] = {"maquina": maquina(), "python": platform.python_version(), "rustc": correr("rustc", "--version").stdout.strip()}

    def guardar() -> None:
        # After every part: the next one takes minutes and may fail.
        opciones.salida.write_text(json.dumps(medido, ensure_ascii=False, indent=2) + "\n")

    if opciones.rueda:
        medido["rueda"] = tamano(Path(opciones.rueda))
    for parte in partes:
        with tempfile.TemporaryDirectory(prefix="ej_16_6_2_") as carpeta:
            if parte == "importacion":
                medido[parte] = importacion(VECES_CORTO if opciones.corto else VECES)
            elif parte == "ciclo":
                medido[parte] = ciclo(Path(carpeta), EDICIONES)
            elif parte == "portable":
                medido[parte] = portable(Path(carpeta))
            elif parte == "cruzada":
                medido[parte] = cruzada(Path(carpeta))
            else:
                raise SystemExit(f"no hay ninguna parte que se llame {parte!r}")
        guardar()
    planas = cifras(medido)
    if opciones.cifras:
        opciones.cifras.write_text(json.dumps(planas, ensure_ascii=False, indent=2, sort_keys=True) + "\n")
    for clave, valor in planas.items():
        print(f"{clave:<50} {valor}")


if __name__ == "__main__":
    main()
