"""Peer `polars` of TPC-H: lazy frames over the Parquet files and Polars' SQL, with the engine its `collect` picks."""

from __future__ import annotations

import sys
from pathlib import Path

import consultas_tpch
import polars as pl


def main(argumentos: list[str] | None = None) -> int:
    contexto = pl.SQLContext(eager=False)

    def abrir(datos: Path) -> None:
        for tabla in consultas_tpch.TABLAS:
            contexto.register(tabla, pl.scan_parquet(datos / f"{tabla}.parquet"))

    def hacer(sql: str) -> pl.DataFrame:
        return contexto.execute(sql).collect()

    def leer(resultado: pl.DataFrame) -> tuple[list[str], list[tuple]]:
        return resultado.columns, resultado.rows()

    return consultas_tpch.correr("polars", f"polars {pl.__version__}", abrir, hacer, leer, argumentos)


if __name__ == "__main__":
    sys.exit(main())
