"""Peer of exercise 16.3.3: pandas reading a Parquet file in pieces, and what its user has to write to add them up.

    python pandas_chunks.py --entrada EVENTOS.parquet --salida REGIONES.parquet [--filas-por-trozo N]

`read_csv` has `chunksize`; `read_parquet` has no such thing, so pyarrow hands out batches and each becomes a DataFrame. Every
aggregate must be split by hand into a part per piece and a way to merge the parts: here sums and counts, which add up. Prints
one JSON line with `segundos`, from opening the input to the result on the disk, imports left out, and `trozos`.
"""

from __future__ import annotations

import argparse
import json
import time

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

COLUMNAS = ["region", "monto", "mensaje"]
RESULTADO = pa.schema(
    [("region", pa.string()), ("eventos", pa.uint32()), ("centavos", pa.int64()), ("bytes", pa.uint64())]
)


def parcial(trozo: pa.RecordBatch) -> pd.DataFrame:
    """One piece: events, cents and bytes of message by region."""
    bytes_mensaje = pc.fill_null(pc.binary_length(trozo["mensaje"]), 0).to_numpy(zero_copy_only=False)
    marco = trozo.select(["region", "monto"]).to_pandas()
    vendido = (marco["monto"] > 0) & np.isfinite(marco["monto"])
    marco["centavos"] = np.rint(marco["monto"].where(vendido, 0.0) * 100).astype("int64")
    marco["bytes"] = bytes_mensaje.astype("int64")
    marco["eventos"] = 1
    return marco.groupby("region", dropna=False)[["eventos", "centavos", "bytes"]].sum()


def agregar(entrada: str, filas_por_trozo: int) -> tuple[pd.DataFrame, int]:
    """The parts of all pieces, added up: never more than one piece and one row per region in memory."""
    total: pd.DataFrame | None = None
    trozos = 0
    with pq.ParquetFile(entrada) as archivo:
        for trozo in archivo.iter_batches(filas_por_trozo, columns=COLUMNAS):
            parte = parcial(trozo)
            trozos += 1
            if total is None:
                total = parte
            else:
                total = pd.concat([total, parte]).groupby(level=0, dropna=False).sum()
    if total is None:
        total = pd.DataFrame({"eventos": [], "centavos": [], "bytes": []}, index=pd.Index([], name="region"))
    return total, trozos


def main() -> None:
    argumentos = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    argumentos.add_argument("--entrada", required=True)
    argumentos.add_argument("--salida", required=True)
    argumentos.add_argument("--filas-por-trozo", type=int, default=8192)
    opciones = argumentos.parse_args()
    inicio = time.perf_counter()
    total, trozos = agregar(opciones.entrada, opciones.filas_por_trozo)
    # Nulls first, as Polars sorts them.
    total = total.sort_index(na_position="first").reset_index()
    regiones = [None if pd.isna(r) else r for r in total["region"]]
    columnas = [pa.array(regiones, pa.string())]
    columnas += [pa.array(total[c].astype("int64").to_numpy()).cast(RESULTADO.field(c).type) for c in RESULTADO.names[1:]]
    pq.write_table(pa.Table.from_arrays(columnas, schema=RESULTADO), opciones.salida)
    print(json.dumps({"segundos": time.perf_counter() - inicio, "trozos": trozos}))


if __name__ == "__main__":
    main()
