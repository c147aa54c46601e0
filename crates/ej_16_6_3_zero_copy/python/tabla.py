"""Which columns cross without being copied: a table made by a run.

    python tabla.py [--salida ../docs/copias-arrow.md] [--pagina ../README.md]

Each column is exported twice while PyArrow, which imports without copying, keeps the first export alive. If both exports have their bytes at the same
addresses, they are the column's own bytes: two copies that live at once cannot share an address. And what `mi_modulo_rust` receives is compared with
what PyArrow received, so that a copy of ours would show too.
"""

from __future__ import annotations

import argparse
import datetime as dt
from collections.abc import Callable
from pathlib import Path
from typing import Any

import duckdb
import mi_modulo_rust as mi
import nanoarrow as na
import numpy as np
import pandas as pd
import polars as pl
import pyarrow as pa

FILAS = 1_000
EJERCICIO = Path(__file__).resolve().parent.parent
SALIDA, PAGINA = EJERCICIO / "docs" / "copias-arrow.md", EJERCICIO / "README.md"
INICIO, FIN = "<!-- tabla: inicio -->\n", "<!-- tabla: fin -->"
NUMEROS = [i * 0.5 for i in range(FILAS)]
CON_NULOS = [None if i % 7 == 3 else i * 0.5 for i in range(FILAS)]
TEXTOS = [f"un texto de más de doce bytes, {i}" for i in range(FILAS)]
INSTANTES = [dt.datetime(2026, 1, 1) + dt.timedelta(hours=i) for i in range(FILAS)]
FECHAS = [instante.date() for instante in INSTANTES]
NO_HAY, SE_CAE = "no hay", "se cae"

COLUMNAS: dict[str, pa.Array | pa.ChunkedArray] = {
    "float64": pa.array(NUMEROS),
    "float64 con nulos": pa.array(CON_NULOS),
    "float64 cortada": pa.array(NUMEROS).slice(13, 500),
    "float64 con nulos, cortada": pa.array(CON_NULOS).slice(13, 500),
    "float64 por trozos": pa.chunked_array([NUMEROS[:400], NUMEROS[400:]]),
    "int64": pa.array(range(FILAS)),
    "bool": pa.array([i % 3 == 0 for i in range(FILAS)]),
    "texto": pa.array(TEXTOS),
    "texto, vistas": pa.array(TEXTOS, pa.string_view()),
    "fecha": pa.array(FECHAS),
    "instante": pa.array(INSTANTES, pa.timestamp("us")),
    "categoría": pa.array([TEXTOS[i % 5] for i in range(FILAS)]).dictionary_encode(),
    "lista": pa.array([[float(i), float(i + 1)] for i in range(FILAS)]),
    "registro": pa.array([{"a": float(i), "b": i} for i in range(FILAS)]),
}


def en_polars(nombre: str) -> Any:
    match nombre:
        case "float64 cortada":
            return pl.Series(NUMEROS)[13:513]
        case "float64 con nulos, cortada":
            return pl.Series(CON_NULOS)[13:513]
        case "float64 por trozos":
            return pl.Series(NUMEROS[:400]).append(pl.Series(NUMEROS[400:]))
        case "texto":
            return None  # its texts are views
        case "texto, vistas":
            return pl.Series(TEXTOS)
        case "categoría":
            return pl.Series([TEXTOS[i % 5] for i in range(FILAS)], dtype=pl.Categorical)
        case _:
            return pl.Series(COLUMNAS[nombre].to_pylist())


def en_pandas(nombre: str) -> Any:
    match nombre:
        case "float64 por trozos" | "texto, vistas" | "lista" | "registro" | "fecha":
            return None  # NumPy has no such columns: objects, or one piece
        case "float64 cortada":
            return pd.Series(NUMEROS)[13:513]
        case "float64 con nulos":
            return pd.Series(np.array(CON_NULOS, dtype=float))
        case "float64 con nulos, cortada":
            return pd.Series(np.array(CON_NULOS, dtype=float))[13:513]
        case "categoría":
            return pd.Series(pd.Categorical([TEXTOS[i % 5] for i in range(FILAS)]))
        case _:
            return pd.Series(COLUMNAS[nombre].to_pylist())


def en_pandas_con_arrow(nombre: str) -> Any:
    columna = COLUMNAS[nombre]
    return pd.Series(columna, dtype=pd.ArrowDtype(columna.type))


def en_duckdb(nombre: str) -> Any:
    if nombre in ("texto, vistas", "float64 por trozos"):
        return None  # what DuckDB gives has one form
    tabla = pa.table({"x": COLUMNAS[nombre]})
    return duckdb.from_arrow(tabla)


def en_nanoarrow(nombre: str) -> Any:
    # Its import of a view array, from PyArrow and by itself, ends the process.
    return SE_CAE if nombre == "texto, vistas" else na.Array(COLUMNAS[nombre])


BIBLIOTECAS: dict[str, Callable[[str], Any]] = {
    "PyArrow": lambda nombre: COLUMNAS[nombre],
    "Polars": en_polars,
    "Pandas": en_pandas,
    "Pandas, ArrowDtype": en_pandas_con_arrow,
    "nanoarrow": en_nanoarrow,
    "DuckDB": en_duckdb,
}


def a_pyarrow(columna: Any) -> list[pa.Array]:
    """The chunks as PyArrow takes them, which does not copy."""
    if hasattr(columna, "__arrow_c_stream__"):
        if isinstance(columna, duckdb.DuckDBPyRelation):
            return [lote.to_struct_array() for lote in pa.RecordBatchReader.from_stream(columna)]
        return pa.chunked_array(columna).chunks
    return [pa.array(columna)]


def buferes(columna: Any) -> list[dict[str, tuple[int, int]]]:
    """Per chunk, the address and size of each buffer that has bytes."""
    return [{nombre: (direccion, bytes_) for nombre, direccion, bytes_ in trozo["buferes"] if bytes_} for trozo in mi.direcciones(columna)]


def comparar(unos: list[dict[str, tuple[int, int]]], otros: list[dict[str, tuple[int, int]]]) -> str:
    """`misma` or `copia`, or which buffers are which."""
    assert [list(trozo) for trozo in unos] == [list(trozo) for trozo in otros], (unos, otros)
    compartidos: dict[str, bool] = {}
    for uno, otro in zip(unos, otros):
        for nombre in uno:
            compartidos[nombre] = compartidos.get(nombre, True) and uno[nombre][0] == otro[nombre][0]
    if all(compartidos.values()):
        return "misma"
    if not any(compartidos.values()):
        return "copia"
    return "copia " + ", ".join(nombre for nombre, misma in compartidos.items() if not misma)


def de_pyarrow(array: pa.Array) -> set[int]:
    """The addresses that PyArrow itself says."""
    direcciones = {bufer.address for bufer in array.buffers() if bufer is not None}
    if isinstance(array, pa.DictionaryArray):
        direcciones |= de_pyarrow(array.dictionary)
    return direcciones


def al_entrar(columna: Any) -> str:
    """What the library copies each time that its column is exported."""
    retenida = a_pyarrow(columna)
    nuestra = buferes(columna)
    # What we say of PyArrow's import is what PyArrow says of it: none of the copies is ours.
    for trozo in retenida:
        assert {direccion for direccion, _ in buferes(trozo)[0].values()} <= de_pyarrow(trozo)
    resultado = comparar([buferes(trozo)[0] for trozo in retenida], nuestra)
    del retenida
    return resultado


SALIDAS: dict[str, Any] = {
    "sin nulos": lambda: mi.procesar_arrow(pa.array(NUMEROS)),
    "con nulos": lambda: mi.procesar_arrow(pa.array(CON_NULOS)),
    "con nulos, cortada en un byte": lambda: mi.procesar_arrow(pa.array(CON_NULOS).slice(16, 500)),
    "con nulos, cortada en medio de un byte": lambda: mi.procesar_arrow(pa.array(CON_NULOS).slice(13, 500)),
    "por trozos": lambda: mi.procesar_arrow(pa.chunked_array([NUMEROS[:400], NUMEROS[400:]])),
}


def en_pyarrow(sale: Any) -> Any:
    return pa.chunked_array(sale) if isinstance(sale, mi.ColumnaArrowPorTrozos) else pa.array(sale)


QUIEN_TOMA: dict[str, Callable[[Any], Any]] = {
    "`pyarrow.array`, `chunked_array`": en_pyarrow,
    "`polars.Series`": pl.Series,
    "`nanoarrow.Array`": na.Array,
    "`pandas.Series`, ArrowDtype": lambda sale: pd.Series(en_pyarrow(sale), dtype=pd.ArrowDtype(pa.float64())),
    "`pandas.Series.from_arrow`": pd.Series.from_arrow,
}


def al_salir(sale: Any, tomar: Callable[[Any], Any]) -> str:
    tomada = tomar(sale)
    nuestros, suyos = buferes(sale), buferes(tomada)
    if len(nuestros) != len(suyos):
        return "copia, en una pieza"
    return comparar(nuestros, suyos) if [list(t) for t in nuestros] == [list(t) for t in suyos] else "copia"


def celda(hacer: Callable[[], Any], mirar: Callable[[Any], str]) -> str:
    try:
        columna = hacer()
        if columna is None or isinstance(columna, str):
            return columna or NO_HAY
        return mirar(columna)
    except (pa.ArrowException, RuntimeError, TypeError, ValueError) as error:
        return f"no se deja ({type(error).__name__})"


def entrada() -> dict[str, dict[str, str]]:
    return {nombre: {biblioteca: celda(lambda: hacer(nombre), al_entrar) for biblioteca, hacer in BIBLIOTECAS.items()} for nombre in COLUMNAS}


def salida() -> dict[str, dict[str, str]]:
    return {nombre: {quien: al_salir(hacer(), tomar) for quien, tomar in QUIEN_TOMA.items()} for nombre, hacer in SALIDAS.items()}


def formatos() -> dict[str, dict[str, str]]:
    """The Arrow type in which each library hands its columns over."""
    return {nombre: {biblioteca: celda(lambda: hacer(nombre), tipo) for biblioteca, hacer in BIBLIOTECAS.items()} for nombre in COLUMNAS}


def tipo(columna: Any) -> str:
    return mi.direcciones(columna)[0]["tipo"].replace("|", "\\|")


def en_markdown(tabla: dict[str, dict[str, str]]) -> str:
    columnas = list(next(iter(tabla.values())))
    lineas = ["| | " + " | ".join(columnas) + " |", "|---" * (len(columnas) + 1) + "|"]
    lineas += [f"| {nombre} | " + " | ".join(fila.values()) + " |" for nombre, fila in tabla.items()]
    return "\n".join(lineas)


def resumen(entra: dict[str, dict[str, str]]) -> str:
    """What the page says of the table: per library, which columns are shared and which are not."""
    lineas = ["| exporta | sin copiar nada | copia |", "|---|---|---|"]
    for biblioteca in BIBLIOTECAS:
        casillas = {nombre: fila[biblioteca] for nombre, fila in entra.items() if fila[biblioteca] not in (NO_HAY, SE_CAE)}
        sin = [nombre for nombre, casilla in casillas.items() if casilla == "misma"]
        con = [nombre if casilla == "copia" else f"{nombre} ({casilla.removeprefix('copia ')})" for nombre, casilla in casillas.items() if casilla != "misma"]
        lineas.append(f"| {biblioteca} | {'todas' if not con else '; '.join(sin) or 'ninguna'} | {'todas' if not sin else '; '.join(con) or 'ninguna'} |")
    return "\n".join(lineas) + "\n"


def en_la_pagina(pagina: str) -> str:
    """The summary that the page has."""
    return pagina.split(INICIO)[1].split(FIN)[0]


def documento(entra: dict[str, dict[str, str]]) -> str:
    versiones = ", ".join(
        f"{nombre} {modulo.__version__}" for nombre, modulo in [("PyArrow", pa), ("Polars", pl), ("Pandas", pd), ("nanoarrow", na), ("DuckDB", duckdb), ("NumPy", np)]
    )
    return f"""# Qué se copia al cruzar

Hecho por [`python/tabla.py`](../python/tabla.py) con {versiones}. No se edita a mano: `test_tabla.py` lo compara con lo que mide.

`misma`: los bytes que recibe Rust están donde los tiene la biblioteca. `copia`: la biblioteca hace otros cada vez que se exporta su columna; si solo son algunos, se
dice cuáles. `no hay`: la biblioteca no tiene ese tipo, o es el de otra fila. `se cae`: nanoarrow acaba con el proceso al tomar él mismo esa columna de PyArrow. Ninguna de las copias es de `mi_modulo_rust`: el programa lo comprueba en cada casilla.

## Al entrar en Rust

{en_markdown(entra)}

## Al salir de Rust: el resultado de `procesar_arrow`, en manos de otros

{en_markdown(salida())}

## En qué tipo de Arrow llega

{en_markdown(formatos())}
"""


def main() -> None:
    argumentos = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    argumentos.add_argument("--salida", type=Path, default=SALIDA)
    argumentos.add_argument("--pagina", type=Path, default=PAGINA)
    elegido = argumentos.parse_args()
    entra = entrada()
    elegido.salida.parent.mkdir(parents=True, exist_ok=True)
    elegido.salida.write_text(documento(entra), encoding="utf-8")
    pagina = elegido.pagina.read_text(encoding="utf-8")
    elegido.pagina.write_text(pagina.replace(en_la_pagina(pagina), resumen(entra)) if en_la_pagina(pagina) else pagina.replace(INICIO, INICIO + resumen(entra)), encoding="utf-8")
    print(f"escritos {elegido.salida} y el resumen de {elegido.pagina}")


if __name__ == "__main__":
    main()
