"""Stores the generated sales as pyarrow writes Parquet by default, so that no contestant reads its own writer's files.

    revenue-datafusion generar --filas 1000000 | python revenue_entrada.py --salida DIRECTORIO

One file, `ventas.parquet`: row groups of 1 Mi rows, Snappy, dictionaries, no page index. Neither side holds more than a row
group, and both work at the same time.
"""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

FILAS_POR_GRUPO = 1 << 20


def main(argumentos: list[str] | None = None) -> int:
    opciones = argparse.ArgumentParser(description="Guarda en Parquet el flujo de Arrow que llega por la entrada estándar.")
    opciones.add_argument("--salida", required=True, type=Path, help="directorio donde escribir ventas.parquet")
    elegido = opciones.parse_args(argumentos)
    elegido.salida.mkdir(parents=True, exist_ok=True)
    with pa.ipc.open_stream(sys.stdin.buffer) as flujo:
        with pq.ParquetWriter(elegido.salida / "ventas.parquet", flujo.schema) as escritor:
            pendientes: list[pa.RecordBatch] = []
            for lote in flujo:
                pendientes.append(lote)
                # A batch divides a row group evenly.
                if sum(b.num_rows for b in pendientes) >= FILAS_POR_GRUPO:
                    escritor.write_table(pa.Table.from_batches(pendientes), row_group_size=FILAS_POR_GRUPO)
                    pendientes.clear()
            if pendientes:
                escritor.write_table(pa.Table.from_batches(pendientes), row_group_size=FILAS_POR_GRUPO)
    return 0


if __name__ == "__main__":
    sys.exit(main())
