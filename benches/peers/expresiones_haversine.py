"""The distance of 16.3.2 in Python, four ways: native expressions, `map_elements`, `map_batches` with NumPy, and NumPy alone.

    expresiones_haversine.py comparar ENTRADA SALIDA   writes the columns nativa, map_elements, map_batches and numpy
    expresiones_haversine.py planes ENTRADA            prints the plans of three of them, as JSON
    expresiones_haversine.py                           times itself, asked through its standard input, a line each:

    version             → the versions of Polars and NumPy
    abre FORMA RUTA     → reads the pairs; the sum of their distances by that form
    mide FORMA VECES    → the seconds that this many calls of it took

A form is nativa-in-memory, nativa-streaming, map_batches, numpy or map_elements. The bench `16.3.2/haversine` runs it; ends with
its input.
"""

from __future__ import annotations

import json
import math
import sys
from collections.abc import Callable
from time import perf_counter

import numpy as np
import polars as pl

RADIO_KM = 6371.0
COLUMNAS = ("lat_origen", "lon_origen", "lat_destino", "lon_destino")


def nativa(lat1: pl.Expr, lon1: pl.Expr, lat2: pl.Expr, lon2: pl.Expr) -> pl.Expr:
    """Polars' own functions, in the order of the Rust form."""
    lat1, lon1, lat2, lon2 = (grados.cast(pl.Float64) for grados in (lat1, lon1, lat2, lon2))
    phi1, phi2 = lat1.radians(), lat2.radians()
    half_dphi = (phi2 - phi1) / 2.0
    half_dlambda = (lon2 - lon1).radians() / 2.0
    a = half_dphi.sin().pow(2.0) + phi1.cos() * phi2.cos() * half_dlambda.sin().pow(2.0)
    return (pl.lit(2.0 * RADIO_KM) * a.clip(upper_bound=1.0).sqrt().arcsin()).alias("distancia_km")


def una_fila(lat1: float, lon1: float, lat2: float, lon2: float) -> float:
    phi1, phi2 = math.radians(lat1), math.radians(lat2)
    half_dphi = (phi2 - phi1) / 2.0
    half_dlambda = math.radians(lon2 - lon1) / 2.0
    seno_phi, seno_lambda = math.sin(half_dphi), math.sin(half_dlambda)
    a = seno_phi * seno_phi + math.cos(phi1) * math.cos(phi2) * (seno_lambda * seno_lambda)
    return 2.0 * RADIO_KM * math.asin(math.sqrt(min(a, 1.0)))


def por_filas(pares: pl.DataFrame) -> pl.Series:
    """`map_elements`: the interpreter, once for every row."""
    fila = lambda par: una_fila(*par.values())  # noqa: E731
    return pares.select(pl.struct(COLUMNAS).map_elements(fila, return_dtype=pl.Float64).alias("km"))["km"]


def en_numpy(lat1: np.ndarray, lon1: np.ndarray, lat2: np.ndarray, lon2: np.ndarray) -> np.ndarray:
    phi1, phi2 = np.radians(lat1), np.radians(lat2)
    seno_phi = np.sin((phi2 - phi1) / 2.0)
    seno_lambda = np.sin(np.radians(lon2 - lon1) / 2.0)
    a = seno_phi * seno_phi + np.cos(phi1) * np.cos(phi2) * (seno_lambda * seno_lambda)
    return 2.0 * RADIO_KM * np.arcsin(np.sqrt(np.minimum(a, 1.0)))


def por_lotes(pares: pl.DataFrame) -> pl.Series:
    """`map_batches`: NumPy, once for the whole column."""
    lote = lambda columnas: pl.Series(en_numpy(*(c.to_numpy() for c in columnas)))  # noqa: E731
    expresion = pl.map_batches(list(COLUMNAS), lote, return_dtype=pl.Float64)
    return pares.select(expresion.alias("km"))["km"]


def planes(entrada: str) -> None:
    """The native form alone; and below a filter on another column, what the interpreter computes."""
    pares = pl.scan_parquet(entrada)
    fila = lambda par: una_fila(*par.values())  # noqa: E731
    lote = lambda columnas: pl.Series(en_numpy(*(c.to_numpy() for c in columnas)))  # noqa: E731
    por_fila = pl.struct(COLUMNAS).map_elements(fila, return_dtype=pl.Float64).alias("distancia_km")
    por_lote = pl.map_batches(list(COLUMNAS), lote, return_dtype=pl.Float64).alias("distancia_km")
    formas = {
        "nativa": pares.select(nativa(*map(pl.col, COLUMNAS))),
        "map_elements": pares.with_columns(por_fila).filter(pl.col("lat_origen") > 0),
        "map_batches": pares.with_columns(por_lote).filter(pl.col("lat_origen") > 0),
    }
    print(json.dumps({nombre: forma.explain() for nombre, forma in formas.items()}))


def comparar(entrada: str, salida: str) -> None:
    pares = pl.read_parquet(entrada)
    pl.DataFrame(
        {
            "nativa": pares.select(nativa(*map(pl.col, COLUMNAS)))["distancia_km"],
            "map_elements": por_filas(pares),
            "map_batches": por_lotes(pares),
            "numpy": en_numpy(*(pares[nombre].to_numpy() for nombre in COLUMNAS)),
        }
    ).write_parquet(salida)


def calculo(forma: str, pares: pl.DataFrame) -> Callable[[], pl.Series | np.ndarray]:
    """What a call of this form computes, its inputs at hand."""
    if forma.startswith("nativa-"):
        motor = forma.removeprefix("nativa-")
        return lambda: pares.lazy().select(nativa(*map(pl.col, COLUMNAS))).collect(engine=motor)["distancia_km"]
    if forma == "map_batches":
        return lambda: por_lotes(pares)
    if forma == "map_elements":
        return lambda: por_filas(pares)
    if forma == "numpy":
        columnas = [pares[nombre].to_numpy() for nombre in COLUMNAS]
        return lambda: en_numpy(*columnas)
    sys.exit(f"forma desconocida: {forma}")


def servir() -> None:
    calculos = {}
    for linea in sys.stdin:
        orden, _, resto = linea.strip().partition(" ")
        forma, _, argumento = resto.partition(" ")
        if orden == "version":
            respuesta = f"polars {pl.__version__} numpy {np.__version__}"
        elif orden == "abre":
            # In one chunk, as the Rust side has them.
            calculos[forma] = calculo(forma, pl.read_parquet(argumento, columns=list(COLUMNAS)).rechunk())
            respuesta = repr(float(calculos[forma]().sum()))
        elif orden == "mide":
            inicio = perf_counter()
            for _ in range(int(argumento)):
                calculos[forma]()
            respuesta = repr(perf_counter() - inicio)
        else:
            sys.exit(f"orden desconocida: {orden}")
        print(respuesta, flush=True)


def main() -> None:
    match sys.argv[1:]:
        case ["comparar", entrada, salida]:
            comparar(entrada, salida)
        case ["planes", entrada]:
            planes(entrada)
        case []:
            servir()
        case otros:
            sys.exit(f"no se entiende: {' '.join(otros)}")


if __name__ == "__main__":
    main()
