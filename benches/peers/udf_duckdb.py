"""Peer `duckdb` of 16.4.2: a Python function for each row (`nativa`) or for each chunk (`arrow`), and the formula in SQL (`sql`).

See udf_medida.py for the command line and what is timed.
"""

from __future__ import annotations

import sys

import duckdb
import udf_medida
from duckdb.sqltypes import DOUBLE


def por_trozos(lat1, lon1, lat2, lon2):
    """A chunk of Arrow columns in, one out: NumPy between them, without a copy."""
    import pyarrow as pa

    columnas = [columna.to_numpy() for columna in (lat1, lon1, lat2, lon2)]
    return pa.array(udf_medida.en_numpy(*columnas))


def main() -> int:
    elegido = udf_medida.opciones("La distancia con DuckDB.", ("nativa", "arrow", "sql"))
    conexion = duckdb.connect()
    distancia = f"haversine({', '.join(udf_medida.COLUMNAS)})"
    if elegido.forma == "nativa":
        conexion.create_function("haversine", udf_medida.una_fila, [DOUBLE] * 4, DOUBLE)
    elif elegido.forma == "arrow":
        conexion.create_function("haversine", por_trozos, [DOUBLE] * 4, DOUBLE, type="arrow")
    else:
        distancia = udf_medida.en_sql()
    consulta = udf_medida.consulta_de(distancia, "read_parquet(?)")
    responder = lambda: conexion.execute(consulta, [elegido.entrada]).fetchone()  # noqa: E731
    return udf_medida.correr(elegido, f"duckdb {duckdb.__version__}", responder)


if __name__ == "__main__":
    sys.exit(main())
