"""The tables of exercise 16.4.3: `ventas` and `clientes` of the guide's query, and TPC-H's by `tpchgen-cli`.

    python comet_datos.py --salida DIRECTORIO [--ventas 4000000] [--clientes 200000] [--sf 1] [--semilla 42]

Writes `ventas.parquet`, `clientes.parquet` and one directory per TPC-H table; `--sf 0` leaves TPC-H out. The same seed gives the
same rows. One sale in a hundred is of a user who is no customer, one in fifty has no amount, one in twenty is a refund,
and amounts have cents, as the guide's events do.
"""

from __future__ import annotations

import argparse
import subprocess
import sys
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

REGIONES = ["centro", "este", "norte", "oeste", "sur"]
TABLAS = ["customer", "lineitem", "nation", "orders", "part", "region", "supplier"]
#: Days before and after 2024-01-01, where the guide's filter cuts.
DIAS = (-120, 300)
PRIMER_DIA = np.datetime64("2024-01-01")
POR_GRUPO = 1 << 18


def clientes(cuantos: int, semilla: int) -> pa.Table:
    azar = np.random.default_rng([semilla, 1])
    region = pa.array(azar.choice(REGIONES, cuantos, p=[0.3, 0.15, 0.2, 0.15, 0.2]))
    return pa.table({"id": pa.array(np.arange(cuantos, dtype=np.int64)), "region": region})


def ventas(cuantas: int, de_clientes: int, semilla: int) -> pa.Table:
    azar = np.random.default_rng([semilla, 2])
    # A few buy a lot: the cube of a uniform number leans towards zero.
    usuario = (azar.random(cuantas) ** 3 * de_clientes * 1.01).astype(np.int64)
    centavos = np.rint(azar.lognormal(8.5, 1.2, cuantas)).astype(np.int64) + 1
    centavos[azar.random(cuantas) < 0.05] *= -1
    monto = pa.array(centavos / 100.0, mask=azar.random(cuantas) < 0.02)
    dia = PRIMER_DIA + azar.integers(*DIAS, cuantas)
    columnas = {
        "venta_id": pa.array(np.arange(cuantas, dtype=np.int64)),
        "user_id": pa.array(usuario),
        "region": pa.array(azar.choice(REGIONES, cuantas)),
        "monto": monto,
        "fecha": pa.array(dia.astype("datetime64[D]")),
    }
    return pa.table(columnas)


def main(argumentos: list[str] | None = None) -> int:
    opciones = argparse.ArgumentParser(description="Las tablas del ejercicio 16.4.3.")
    opciones.add_argument("--salida", required=True, type=Path)
    opciones.add_argument("--ventas", type=int, default=4_000_000)
    opciones.add_argument("--clientes", type=int, default=200_000)
    opciones.add_argument("--sf", type=float, default=1.0, help="factor de escala de TPC-H; 0 lo deja fuera")
    opciones.add_argument("--semilla", type=int, default=42)
    elegido = opciones.parse_args(argumentos)
    elegido.salida.mkdir(parents=True, exist_ok=True)
    tablas = {
        "clientes": clientes(elegido.clientes, elegido.semilla),
        "ventas": ventas(elegido.ventas, elegido.clientes, elegido.semilla),
    }
    for nombre, tabla in tablas.items():
        pq.write_table(tabla, elegido.salida / f"{nombre}.parquet", row_group_size=POR_GRUPO)
    if elegido.sf > 0:
        generador = Path(sys.executable).with_name("tpchgen-cli")
        orden = [str(generador), "parquet", "-s", f"{elegido.sf:g}", "--output-dir", str(elegido.salida)]
        subprocess.run([*orden, "--tables", ",".join(TABLAS)], check=True, stdout=subprocess.DEVNULL)
    return 0


if __name__ == "__main__":
    sys.exit(main())
