"""What the wheel brings besides code: its types, its texts and what it says of itself."""

from __future__ import annotations

import importlib.metadata
import inspect
import json
import re
import subprocess
import sys
from pathlib import Path

import mi_modulo_rust
import pytest

AQUI = Path(__file__).parent
PUBLICO = {nombre: getattr(mi_modulo_rust, nombre) for nombre in mi_modulo_rust.__all__}
FUNCIONES = {nombre: valor for nombre, valor in PUBLICO.items() if inspect.isbuiltin(valor)}
CLASES = {nombre: valor for nombre, valor in PUBLICO.items() if inspect.isclass(valor)}
METODOS = {
    f"{nombre}.{metodo}": valor
    for nombre, clase in CLASES.items()
    for metodo, valor in vars(clase).items()
    if not metodo.startswith("_") and callable(valor)
}


def correr(*orden: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run([sys.executable, *orden], capture_output=True, text=True, cwd=AQUI)


def test_las_funciones_de_la_guia_estan() -> None:
    assert {"calcular_percentil", "procesar_arrow"} <= FUNCIONES.keys()
    assert "ProcesadorDatos" in CLASES
    assert {"ProcesadorDatos.suma", "ProcesadorDatos.media", "ProcesadorDatos.percentil"} <= METODOS.keys()


def test_la_version_es_la_del_paquete_y_no_depende_de_nadie() -> None:
    datos = importlib.metadata.metadata("mi-procesador")
    assert mi_modulo_rust.__version__ == datos["Version"]
    assert datos["Requires-Python"] == ">=3.11"
    assert importlib.metadata.requires("mi-procesador") in (None, [])


def test_los_archivos_instalados_incluyen_tipos_y_marca() -> None:
    paquete = Path(mi_modulo_rust.__file__).parent
    assert (paquete / "py.typed").is_file()
    assert (paquete / "__init__.pyi").is_file()


@pytest.mark.parametrize("nombre", [*FUNCIONES, *CLASES, *METODOS])
def test_cada_nombre_publico_tiene_su_texto(nombre: str) -> None:
    objeto = {**FUNCIONES, **CLASES, **METODOS}[nombre]
    texto = inspect.getdoc(objeto)
    assert texto and len(texto.splitlines()[0]) >= 8, nombre
    # The first line is a sentence that stands alone.
    assert texto.split("\n\n")[0].rstrip().endswith((".", ":")), texto


@pytest.mark.parametrize("nombre", FUNCIONES)
def test_cada_funcion_dice_que_forma_tienen_los_datos_y_que_errores_da(nombre: str) -> None:
    texto = inspect.getdoc(FUNCIONES[nombre]) or ""
    parametros = inspect.signature(FUNCIONES[nombre]).parameters
    if not parametros:
        return
    assert re.search(r"(Type|Value|Overflow)Error|Los de \w+|como `?\w+", texto), texto
    assert re.search(r"fila|dimensi|lista|longitud|list\[|float|columna|bytes|calcular_percentil", texto), texto


@pytest.mark.parametrize("nombre", FUNCIONES)
def test_cada_funcion_dice_su_firma_a_python(nombre: str) -> None:
    firma = inspect.signature(FUNCIONES[nombre])
    assert not any(p.kind is inspect.Parameter.VAR_POSITIONAL for p in firma.parameters.values()), firma


def test_los_tipos_pasan_mypy_estricto() -> None:
    dicho = correr("-m", "mypy", "--strict", "--cache-dir", "/dev/null", "tipado")
    assert dicho.returncode == 0, dicho.stdout + dicho.stderr


def test_lo_que_mypy_da_por_bueno_funciona() -> None:
    dicho = correr("tipado/uso.py")
    assert dicho.returncode == 0, dicho.stderr


def test_los_tipos_son_los_de_la_extension_nombre_a_nombre() -> None:
    dicho = correr("-m", "mypy.stubtest", "mi_modulo_rust", "--allowlist", "lista_blanca.txt", "--ignore-unused-allowlist")
    assert dicho.returncode == 0, dicho.stdout + dicho.stderr


def test_medir_en_corto_da_sus_cifras(tmp_path: Path) -> None:
    salida, cifras = tmp_path / "m.json", tmp_path / "c.json"
    dicho = correr(str(AQUI.parent / "medir.py"), "--corto", "--salida", str(salida), "--cifras", str(cifras))
    assert dicho.returncode == 0, dicho.stderr
    medido, planas = json.loads(salida.read_text()), json.loads(cifras.read_text())
    assert len(medido["importacion"]["microsegundos"]["mi_modulo_rust"]) == 3
    assert "16.6.2/importacion/mi_modulo_rust/ms" in planas


def test_el_ejemplo_de_la_pagina_corre() -> None:
    pagina = (AQUI.parents[1] / "README.md").read_text()
    bloques = re.findall(r"^```python\n(.*?)^```", pagina, re.DOTALL | re.MULTILINE)
    assert len(bloques) == 1
    exec(compile(bloques[0], "README.md", "exec"), {})
