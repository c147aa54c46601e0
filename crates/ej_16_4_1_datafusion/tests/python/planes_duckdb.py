"""DuckDB's plans of queries given as JSON, over the Parquet files of a directory: by name, the plan as text."""

import json
import sys
from pathlib import Path

import duckdb

conexion = duckdb.connect()
for archivo in Path(sys.argv[1]).glob("*.parquet"):
    conexion.execute(f"CREATE VIEW {archivo.stem} AS SELECT * FROM read_parquet('{archivo}')")
consultas = json.load(sys.stdin)
print(json.dumps({nombre: conexion.execute("EXPLAIN (FORMAT JSON) " + sql).fetchone()[1] for nombre, sql in consultas.items()}))
