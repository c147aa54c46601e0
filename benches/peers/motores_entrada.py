"""The input of the workload `motores`: sales, customers and products, the same for the same rows and seed.

    python motores_entrada.py --filas 23000000 --semilla 42 --salida DIRECTORIO

Sales come in the order of time; users and products follow a skewed choice, sessions are texts of 32 hexadecimal digits that four
sales share on average, scattered over the file. Each row group of 1 Mi rows has a random generator of its own, so
that memory does not grow with the rows and the first rows of a larger file are not those of a smaller one by accident
only. Prints one JSON line, and keeps it in `_entrada.json`: rows, and the bytes that they take in Arrow once decoded.
"""

from __future__ import annotations

import argparse
import json
import sys
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

POR_GRUPO = 1 << 20
REGIONES = ["centro", "este", "norte", "oeste", "sur"]
CATEGORIAS = [f"categoria_{n:02}" for n in range(24)]
PRODUCTOS = 10_000
#: Days of the year that the sales fill, from 2024-01-01 as a number of days since 1970.
PRIMER_DIA, DIAS = 19_723, 366
#: A customer per so many sales, and one session per so many.
POR_CLIENTE, POR_SESION = 16, 4
CIFRAS = np.frombuffer(b"0123456789abcdef", dtype=np.uint8)


def mezclar(numeros: np.ndarray) -> np.ndarray:
    """64 bits that look like chance, another for each number (the finalizer of SplitMix64)."""
    z = numeros.astype(np.uint64) + np.uint64(0x9E3779B97F4A7C15)
    z = (z ^ (z >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
    z = (z ^ (z >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    return z ^ (z >> np.uint64(31))


def hexadecimal(numeros: np.ndarray) -> pa.Array:
    """Each number as 32 digits: of what it mixes to, and of that mixed again."""
    altos = mezclar(numeros)
    octetos = np.stack([altos, mezclar(altos)], axis=1).byteswap().view(np.uint8).reshape(len(numeros), 16)
    cifras = np.empty((len(numeros), 32), dtype=np.uint8)
    cifras[:, 0::2] = CIFRAS[octetos >> 4]
    cifras[:, 1::2] = CIFRAS[octetos & 15]
    desplazamientos = np.arange(0, 32 * len(numeros) + 1, 32, dtype=np.int32)
    return pa.StringArray.from_buffers(len(numeros), pa.py_buffer(desplazamientos), pa.py_buffer(cifras))


def clientes(ventas: int, semilla: int) -> pa.Table:
    """One in fifty has no row: their sales join with nobody."""
    azar = np.random.default_rng([semilla, 1])
    cuantos = max(ventas // POR_CLIENTE, 1)
    identidades = np.arange(cuantos, dtype=np.int64)
    region = azar.choice(len(REGIONES), cuantos, p=[0.3, 0.15, 0.2, 0.15, 0.2])
    quedan = azar.random(cuantos) >= 0.02
    return pa.table({"id": identidades[quedan], "region": np.array(REGIONES)[region[quedan]]})


def productos(semilla: int) -> pa.Table:
    azar = np.random.default_rng([semilla, 2])
    categoria = azar.choice(len(CATEGORIAS), PRODUCTOS)
    return pa.table({"id": np.arange(PRODUCTOS, dtype=np.int64), "categoria": np.array(CATEGORIAS)[categoria]})


def grupo_de_ventas(numero: int, ventas: int, semilla: int) -> pa.Table:
    """The row group of this number."""
    desde = numero * POR_GRUPO
    cuantas = min(POR_GRUPO, ventas - desde)
    azar = np.random.default_rng([semilla, 3, numero])
    venta = np.arange(desde, desde + cuantas, dtype=np.int64)
    de_clientes = max(ventas // POR_CLIENTE, 1)
    sesion = azar.integers(0, max(ventas // POR_SESION, 1), cuantas)
    columnas = {
        "venta_id": venta,
        # The square of a uniform number: a tenth of the customers buys a third.
        "user_id": (azar.random(cuantas) ** 2 * de_clientes).astype(np.int64),
        "producto_id": (azar.random(cuantas) ** 2 * PRODUCTOS).astype(np.int64),
        "centavos": np.rint(azar.lognormal(8.0, 1.0, cuantas)).astype(np.int64) + 1,
        "dia": (PRIMER_DIA + venta * DIAS // ventas).astype(np.int32),
        "session_id": hexadecimal(sesion + (semilla << 40)),
    }
    return pa.table(columnas)


def main(argumentos: list[str] | None = None) -> int:
    opciones = argparse.ArgumentParser(description="La entrada del trabajo motores.")
    opciones.add_argument("--filas", required=True, type=int)
    opciones.add_argument("--semilla", type=int, default=42)
    opciones.add_argument("--salida", required=True, type=Path)
    elegido = opciones.parse_args(argumentos)
    if elegido.filas < 1:
        opciones.error("--filas tiene que ser al menos 1")
    elegido.salida.mkdir(parents=True, exist_ok=True)
    decodificados = 0
    pequenas = {"clientes": clientes(elegido.filas, elegido.semilla), "productos": productos(elegido.semilla)}
    for nombre, tabla in pequenas.items():
        pq.write_table(tabla, elegido.salida / f"{nombre}.parquet", row_group_size=POR_GRUPO)
        decodificados += tabla.nbytes
    escritor = None
    for numero in range(-(-elegido.filas // POR_GRUPO)):
        grupo = grupo_de_ventas(numero, elegido.filas, elegido.semilla)
        if escritor is None:
            escritor = pq.ParquetWriter(elegido.salida / "ventas.parquet", grupo.schema)
        escritor.write_table(grupo, row_group_size=POR_GRUPO)
        decodificados += grupo.nbytes
    escritor.close()
    dicho = {"filas": elegido.filas, "decodificados": decodificados}
    (elegido.salida / "_entrada.json").write_text(json.dumps(dicho))
    print(json.dumps(dicho))
    return 0


if __name__ == "__main__":
    sys.exit(main())
