"""What the peers of 16.4.2 share: the distance, the command line and the clock.

    python udf_….py --entrada PARES.parquet --forma FORMA [--repeticiones N]

Every peer answers one query over the same file: how many distances there are, their sum and the longest. The file is read in
each repetition, as a query does; imports and the session's start are not timed. Prints one JSON line: `forma`, `version`,
`segundos` (of each repetition, the first one included), `filas`, `suma_km` and `maximo_km`.

The standard library alone is imported here: the interpreter with PySpark need not have NumPy.
"""

from __future__ import annotations

import argparse
import json
import math
from collections.abc import Callable
from time import perf_counter

RADIO_KM = 6371.0
COLUMNAS = ("lat_origen", "lon_origen", "lat_destino", "lon_destino")
Respuesta = tuple[int, float, float]


def una_fila(lat1: float, lon1: float, lat2: float, lon2: float) -> float:
    """The distance of one pair, in Python: what a UDF for each row calls."""
    phi1, phi2 = math.radians(lat1), math.radians(lat2)
    seno_phi = math.sin((phi2 - phi1) / 2.0)
    seno_lambda = math.sin(math.radians(lon2 - lon1) / 2.0)
    a = seno_phi * seno_phi + math.cos(phi1) * math.cos(phi2) * (seno_lambda * seno_lambda)
    return 2.0 * RADIO_KM * math.asin(math.sqrt(min(a, 1.0)))


def en_numpy(lat1, lon1, lat2, lon2):
    """The distances of a batch, in NumPy: what a UDF for each batch calls."""
    import numpy as np

    phi1, phi2 = np.radians(lat1), np.radians(lat2)
    seno_phi = np.sin((phi2 - phi1) / 2.0)
    seno_lambda = np.sin(np.radians(lon2 - lon1) / 2.0)
    a = seno_phi * seno_phi + np.cos(phi1) * np.cos(phi2) * (seno_lambda * seno_lambda)
    return 2.0 * RADIO_KM * np.arcsin(np.sqrt(np.minimum(a, 1.0)))


def en_sql() -> str:
    """The same formula in SQL."""
    lat1, lon1, lat2, lon2 = COLUMNAS
    return (
        f"{2.0 * RADIO_KM!r} * asin(sqrt("
        f"power(sin((radians({lat2}) - radians({lat1})) / 2.0), 2.0)"
        f" + cos(radians({lat1})) * cos(radians({lat2}))"
        f" * power(sin((radians({lon2}) - radians({lon1})) / 2.0), 2.0)))"
    )


def consulta_de(distancia: str, tabla: str) -> str:
    return f"SELECT count(km), sum(km), max(km) FROM (SELECT {distancia} AS km FROM {tabla}) AS distancias"


def opciones(descripcion: str, formas: tuple[str, ...]) -> argparse.Namespace:
    argumentos = argparse.ArgumentParser(description=descripcion)
    argumentos.add_argument("--entrada", required=True, help="archivo Parquet con los pares")
    argumentos.add_argument("--forma", required=True, choices=formas)
    argumentos.add_argument("--repeticiones", type=int, default=3)
    return argumentos.parse_args()


def correr(elegido: argparse.Namespace, version: str, consulta: Callable[[], Respuesta]) -> int:
    """Runs the query as often as asked, and prints what it took and what it gave."""
    segundos, respuesta = [], None
    for _ in range(max(elegido.repeticiones, 1)):
        inicio = perf_counter()
        obtenida = consulta()
        segundos.append(round(perf_counter() - inicio, 6))
        if respuesta is not None and not misma(obtenida, respuesta):
            raise SystemExit(f"dos repeticiones difieren: {obtenida} y {respuesta}")
        respuesta = obtenida
    filas, suma, maximo = respuesta
    linea = {"forma": elegido.forma, "version": version, "segundos": segundos}
    print(json.dumps(linea | {"filas": filas, "suma_km": suma, "maximo_km": maximo}))
    return 0


def misma(una: Respuesta, otra: Respuesta) -> bool:
    """Whether they are the same but for the order of the additions."""
    return una[0] == otra[0] and all(math.isclose(a, b, rel_tol=1e-12) for a, b in zip(una[1:], otra[1:]))
