"""The features of `sintesis d`, computed by pandas from the same events; writes them as Parquet.

    python caracteristicas.py eventos.parquet salida.parquet columna corte…
"""

from __future__ import annotations

import sys

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq

ATRAS = pd.Timedelta(days=28)
ADELANTE = pd.Timedelta(days=7)
COLUMNAS = ["compras", "centavos", "clicks", "recientes", "desde_ultimo"]


def en_un_corte(eventos: pd.DataFrame, columna: str, corte: pd.Timestamp) -> pd.DataFrame:
    conocidos = eventos[(eventos["timestamp"] >= corte - ATRAS) & (eventos["timestamp"] < corte)]
    grupos = conocidos.groupby(columna)
    filas = pd.DataFrame(
        {
            "compras": grupos["es_compra"].sum(),
            "centavos": grupos["centavos"].sum(),
            "clicks": grupos["es_click"].sum(),
            "recientes": grupos["timestamp"].agg(lambda t: (t >= corte - ATRAS / 7).sum()),
            "desde_ultimo": grupos["timestamp"].agg(lambda t: (corte - t.max()) // pd.Timedelta(microseconds=1)),
        }
    ).astype("int64")
    filas["media"] = (filas["centavos"] / filas["compras"]).where(filas["compras"] > 0)
    despues = eventos[(eventos["timestamp"] >= corte) & (eventos["timestamp"] < corte + ADELANTE) & eventos["es_compra"]]
    filas["compra_despues"] = filas.index.isin(despues[columna])
    filas.insert(0, "corte", corte)
    return filas.reset_index(names="entidad")


def main(entrada: str, salida: str, columna: str, *cortes: str) -> None:
    eventos = pd.read_parquet(entrada)
    eventos["es_compra"] = eventos["tipo"] == "compra"
    eventos["es_click"] = eventos["tipo"] == "click"
    eventos["centavos"] = np.rint(eventos["monto"] * 100).where(eventos["es_compra"], 0).astype("int64")
    filas = pd.concat([en_un_corte(eventos, columna, pd.Timestamp(corte)) for corte in cortes])
    esquema = pa.schema(
        [("entidad", pa.string()), ("corte", pa.timestamp("us", "UTC"))]
        + [(nombre, pa.int64()) for nombre in COLUMNAS]
        + [("media", pa.float64()), ("compra_despues", pa.bool_())]
    )
    tabla = pa.Table.from_pandas(filas, schema=esquema, preserve_index=False)
    pq.write_table(tabla, salida)


if __name__ == "__main__":
    main(*sys.argv[1:])
