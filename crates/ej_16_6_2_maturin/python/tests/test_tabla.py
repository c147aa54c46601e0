"""The table of copies says what a run measures, and the page says what the table says; the measuring program works."""

from __future__ import annotations

import importlib.util
import json
import subprocess
import sys
from pathlib import Path
from types import ModuleType

import mi_modulo_rust  # noqa: F401  # the tests of this directory need it
import pytest

EJERCICIO = Path(__file__).resolve().parents[3] / "ej_16_6_3_zero_copy"


def cargar(nombre: str) -> ModuleType:
    especificacion = importlib.util.spec_from_file_location(nombre, EJERCICIO / "python" / f"{nombre}.py")
    assert especificacion is not None and especificacion.loader is not None
    modulo = importlib.util.module_from_spec(especificacion)
    especificacion.loader.exec_module(modulo)
    return modulo


tabla = cargar("tabla")


@pytest.fixture(scope="module")
def entra() -> dict[str, dict[str, str]]:
    return tabla.entrada()


def test_la_tabla_guardada_es_la_que_se_mide(entra: dict[str, dict[str, str]]) -> None:
    assert tabla.documento(entra) == tabla.SALIDA.read_text(encoding="utf-8"), "python/tabla.py writes it again"


def test_la_pagina_dice_lo_que_dice_la_tabla(entra: dict[str, dict[str, str]]) -> None:
    assert tabla.en_la_pagina(tabla.PAGINA.read_text(encoding="utf-8")) == tabla.resumen(entra), "python/tabla.py writes it again"


def test_los_float64_de_quien_los_tiene_en_arrow_no_se_copian(entra: dict[str, dict[str, str]]) -> None:
    for columna in ("float64", "float64 cortada", "float64 por trozos"):
        assert {entra[columna][quien] for quien in ("PyArrow", "Polars", "Pandas, ArrowDtype", "nanoarrow")} == {"misma"}
    assert entra["float64"]["Pandas"] == "misma"


def test_al_salir_solo_se_copian_los_nulos_que_no_empiezan_en_un_byte() -> None:
    sale = tabla.salida()
    for quien in ("`pyarrow.array`, `chunked_array`", "`nanoarrow.Array`"):
        assert {caso: fila[quien] for caso, fila in sale.items()} == {
            "sin nulos": "misma",
            "con nulos": "misma",
            "con nulos, cortada en un byte": "misma",
            "con nulos, cortada en medio de un byte": "copia validez",
            "por trozos": "misma",
        }


def test_medir_comprueba_mide_y_cuenta_lo_que_mide(tmp_path: Path) -> None:
    destinos = {opcion: tmp_path / f"f.{opcion}" for opcion in ("salida", "cifras", "md", "svg")}
    orden = [sys.executable, str(EJERCICIO / "python" / "medir.py"), "--corto"]
    for opcion, destino in destinos.items():
        orden += [f"--{opcion}", str(destino)]
    hecho = subprocess.run(orden, capture_output=True, text=True, check=False)
    assert hecho.returncode == 0, hecho.stderr

    medir = cargar("medir")
    resultado = json.loads(destinos["salida"].read_text(encoding="utf-8"))
    assert [uno["nombre"] for uno in resultado["resultados"]] == list(medir.CONTENDIENTES)
    assert all(uno["estado"] == "ok" and uno["mediana_s"] > 0 and len(uno["procesos"][0]) == 5 for uno in resultado["resultados"])
    cifras = json.loads(destinos["cifras"].read_text(encoding="utf-8"))
    for nombre in medir.CONTENDIENTES:
        assert cifras[f"16.6.3/procesar/1e3/{nombre}/tiempo"]
    assert destinos["md"].read_text(encoding="utf-8").count("\n| ") >= 2 * len(medir.CONTENDIENTES)
    svg = destinos["svg"].read_text(encoding="utf-8")
    assert svg.startswith("<svg ") and svg.count("<polyline") == len(medir.ESTILOS)


def test_un_resultado_equivocado_no_se_mide() -> None:
    medir = cargar("medir")
    x = medir.columna(10)
    medir.comprobar(x, x * 2 + 1)
    for malo in (x * 2, (x * 2 + 1)[:9], x.astype("f4")):
        with pytest.raises((SystemExit, AssertionError)):
            medir.comprobar(x, malo)
