"""Rewrites generated events as pyarrow writes Parquet by default, so that no contestant reads its own writer's files.

    python reescribir.py ORIGEN DESTINO

Every `fecha=…/` of ORIGEN becomes `fecha=…/part-NNNNN.parquet` of DESTINO, in the same order of rows (files by name, then
rows as they stand), 1 Mi rows to a file: one row group each, Snappy, dictionaries, no page index.
"""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Iterator
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

FILAS_POR_ARCHIVO = 1 << 20


def trozos(archivos: list[Path]) -> Iterator[pa.Table]:
    """The files' rows, one after the other, in tables of FILAS_POR_ARCHIVO; the last may be shorter."""
    pendientes: list[pa.RecordBatch] = []
    cuantas = 0
    for archivo in archivos:
        for lote in pq.ParquetFile(archivo).iter_batches(batch_size=1 << 17):
            while cuantas + lote.num_rows >= FILAS_POR_ARCHIVO:
                corte = FILAS_POR_ARCHIVO - cuantas
                yield pa.Table.from_batches([*pendientes, lote.slice(0, corte)])
                pendientes, cuantas, lote = [], 0, lote.slice(corte)
            if lote.num_rows:
                pendientes.append(lote)
                cuantas += lote.num_rows
    if pendientes:
        yield pa.Table.from_batches(pendientes)


def main(argumentos: list[str] | None = None) -> int:
    opciones = argparse.ArgumentParser(description="Reescribe eventos con los valores por defecto de pyarrow.")
    opciones.add_argument("origen", type=Path)
    opciones.add_argument("destino", type=Path)
    elegido = opciones.parse_args(argumentos)

    dias = sorted(elegido.origen.glob("fecha=*"))
    if not dias:
        print(f"error: no hay directorios fecha=… en {elegido.origen}", file=sys.stderr)
        return 3
    for dia in dias:
        salida = elegido.destino / dia.name
        salida.mkdir(parents=True)
        archivos = sorted(dia.glob("*.parquet"), key=os.fsencode)
        for numero, tabla in enumerate(trozos(archivos)):
            pq.write_table(tabla, salida / f"part-{numero:05d}.parquet")
    return 0


if __name__ == "__main__":
    sys.exit(main())
