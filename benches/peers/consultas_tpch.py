"""What the peers of TPC-H share: the command line, the clock, the queries, and an answer as text cells.

    python tpch_….py --datos DIR [--consulta N…] [--repeticiones N] [--segundos S] --json F

`DIR` is what `motor-datafusion generar` wrote: eight Parquet files and `tpch.json`. The queries are those of exercise 16.4.1, the
same text for every engine. A peer gives one function, from the text of a query to its columns and rows in Python; what is
timed is another, from the text to the engine's own result in memory.

The file that is written has, per query, the seconds of each repetition and the rows as text, or the error with which the
engine refused it: that an engine cannot do a query is a result and no failure. Leaves with 2 (usage), 3 (no data), 5
(the file cannot be written) or 6 (no memory).
"""

from __future__ import annotations

import argparse
import datetime as dt
import decimal
import json
import sys
from collections.abc import Callable
from pathlib import Path
from time import perf_counter
from typing import Any, TypeVar

Resultado = TypeVar("Resultado")
CONSULTAS = Path(__file__).resolve().parents[2] / "crates/ej_16_4_1_datafusion/queries"
TABLAS = ["region", "nation", "supplier", "customer", "part", "partsupp", "orders", "lineitem"]
#: The share from which query 11 calls a part important, at scale 1.
FRACCION = "0.0001"


def consulta(numero: int, escala: float) -> str:
    """The text of a query for data of a scale, which only query 11 depends on."""
    texto = (CONSULTAS / f"q{numero:02}.sql").read_text(encoding="utf-8").rstrip()
    return texto.replace(FRACCION, f"{0.0001 / escala:.10f}") if numero == 11 else texto


def celda(valor: Any) -> str | None:
    """A value as text; numbers without decimals stay whole."""
    if valor is None:
        return None
    if isinstance(valor, bool):
        return str(valor).lower()
    if isinstance(valor, decimal.Decimal):
        return format(valor, "f")
    if isinstance(valor, float):
        return repr(valor)
    if isinstance(valor, dt.datetime):
        return valor.date().isoformat() if valor.time() == dt.time() else valor.isoformat()
    if isinstance(valor, dt.date):
        return valor.isoformat()
    return str(valor)


def repetir(
    hacer: Callable[[str], Resultado],
    leer: Callable[[Resultado], tuple[list[str], list[tuple]]],
    sql: str,
    veces: int,
    segundos: float | None,
) -> dict[str, Any]:
    """Seconds of each repetition and the first answer, or the error."""
    tiempos: list[float] = []
    respuesta: tuple[list[str], list[list[str | None]]] | None = None
    empezado = perf_counter()
    while len(tiempos) < veces and (not tiempos or segundos is None or perf_counter() - empezado < segundos):
        inicio = perf_counter()
        try:
            resultado = hacer(sql)
        except MemoryError:
            raise
        except BaseException as error:  # Polars' panics are no Exception
            if isinstance(error, (KeyboardInterrupt, SystemExit)):
                raise
            return {"error": f"{type(error).__name__}: {una_linea(error)}"}
        tiempos.append(round(perf_counter() - inicio, 6))
        if respuesta is None:
            columnas, filas = leer(resultado)
            respuesta = columnas, [[celda(valor) for valor in fila] for fila in filas]
    columnas, filas = respuesta or ([], [])
    return {"segundos": tiempos, "columnas": columnas, "resultado": filas}


def una_linea(error: BaseException) -> str:
    """What the engine said, shortened."""
    return " ".join(str(error).split())[:300]


def positivo(texto: str) -> int:
    """A whole number, at least 1."""
    numero = int(texto)
    if numero < 1:
        raise argparse.ArgumentTypeError("tiene que ser al menos 1")
    return numero


def correr(
    motor: str,
    version: str,
    abrir: Callable[[Path], None],
    hacer: Callable[[str], Resultado],
    leer: Callable[[Resultado], tuple[list[str], list[tuple]]],
    argumentos: list[str] | None,
) -> int:
    """Does the queries and writes what came of them."""
    lector = argparse.ArgumentParser(description=f"Las consultas de TPC-H con {motor}.")
    lector.add_argument("--datos", required=True, type=Path)
    lector.add_argument("--consulta", type=int, nargs="+", choices=range(1, 23), default=list(range(1, 23)), metavar="N")
    lector.add_argument("--repeticiones", type=positivo, default=1)
    lector.add_argument("--segundos", type=float)
    lector.add_argument("--json", required=True, type=Path)
    elegido = lector.parse_args(argumentos)
    inicio = perf_counter()
    try:
        escala = json.loads((elegido.datos / "tpch.json").read_text(encoding="utf-8"))["escala"]
        abrir(elegido.datos)
    except Exception as error:  # every engine has its own errors, and all of them mean that the data is not there
        return _error(f"{elegido.datos}: {una_linea(error)}", 3)
    apertura = round(perf_counter() - inicio, 6)
    hechas = []
    try:
        for numero in elegido.consulta:
            hecha = repetir(hacer, leer, consulta(numero, escala), elegido.repeticiones, elegido.segundos)
            hechas.append({"consulta": numero, **hecha})
    except MemoryError:
        return _error("sin memoria", 6)
    informe = {"motor": motor, "version": version, "escala": escala, "apertura_s": apertura, "consultas": hechas}
    try:
        elegido.json.write_text(json.dumps(informe, ensure_ascii=False) + "\n", encoding="utf-8")
    except OSError as error:
        return _error(f"no se puede escribir en {elegido.json}: {una_linea(error)}", 5)
    return 0


def _error(texto: str, codigo: int) -> int:
    print(f"error: {texto}", file=sys.stderr)
    return codigo
