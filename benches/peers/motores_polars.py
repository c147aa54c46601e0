"""Peer `polars-python` of the workload `motores`: its SQL on the streaming engine, which has no limit to set."""

from __future__ import annotations

import sys

import motores_comun
import polars as pl


def main() -> int:
    elegido = motores_comun.opciones("Motores locales con poca memoria: Polars SQL.")
    tablas = {tabla: pl.scan_parquet(motores_comun.archivo(elegido, tabla)) for tabla in motores_comun.TABLAS}
    contexto = pl.SQLContext(tablas)

    def consultar(nombre: str, sql: str, salida: str) -> None:
        contexto.execute(sql).collect(engine="streaming").write_parquet(salida)

    return motores_comun.correr(elegido, f"polars {pl.__version__}, streaming", consultar)


if __name__ == "__main__":
    sys.exit(main())
