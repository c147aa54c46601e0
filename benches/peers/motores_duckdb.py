"""Peer `duckdb` of the workload `motores`: a database in memory that may spill to disk."""

from __future__ import annotations

import sys

import duckdb
import motores_comun

#: Of the process's memory, what DuckDB counts: the rest is the interpreter, the library and what its allocator keeps.
PARTE = 0.7


def main() -> int:
    elegido = motores_comun.opciones("Motores locales con poca memoria: DuckDB.")
    conexion = duckdb.connect()
    conexion.execute(f"SET memory_limit = '{int(elegido.memoria_mb * PARTE)}MiB'")
    conexion.execute(f"SET temp_directory = '{motores_comun.derrame(elegido)}'")
    # Its own advice for data larger than memory.
    conexion.execute("SET preserve_insertion_order = false")
    for tabla in motores_comun.TABLAS:
        ruta = motores_comun.archivo(elegido, tabla).replace("'", "''")
        conexion.execute(f"CREATE VIEW {tabla} AS SELECT * FROM read_parquet('{ruta}')")

    def consultar(nombre: str, sql: str, salida: str) -> None:
        conexion.execute(f"COPY ({sql}) TO '{salida}' (FORMAT parquet)")

    return motores_comun.correr(elegido, f"duckdb {duckdb.__version__}", consultar)


if __name__ == "__main__":
    sys.exit(main())
