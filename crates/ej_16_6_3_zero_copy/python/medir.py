"""x · 2 + 1 over a column of float64: `procesar_arrow` against NumPy, PyArrow, Polars and lists, from a thousand rows to a hundred million.

    python medir.py --salida F.json [--cifras C.json] [--md T.md] [--svg G.svg] [--corto]

Each sample is a process of its own, the contestants in turn, so that one's memory is not another's. A process makes its column from a seed, checks that
the contestant gives NumPy's bits, calls it once to warm up, and then times it; the result is dropped before the next call. Its peak is what the resident
memory grows during one call beyond the column, the result included.
"""

from __future__ import annotations

import argparse
import datetime as dt
import json
import os
import platform
import statistics
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from time import perf_counter
from typing import Any

import numpy as np

SEMILLA = 1663
TAMANOS = (1_000, 10_000, 100_000, 300_000, 1_000_000, 10_000_000, 100_000_000)
TAMANOS_CORTO = (1_000,)
RONDAS, RONDAS_CORTO = 5, 1
#: What each sample takes at least, so that the clock is not what is measured.
TANDA_S, TANDA_CORTO_S = 0.02, 0.001
#: What a contestant may have at once, as multiples of the column.
FACTOR = {"lista": 12.0}
#: Lists of more rows than these say nothing new and do not fit.
MAXIMO = {"lista": 10_000_000}


def rust_arrow(x: np.ndarray) -> tuple[Any, Callable[[Any], Any]]:
    import mi_modulo_rust as mi
    import pyarrow as pa

    return pa.array(x), mi.procesar_arrow


def rust_polars(x: np.ndarray) -> tuple[Any, Callable[[Any], Any]]:
    import mi_modulo_rust as mi
    import polars as pl

    return pl.Series(x), mi.procesar_arrow


def rust_numpy(x: np.ndarray) -> tuple[Any, Callable[[Any], Any]]:
    import mi_modulo_rust as mi

    return x, mi.procesar_arrow


def numpy(x: np.ndarray) -> tuple[Any, Callable[[Any], Any]]:
    return x, lambda x: x * 2 + 1


def numpy_dos(x: np.ndarray) -> tuple[Any, Callable[[Any], Any]]:
    def dos(x: np.ndarray) -> np.ndarray:
        doble = x * 2
        return doble + 1

    return x, dos


def numpy_out(x: np.ndarray) -> tuple[Any, Callable[[Any], Any]]:
    salida = np.zeros_like(x)

    def en_su_sitio(x: np.ndarray) -> np.ndarray:
        np.multiply(x, 2, out=salida)
        return np.add(salida, 1, out=salida)

    return x, en_su_sitio


def pyarrow(x: np.ndarray) -> tuple[Any, Callable[[Any], Any]]:
    import pyarrow as pa
    import pyarrow.compute as pc

    return pa.array(x), lambda columna: pc.add(pc.multiply(columna, 2.0), 1.0)


def polars(x: np.ndarray) -> tuple[Any, Callable[[Any], Any]]:
    import polars as pl

    marco = pl.DataFrame({"x": x})
    return marco, lambda marco: marco.select(pl.col("x") * 2 + 1)["x"]


def lista(x: np.ndarray) -> tuple[Any, Callable[[Any], Any]]:
    import mi_modulo_rust as mi

    return x.tolist(), mi.procesar_lista


CONTENDIENTES: dict[str, tuple[str, Callable[[np.ndarray], tuple[Any, Callable[[Any], Any]]], dict[str, str]]] = {
    "rust": ("`procesar_arrow` de un Array de PyArrow", rust_arrow, {}),
    "rust-un-hilo": ("lo mismo, con RAYON_NUM_THREADS=1", rust_arrow, {"RAYON_NUM_THREADS": "1"}),
    "rust-polars": ("`procesar_arrow` de una Series de Polars", rust_polars, {}),
    "rust-numpy": ("`procesar_arrow` de un array de NumPy", rust_numpy, {}),
    "numpy": ("NumPy, `x * 2 + 1`", numpy, {}),
    "numpy-dos": ("NumPy, `doble = x * 2`, `doble + 1`", numpy_dos, {}),
    "numpy-out": ("NumPy, `multiply` y `add` con `out=`, ya reservado", numpy_out, {}),
    "pyarrow": ("`pyarrow.compute`, `add(multiply(x, 2), 1)`", pyarrow, {}),
    "polars": ("Polars, `select(x * 2 + 1)`", polars, {}),
    "lista": ("lista → `Vec<f64>` → lista, como 16.6.1", lista, {}),
}


def columna(filas: int) -> np.ndarray:
    return np.random.default_rng(SEMILLA).standard_normal(filas)


def en_numpy(resultado: Any) -> np.ndarray:
    if isinstance(resultado, (np.ndarray, list)):
        return np.asarray(resultado, dtype=np.float64)
    import pyarrow as pa

    if hasattr(resultado, "__arrow_c_array__"):
        return pa.array(resultado).to_numpy()
    return pa.chunked_array(resultado).to_numpy()


def comprobar(x: np.ndarray, obtenido: np.ndarray) -> None:
    """Bit by bit, a piece at a time: a whole expected result would be memory that the contestant had not."""
    assert obtenido.shape == x.shape and obtenido.dtype == x.dtype
    for desde in range(0, len(x), 1 << 20):
        trozo = slice(desde, desde + (1 << 20))
        esperado = x[trozo] * 2 + 1
        if not np.array_equal(esperado.view(np.int64), obtenido[trozo].view(np.int64)):
            raise SystemExit(f"un resultado distinto del de NumPy a partir de la fila {desde}")


def estado(campo: str) -> int:
    with open("/proc/self/status") as lineas:
        return next(int(linea.split()[1]) << 10 for linea in lineas if linea.startswith(campo + ":"))


def pico(llamar: Callable[[], Any]) -> int | None:
    """What the resident memory grows in one call, at most; None where the system does not say."""
    try:
        with open("/proc/self/clear_refs", "w") as borrar:
            borrar.write("5")
        antes = estado("VmRSS")
        llamar()
        return max(0, estado("VmHWM") - antes)
    except OSError:
        return None


def muestra(nombre: str, filas: int, tanda_s: float) -> dict[str, Any]:
    x = columna(filas)
    entrada, funcion = CONTENDIENTES[nombre][1](x)
    comprobar(x, en_numpy(funcion(entrada)))
    del x
    veces = 1
    while True:
        inicio = perf_counter()
        for _ in range(veces):
            funcion(entrada)
        tardado = perf_counter() - inicio
        if tardado >= tanda_s / 2:
            break
        veces *= 4
    segundos = []
    for _ in range(5):
        inicio = perf_counter()
        for _ in range(veces):
            funcion(entrada)
        segundos.append((perf_counter() - inicio) / veces)
    return {"segundos": segundos, "llamadas": veces, "pico_bytes": pico(lambda: funcion(entrada))}


def memoria_disponible() -> int | None:
    try:
        with open("/proc/meminfo") as lineas:
            return next(int(linea.split()[1]) << 10 for linea in lineas if linea.startswith("MemAvailable:"))
    except OSError:
        return None


def medir(tamanos: tuple[int, ...], rondas: int, tanda_s: float) -> list[dict[str, Any]]:
    resultados: dict[tuple[str, int], dict[str, Any]] = {}
    for filas in tamanos:
        for ronda in range(rondas):
            nombres = list(CONTENDIENTES)
            # Each round begins with another one.
            giro = ronda % len(nombres)
            for nombre in nombres[giro:] + nombres[:giro]:
                uno = resultados.setdefault((nombre, filas), {"nombre": nombre, "filas": filas, "estado": "ok", "procesos": [], "pico_bytes": []})
                if filas > MAXIMO.get(nombre, filas):
                    uno["estado"] = "no se mide"
                    continue
                disponible = memoria_disponible()
                # The column as NumPy and as the contestant has it, two temporaries and the result.
                if disponible is not None and 8 * filas * FACTOR.get(nombre, 5.0) > disponible:
                    uno["estado"] = "sin memoria"
                    continue
                orden = [sys.executable, __file__, "--muestra", nombre, str(filas), str(tanda_s)]
                hijo = subprocess.run(orden, capture_output=True, text=True, env=os.environ | CONTENDIENTES[nombre][2], check=False)
                if hijo.returncode != 0:
                    raise SystemExit(f"{nombre} con {filas} filas: {hijo.stderr or hijo.stdout}")
                medido = json.loads(hijo.stdout)
                uno["procesos"].append(medido["segundos"])
                uno["llamadas"] = medido["llamadas"]
                uno["pico_bytes"].append(medido["pico_bytes"])
    for uno in resultados.values():
        if uno["procesos"]:
            segundos = [s for proceso in uno["procesos"] for s in proceso]
            # A process's best is what its memory allows; the median over processes, what is usual.
            uno["mediana_s"], uno["min_s"], uno["max_s"] = statistics.median(segundos), min(segundos), max(segundos)
            picos = [p for p in uno["pico_bytes"] if p is not None]
            uno["pico_mediana_bytes"] = statistics.median(picos) if picos else None
    return list(resultados.values())


# ---- how it is told


def coma(valor: float, cifras: int = 3) -> str:
    texto = f"{valor:.{cifras}g}"
    if "e" in texto:
        texto = f"{float(texto):.0f}"
    return texto.replace(".", ",")


def tiempo(segundos: float) -> str:
    for unidad, factor in (("s", 1.0), ("ms", 1e3), ("µs", 1e6)):
        if segundos * factor >= 1:
            return f"{coma(segundos * factor)} {unidad}"
    return f"{coma(segundos * 1e9)} ns"


def potencia(filas: int) -> str:
    cifra = str(filas).rstrip("0")
    return f"{cifra}e{len(str(filas)) - len(cifra)}"


def cifras(resultados: list[dict[str, Any]]) -> dict[str, str]:
    planas = {}
    for uno in resultados:
        clave = f"16.6.3/procesar/{potencia(uno['filas'])}/{uno['nombre']}"
        if uno["estado"] != "ok":
            planas[f"{clave}/tiempo"] = uno["estado"]
            continue
        planas[f"{clave}/tiempo"] = tiempo(uno["mediana_s"])
        planas[f"{clave}/ns_por_fila"] = coma(uno["mediana_s"] * 1e9 / uno["filas"])
        if uno["pico_mediana_bytes"] is not None:
            planas[f"{clave}/pico"] = f"{coma(uno['pico_mediana_bytes'] / 1e6)} MB"
            planas[f"{clave}/pico_en_columnas"] = coma(uno["pico_mediana_bytes"] / (8 * uno["filas"]), 2)
    de = {(uno["nombre"], uno["filas"]): uno for uno in resultados if uno["estado"] == "ok"}
    for (nombre, filas), uno in de.items():
        if nombre != "rust" and ("rust", filas) in de:
            veces = uno["mediana_s"] / de["rust", filas]["mediana_s"]
            planas[f"16.6.3/procesar/{potencia(filas)}/{nombre}/veces_rust"] = coma(veces)
    return planas


def markdown(resultado: dict[str, Any]) -> str:
    de = {(uno["nombre"], uno["filas"]): uno for uno in resultado["resultados"]}
    tamanos = sorted({filas for _, filas in de})
    lineas = [
        "# x · 2 + 1 sobre una columna de float64",
        "",
        f"{resultado['rondas']} procesos por casilla, los contendientes por turnos · mediana de todas las muestras · {resultado['maquina']['cpu']}, "
        f"{resultado['maquina']['nucleos']} núcleos · " + ", ".join(f"{nombre} {version}" for nombre, version in resultado["versiones"].items()),
        "",
        "| contendiente | qué | " + " | ".join(potencia(filas) for filas in tamanos) + " |",
        "|---|---|" + "---:|" * len(tamanos),
    ]
    for nombre, (que, _, _) in CONTENDIENTES.items():
        celdas = (tiempo(de[nombre, f]["mediana_s"]) if de[nombre, f]["estado"] == "ok" else de[nombre, f]["estado"] for f in tamanos)
        lineas.append(f"| {nombre} | {que} | " + " | ".join(celdas) + " |")
    lineas += ["", "Lo que crece la memoria residente durante una llamada, el resultado incluido, en veces lo que ocupa la columna:", ""]
    grandes = [filas for filas in tamanos if filas >= 1_000_000] or tamanos[-1:]
    lineas += ["| contendiente | " + " | ".join(potencia(filas) for filas in grandes) + " |", "|---|" + "---:|" * len(grandes)]
    for nombre in CONTENDIENTES:
        picos = [de[nombre, filas].get("pico_mediana_bytes") for filas in grandes]
        celdas = ("–" if uno is None else coma(uno / (8 * filas), 2) for uno, filas in zip(picos, grandes))
        lineas.append(f"| {nombre} | " + " | ".join(celdas) + " |")
    return "\n".join(lineas) + "\n"


#: Okabe and Ito's colours, as in the other drawings.
COLORES = ("#D55E00", "#0072B2", "#009E73", "#CC79A7", "#E69F00", "#56B4E9", "#5A5A5A")
ESTILOS = {
    "rust": (0, False),
    "rust-un-hilo": (0, True),
    "numpy": (1, False),
    "numpy-dos": (1, True),
    "numpy-out": (5, False),
    "pyarrow": (2, False),
    "polars": (3, False),
    "lista": (6, False),
}


def svg(resultado: dict[str, Any]) -> str:
    """Nanoseconds per row by rows, both on logarithmic scales."""
    ancho, alto, izquierda, derecha, arriba, abajo = 900, 540, 80, 650, 72, 470
    lineas: dict[str, list[tuple[float, float]]] = {}
    for uno in resultado["resultados"]:
        if uno["estado"] == "ok" and uno["nombre"] in ESTILOS:
            lineas.setdefault(uno["nombre"], []).append((float(uno["filas"]), uno["mediana_s"] * 1e9 / uno["filas"]))
    xs = [np.log10(x) for puntos in lineas.values() for x, _ in puntos]
    ys = [np.log10(y) for puntos in lineas.values() for _, y in puntos]
    x0, x1, y0, y1 = min(xs) - 0.1, max(xs) + 0.1, min(ys) - 0.1, max(ys) + 0.1

    def px(filas: float) -> float:
        return izquierda + (derecha - izquierda) * (np.log10(filas) - x0) / (x1 - x0)

    def py(ns: float) -> float:
        return abajo - (abajo - arriba) * (np.log10(ns) - y0) / (y1 - y0)

    def texto(x: float, y: float, que: str, color: str = "#282828", tamano: float = 11.0, ancla: str = "start", mas: str = "") -> str:
        return f'<text x="{x:.0f}" y="{y:.0f}" text-anchor="{ancla}" font-family="sans-serif" font-size="{tamano}" fill="{color}"{mas}>{que}</text>'

    maquina = resultado["maquina"]
    partes = [
        f'<svg width="{ancho}" height="{alto}" viewBox="0 0 {ancho} {alto}" xmlns="http://www.w3.org/2000/svg">',
        f'<rect width="{ancho}" height="{alto}" fill="#FFFFFF"/>',
        texto(20, 30, "x · 2 + 1 sobre una columna de float64: nanosegundos por fila", tamano=15.3),
        texto(20, 52, f"mediana de {resultado['rondas']} procesos · escalas logarítmicas · {maquina['cpu']}, {maquina['nucleos']} núcleos", "#787878"),
    ]
    for exponente in range(int(np.ceil(x0)), int(np.floor(x1)) + 1):
        x = px(10.0**exponente)
        partes.append(f'<line x1="{x:.1f}" y1="{arriba}" x2="{x:.1f}" y2="{abajo}" stroke="#DEDEDE"/>')
        partes.append(texto(x, abajo + 18, f"1e{exponente}", "#787878", ancla="middle"))
    for exponente in range(int(np.floor(y0)), int(np.ceil(y1)) + 1):
        for digito in (1, 2, 5):
            ns = digito * 10.0**exponente
            if y0 <= np.log10(ns) <= y1:
                partes.append(f'<line x1="{izquierda}" y1="{py(ns):.1f}" x2="{derecha}" y2="{py(ns):.1f}" stroke="#DEDEDE"/>')
                partes.append(texto(izquierda - 8, py(ns) + 4, coma(ns), "#787878", ancla="end"))
    partes.append(texto((izquierda + derecha) / 2, alto - 24, "filas", ancla="middle"))
    partes.append(texto(20, (arriba + abajo) / 2, "ns por fila", ancla="middle", mas=f' transform="rotate(270, 20, {(arriba + abajo) / 2:.0f})"'))
    leyenda = sorted(lineas, key=lambda nombre: -lineas[nombre][-1][1])
    for lugar, nombre in enumerate(leyenda):
        color, rayas = ESTILOS[nombre]
        trazo = f'stroke="{COLORES[color]}" stroke-width="{3 if nombre == "rust" else 2}" fill="none"' + (' stroke-dasharray="6 4"' if rayas else "")
        puntos = " ".join(f"{px(x):.1f},{py(y):.1f}" for x, y in lineas[nombre])
        partes.append(f'<polyline points="{puntos}" {trazo}/>')
        y = arriba + 12 + 26 * lugar
        partes.append(f'<line x1="{derecha + 20}" y1="{y}" x2="{derecha + 50}" y2="{y}" {trazo}/>')
        partes.append(texto(derecha + 58, y + 4, nombre))
    return "\n".join([*partes, "</svg>"]) + "\n"


def maquina() -> dict[str, Any]:
    cpu = platform.processor()
    try:
        with open("/proc/cpuinfo") as lineas:
            cpu = next(linea.split(":", 1)[1].strip() for linea in lineas if linea.startswith("model name"))
        with open("/proc/meminfo") as lineas:
            ram = round(int(next(lineas).split()[1]) / (1 << 20), 1)
    except (OSError, StopIteration):
        ram = None
    nucleos = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count()
    return {"cpu": cpu, "nucleos": nucleos, "ram_gb": ram, "sistema": platform.platform(), "carga": round(os.getloadavg()[0], 2)}


def versiones() -> dict[str, str]:
    import mi_modulo_rust
    import polars
    import pyarrow

    modulos = {"mi_modulo_rust": mi_modulo_rust, "numpy": np, "pyarrow": pyarrow, "polars": polars}
    return {nombre: modulo.__version__ for nombre, modulo in modulos.items()} | {"python": platform.python_version()}


def main() -> None:
    argumentos = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    argumentos.add_argument("--salida", type=Path)
    argumentos.add_argument("--cifras", type=Path)
    argumentos.add_argument("--md", type=Path)
    argumentos.add_argument("--svg", type=Path)
    argumentos.add_argument("--corto", action="store_true", help="few rows, one round: whether it works")
    argumentos.add_argument("--muestra", nargs=3, help=argparse.SUPPRESS)
    elegido = argumentos.parse_args()
    if elegido.muestra:
        nombre, filas, tanda_s = elegido.muestra
        print(json.dumps(muestra(nombre, int(filas), float(tanda_s))))
        return
    tamanos, rondas, tanda_s = (TAMANOS_CORTO, RONDAS_CORTO, TANDA_CORTO_S) if elegido.corto else (TAMANOS, RONDAS, TANDA_S)
    resultado = {
        "trabajo": "procesar_arrow",
        "ejercicio": "16.6.3",
        "fecha": dt.datetime.now(dt.timezone.utc).strftime("%Y-%m-%dT%H:%M:%SZ"),
        "maquina": maquina(),
        "versiones": versiones(),
        "rondas": rondas,
        "metodo": " ".join((__doc__ or "").split("\n\n")[-1].split()),
        "resultados": medir(tamanos, rondas, tanda_s),
    }
    for destino, texto in (
        (elegido.salida, json.dumps(resultado, ensure_ascii=False, indent=1)),
        (elegido.cifras, json.dumps(cifras(resultado["resultados"]), ensure_ascii=False, indent=1)),
        (elegido.md, markdown(resultado)),
        (elegido.svg, svg(resultado)),
    ):
        if destino is not None:
            destino.write_text(texto if texto.endswith("\n") else texto + "\n", encoding="utf-8")
    print(markdown(resultado))


if __name__ == "__main__":
    main()
