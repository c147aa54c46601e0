"""What the Python peers of the workload `revenue` share: the command line, the clock, and the answer as money.

    python revenue_….py --entrada VENTAS.parquet --salida REVENUE.parquet [--repeticiones N] [--segundos S]

A peer gives three functions: `consulta` (what is timed: from the path to the engine's own result in memory), `filas` (that
result as pairs of region and float) and `escribir` (regions and whole cents to Parquet, with its own engine). The standard
library alone is imported here, so that a process starts with no engine but its own.

Prints one JSON line: `consulta_s`, the first query, and `consultas_s`, all of them. Leaves with 2 (usage), 3 (the input
cannot be read, or a total is no money), 5 (the output cannot be written) or 6 (no memory).
"""

from __future__ import annotations

import argparse
import json
import math
import sys
from collections.abc import Callable, Iterable
from pathlib import Path
from time import perf_counter
from typing import TypeVar

Resultado = TypeVar("Resultado")
Totales = list[tuple[str | None, float]]
#: What two repetitions may differ by, as a part of the total: more than any order of additions makes (measured: 10⁻¹²),
#: less than one row of average size among twenty million.
OTRO_ORDEN = 1e-9
#: From here on neighbouring floats lie more than a cent apart.
SIN_CENTAVOS = 2.0**46


class NoEsDinero(Exception):
    """A region's total is NaN, infinite or too large to have cents."""


def centavos(totales: Totales) -> dict[str | None, int]:
    """Every total rounded to the cent, regions in order."""
    dinero = {}
    for region, total in sorted(totales, key=lambda fila: (fila[0] is not None, fila[0])):
        if not math.isfinite(total) or abs(total) >= SIN_CENTAVOS:
            raise NoEsDinero(f"la región {region} suma {total}, que no es dinero")
        dinero[region] = round(total * 100)
    return dinero


def repetir(
    consulta: Callable[[], Resultado], filas: Callable[[Resultado], Totales], veces: int, segundos: float | None
) -> tuple[dict[str | None, int], list[float]]:
    """The first answer and the seconds of each repetition; none is begun after `segundos`, once there are two."""
    respuesta, tiempos = None, []
    while len(tiempos) < veces and (len(tiempos) < 2 or segundos is None or sum(tiempos) < segundos):
        inicio = perf_counter()
        resultado = consulta()
        tiempos.append(perf_counter() - inicio)
        obtenida = centavos(filas(resultado))
        del resultado
        if respuesta is None:
            respuesta = obtenida
        elif not misma(obtenida, respuesta):
            raise RuntimeError(f"la repetición {len(tiempos)} dio otra respuesta que la primera")
    return respuesta or {}, tiempos


def misma(una: dict[str | None, int], otra: dict[str | None, int]) -> bool:
    """Whether two answers differ by no more than the order of the additions explains."""
    return una.keys() == otra.keys() and all(
        abs(total - otra[region]) <= OTRO_ORDEN * abs(otra[region]) for region, total in una.items()
    )


def veces(texto: str) -> int:
    """A whole number, at least 1."""
    numero = int(texto)
    if numero < 1:
        raise argparse.ArgumentTypeError("tiene que ser al menos 1")
    return numero


def opciones(descripcion: str) -> argparse.ArgumentParser:
    """The command line that all peers have; a peer may add to it."""
    lector = argparse.ArgumentParser(description=descripcion)
    lector.add_argument("--entrada", required=True, type=Path, help="archivo Parquet con monto y region")
    lector.add_argument("--salida", required=True, type=Path, help="archivo Parquet que se escribe: region y centavos")
    lector.add_argument("--repeticiones", type=veces, default=1, help="cuántas veces se hace la consulta")
    lector.add_argument("--segundos", type=float, help="no empezar otra pasados estos segundos, si ya van dos")
    return lector


def correr(
    elegido: argparse.Namespace,
    version: str,
    consulta: Callable[[str], Resultado],
    filas: Callable[[Resultado], Totales],
    escribir: Callable[[list[str | None], list[int], str], None],
) -> int:
    """Does the query as often as asked, writes the answer, and says how long it took."""
    entrada, salida = str(elegido.entrada), str(elegido.salida)
    try:
        dinero, tiempos = repetir(lambda: consulta(entrada), filas, elegido.repeticiones, elegido.segundos)
    except MemoryError:
        return _error("sin memoria", 6)
    except Exception as error:  # every engine has its own errors, and all of them mean that the input gave no answer
        return _error(f"{entrada}: {_una_linea(error)}", 3)
    try:
        escribir(list(dinero), list(dinero.values()), salida)
    except Exception as error:
        return _error(f"no se puede escribir en {salida}: {_una_linea(error)}", 5)
    tiempos = [round(tiempo, 6) for tiempo in tiempos]
    dicho = {"regiones": len(dinero), "consulta_s": tiempos[0], "consultas_s": tiempos, "version": version}
    print(json.dumps(dicho))
    return 0


def totales(regiones: Iterable[str | None], sumas: Iterable[float]) -> Totales:
    """Two columns as pairs."""
    return list(zip(regiones, sumas, strict=True))


def _una_linea(error: Exception) -> str:
    return " ".join(str(error).split()) or type(error).__name__


def _error(texto: str, codigo: int) -> int:
    print(f"error: {texto}", file=sys.stderr)
    return codigo
