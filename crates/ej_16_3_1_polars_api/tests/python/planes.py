"""The plans of a few queries as Python's Polars prints them, by name, as JSON: {"revenue": {"ingenuo": "…", "optimizado": "…"}}."""

from __future__ import annotations

import json
import sys
from pathlib import Path

import polars as pl

sys.path.insert(0, str(Path(__file__).resolve().parents[4] / "benches" / "peers"))

from polars_api_revenue import revenue  # noqa: E402


def cruce(eventos: pl.LazyFrame, clientes: pl.LazyFrame) -> pl.LazyFrame:
    """A filter above a join, on a column of each side: where do they end up?"""
    return (
        eventos.join(clientes, on="user_id", how="inner")
        .filter((pl.col("monto") > 100.0) & (pl.col("nivel") == "oro"))
        .select("region", "monto")
    )


def repetida(eventos: pl.LazyFrame) -> pl.LazyFrame:
    """The same subexpression twice."""
    neto = pl.col("monto") / 1.21
    return eventos.select((neto * 0.9).alias("oferta"), (neto + 5.0).alias("con_envio"))


def mayores(eventos: pl.LazyFrame) -> pl.LazyFrame:
    return eventos.sort("monto", descending=True).limit(10)


def constante(eventos: pl.LazyFrame) -> pl.LazyFrame:
    """An expression of literals, and a filter that is always true."""
    return eventos.filter(pl.lit(True)).select(pl.col("monto") * (pl.lit(2.0) * pl.lit(3.0)))


def sql(eventos: pl.LazyFrame) -> pl.LazyFrame:
    with pl.SQLContext(eventos=eventos) as contexto:
        return contexto.execute("SELECT region, SUM(monto) AS revenue FROM eventos WHERE monto > 0 GROUP BY region")


def main() -> None:
    eventos, clientes = (pl.scan_parquet(ruta) for ruta in sys.argv[1:3])
    consultas = {
        "revenue": revenue(eventos),
        "cruce": cruce(eventos, clientes),
        "repetida": repetida(eventos),
        "mayores": mayores(eventos),
        "constante": constante(eventos),
        "sql": sql(eventos),
    }
    planes = {
        nombre: {"ingenuo": consulta.explain(optimized=False), "optimizado": consulta.explain(optimized=True)}
        for nombre, consulta in consultas.items()
    }
    print(json.dumps(planes))


if __name__ == "__main__":
    main()
