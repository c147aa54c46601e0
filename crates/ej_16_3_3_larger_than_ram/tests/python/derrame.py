"""A join, a sort or a group-by of wide rows with Polars in Python; prints a digest of the result.

    python derrame.py unir|ordenar|agrupar EVENTOS.parquet SALIDA.parquet

The budget and the place for spilling are in the environment.
"""

import hashlib
import sys

import polars as pl
import pyarrow.parquet as pq

operacion, entrada, salida = sys.argv[1:4]
eventos = pl.scan_parquet(entrada)
if operacion == "unir":
    plan = eventos.join(eventos.select("evento_id", otro="mensaje"), on="evento_id")
elif operacion == "ordenar":
    plan = eventos.sort("evento_id")
else:
    plan = eventos.group_by("evento_id").agg(pl.col("mensaje").first())
plan.sink_parquet(salida, row_group_size=500)

# In pieces: what is measured is the query, not this check. Order only counts where it was asked for.
suma, resumen, filas = 0, hashlib.sha256(), 0
with pq.ParquetFile(salida) as archivo:
    for trozo in archivo.iter_batches(500, columns=["evento_id", "mensaje"]):
        for evento, mensaje in zip(trozo["evento_id"].to_pylist(), trozo["mensaje"].to_pylist()):
            fila = hashlib.sha256(f"{evento}|{mensaje}".encode()).digest()
            resumen.update(fila)
            suma = (suma + int.from_bytes(fila[:8])) % 2**64
            filas += 1
print(filas, suma, resumen.hexdigest() if operacion == "ordenar" else "")
