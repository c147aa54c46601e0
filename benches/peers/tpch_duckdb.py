"""Peer `duckdb` of TPC-H: views over the Parquet files, in a database in memory, with DuckDB's defaults."""

from __future__ import annotations

import sys
from pathlib import Path

import consultas_tpch
import duckdb
import pyarrow as pa


def main(argumentos: list[str] | None = None) -> int:
    conexion = duckdb.connect()

    def abrir(datos: Path) -> None:
        for tabla in consultas_tpch.TABLAS:
            ruta = str(datos / f"{tabla}.parquet").replace("'", "''")
            conexion.execute(f"CREATE VIEW {tabla} AS SELECT * FROM read_parquet('{ruta}')")

    def hacer(sql: str) -> pa.Table:
        return conexion.sql(sql).to_arrow_table()

    def leer(resultado: pa.Table) -> tuple[list[str], list[tuple]]:
        columnas = [columna.to_pylist() for columna in resultado.columns]
        return resultado.column_names, list(zip(*columnas, strict=True))

    return consultas_tpch.correr("duckdb", f"duckdb {duckdb.__version__}", abrir, hacer, leer, argumentos)


if __name__ == "__main__":
    sys.exit(main())
