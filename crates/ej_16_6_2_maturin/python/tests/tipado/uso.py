"""A caller of the wheel with all its types stated: `mypy --strict` has nothing to say."""

from __future__ import annotations

import asyncio
from typing import assert_type

import mi_modulo_rust as mi

datos: list[float] = [1.0, 5.0, 3.0]

assert_type(mi.__version__, str)
assert_type(mi.calcular_percentil(datos, 95.0), float)
assert_type(mi.calcular_percentil(tuple(datos), 95, metodo="nearest"), float)
assert_type(mi.percentiles(datos, [5.0, 95.0]), list[float])

proc = mi.ProcesadorDatos(datos)
assert_type(proc, mi.ProcesadorDatos)
assert_type(proc.suma(), float)
assert_type(proc.media(), float)
assert_type(proc.percentil(75.0), float)


async def esperar() -> float:
    return await mi.calcular_percentil_async(datos, 50.0)


assert_type(asyncio.run(esperar()), float)
