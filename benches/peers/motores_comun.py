"""What the peers of the workload `motores` share: the three queries, the command line, the clock and how a failure is told.

    python motores_….py --entrada DIRECTORIO --salida PREFIJO --memoria-mb N

The input is a directory with `ventas.parquet`, `clientes.parquet` and `productos.parquet` (see motores_entrada.py); the answers go to
PREFIJO_tops, PREFIJO_sesiones and PREFIJO_recurrencia. Integers and texts only, so that every engine has to give the same cells.
`--memoria-mb` is what the whole process may occupy: the race kills it above that. What an engine is told is less, by what
it does not count, and each peer says why.

A peer gives a function that runs one query and writes its answer. A query that fails does not keep the others from running.
Prints one JSON line, `consulta_s` and seconds by query; every query's end also goes to standard error, where the race finds how
far a killed process got. Leaves with 3 (the input cannot be read) or 6 (an engine said that its memory was not enough).
"""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Callable
from pathlib import Path
from time import perf_counter

TABLAS = ["ventas", "clientes", "productos"]

#: The ten best customers of each region: two joins, an aggregate with as many groups as customers, a window over it.
TOPS = """
SELECT region, puesto, user_id, centavos, compras, categorias
FROM (
    SELECT
        region, user_id, centavos, compras, categorias,
        ROW_NUMBER() OVER (PARTITION BY region ORDER BY centavos DESC, user_id) AS puesto
    FROM (
        SELECT
            c.region AS region,
            v.user_id AS user_id,
            CAST(SUM(v.centavos) AS BIGINT) AS centavos,
            COUNT(*) AS compras,
            COUNT(DISTINCT p.categoria) AS categorias
        FROM ventas AS v
        JOIN clientes AS c ON v.user_id = c.id
        JOIN productos AS p ON v.producto_id = p.id
        GROUP BY c.region, v.user_id
    ) AS por_usuario
) AS ordenados
WHERE puesto <= 10
"""

#: Distinct sessions, a text of 32 characters, and distinct users, by region and category.
SESIONES = """
SELECT
    c.region AS region,
    p.categoria AS categoria,
    COUNT(DISTINCT v.session_id) AS sesiones,
    COUNT(DISTINCT v.user_id) AS usuarios,
    CAST(SUM(v.centavos) AS BIGINT) AS centavos
FROM ventas AS v
JOIN clientes AS c ON v.user_id = c.id
JOIN productos AS p ON v.producto_id = p.id
GROUP BY c.region, p.categoria
"""

#: Days from a purchase to the next one of the same user: a window over every sale, that is, a sort of all of them.
RECURRENCIA = """
SELECT
    c.region AS region,
    CAST(SUM(s.dias) AS BIGINT) AS dias,
    COUNT(s.dias) AS pares,
    MAX(s.dias) AS mayor
FROM (
    SELECT user_id, dia - LAG(dia) OVER (PARTITION BY user_id ORDER BY venta_id) AS dias
    FROM ventas
) AS s
JOIN clientes AS c ON s.user_id = c.id
GROUP BY c.region
"""

CONSULTAS = {"tops": TOPS, "sesiones": SESIONES, "recurrencia": RECURRENCIA}

#: What engines say when the memory they were given is not enough, in small letters.
SIN_MEMORIA = [
    "out of memory",
    "outofmemory",
    "memory limit",
    "memory_limit",
    "resources exhausted",
    "failed to allocate",
    "cannot allocate",
    "unable to acquire",
    "java heap space",
    "gc overhead",
]


def opciones(descripcion: str) -> argparse.Namespace:
    """The command line that all peers have; leaves with 3 when a table is missing."""
    lector = argparse.ArgumentParser(description=descripcion)
    lector.add_argument("--entrada", required=True, type=Path, help="directorio con los tres archivos Parquet")
    lector.add_argument("--salida", required=True, type=Path, help="prefijo de las respuestas")
    lector.add_argument("--memoria-mb", required=True, type=int, help="lo que el proceso puede ocupar")
    elegido = lector.parse_args()
    elegido.entrada, elegido.salida = elegido.entrada.absolute(), elegido.salida.absolute()
    # Before any engine starts: each would say it in its own way.
    for tabla in TABLAS:
        if not Path(archivo(elegido, tabla)).is_file():
            print(f"error: falta {tabla}.parquet en {elegido.entrada}", file=sys.stderr)
            sys.exit(3)
    return elegido


def derrame(elegido: argparse.Namespace) -> Path:
    """Where the engine may spill: beside the answers, and removed with them."""
    carpeta = elegido.salida.with_name(elegido.salida.name + "_derrame")
    carpeta.mkdir(parents=True, exist_ok=True)
    return carpeta


def archivo(elegido: argparse.Namespace, tabla: str) -> str:
    return str(elegido.entrada / f"{tabla}.parquet")


def respuesta(elegido: argparse.Namespace, nombre: str) -> str:
    return f"{elegido.salida}_{nombre}"


def correr(
    elegido: argparse.Namespace,
    version: str,
    consultar: Callable[[str, str, str], None],
    arranque_s: float | None = None,
) -> int:
    """Runs the queries one after the other: `consultar(name, SQL, file)` has to write the file."""
    partes, codigo = {}, 0
    for nombre, sql in CONSULTAS.items():
        inicio = perf_counter()
        try:
            consultar(nombre, sql, respuesta(elegido, nombre))
        except Exception as error:  # every engine has its own errors
            codigo = max(codigo, 6 if sin_memoria(error) else 1)
            print(f"{nombre}: {' '.join(str(error).split())[:300] or type(error).__name__}", file=sys.stderr, flush=True)
            continue
        partes[nombre] = round(perf_counter() - inicio, 4)
        print(f"{nombre}: {partes[nombre]} s", file=sys.stderr, flush=True)
    dicho = {"consulta_s": round(sum(partes.values()), 4), "partes_s": partes, "version": version}
    if arranque_s is not None:
        dicho["sesion_s"] = round(arranque_s, 4)
    print(json.dumps(dicho), flush=True)
    return codigo


def sin_memoria(error: BaseException) -> bool:
    """Whether an engine's words mean that its memory was not enough."""
    dicho = str(error).lower()
    return isinstance(error, MemoryError) or any(palabras in dicho for palabras in SIN_MEMORIA)
