"""Peer `duckdb` of the workload `revenue`: the query in SQL, in a database in memory."""

from __future__ import annotations

import sys

import consulta_repetida
import duckdb

CONSULTA = "SELECT region, sum(monto) FROM read_parquet(?) WHERE monto > 0 GROUP BY region"


def main(argumentos: list[str] | None = None) -> int:
    elegido = consulta_repetida.opciones("Revenue por región con DuckDB.").parse_args(argumentos)
    conexion = duckdb.connect()

    def consulta(entrada: str) -> consulta_repetida.Totales:
        return conexion.execute(CONSULTA, [entrada]).fetchall()

    def escribir(regiones: list[str | None], centavos: list[int], salida: str) -> None:
        tabla = "SELECT unnest(?::VARCHAR[]) AS region, unnest(?::BIGINT[]) AS centavos"
        conexion.execute(f"COPY ({tabla}) TO ? (FORMAT parquet)", [regiones, centavos, salida])

    return consulta_repetida.correr(elegido, f"duckdb {duckdb.__version__}", consulta, list, escribir)


if __name__ == "__main__":
    sys.exit(main())
