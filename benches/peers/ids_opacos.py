"""The same sales with users that say nothing of themselves: each `user_id` becomes the sixteen hexadecimal digits of its hash.

    python ids_opacos.py --entrada ventas.parquet --salida DIRECTORIO

The identifiers of the shop end in a number, which a counter of distinct users can use. What that is worth shows when the same
rows have identifiers that do not. The file is written as `revenue_entrada.py` writes it, a row group at a time.
"""

from __future__ import annotations

import argparse
import hashlib
import sys
from pathlib import Path

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq
from revenue_entrada import FILAS_POR_GRUPO


def opaco(usuario: str | None) -> str | None:
    if usuario is None:
        return None
    return hashlib.blake2b(usuario.encode(), digest_size=8).hexdigest()


def cambiar(lote: pa.RecordBatch) -> pa.RecordBatch:
    """The same rows with other users; who was one stays one."""
    indice = lote.schema.get_field_index("user_id")
    codificados = pc.dictionary_encode(lote.column(indice))
    opacos = pa.array([opaco(u) for u in codificados.dictionary.to_pylist()], pa.string())
    return lote.set_column(indice, lote.schema.field(indice), opacos.take(codificados.indices))


def main(argumentos: list[str] | None = None) -> int:
    opciones = argparse.ArgumentParser(description="Cambia los usuarios de unas ventas por identificadores opacos.")
    opciones.add_argument("--entrada", required=True, type=Path, help="las ventas, en Parquet")
    opciones.add_argument("--salida", required=True, type=Path, help="directorio donde escribir ventas.parquet")
    elegido = opciones.parse_args(argumentos)
    elegido.salida.mkdir(parents=True, exist_ok=True)
    ventas = pq.ParquetFile(elegido.entrada)
    with pq.ParquetWriter(elegido.salida / "ventas.parquet", ventas.schema_arrow) as escritor:
        for lote in ventas.iter_batches(batch_size=FILAS_POR_GRUPO):
            escritor.write_table(pa.Table.from_batches([cambiar(lote)]), row_group_size=FILAS_POR_GRUPO)
    return 0


if __name__ == "__main__":
    sys.exit(main())
