"""The same job in one statement of DuckDB: python transforma_duckdb.py DIR (with ventas.csv)."""

import sys

import duckdb

duckdb.sql(
    f"COPY (SELECT region, SUM(centavos)::BIGINT AS revenue, COUNT(*) AS ventas FROM '{sys.argv[1]}/ventas.csv' "
    f"WHERE centavos > 0 GROUP BY region ORDER BY region) TO '{sys.argv[1]}/duckdb.parquet' (FORMAT parquet, COMPRESSION zstd)"
)
