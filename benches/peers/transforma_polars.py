"""The same job in one expression of Polars: python transforma_polars.py DIR (with ventas.csv)."""

import sys

import polars as pl

pl.scan_csv(f"{sys.argv[1]}/ventas.csv").filter(pl.col("centavos") > 0).group_by("region").agg(
    revenue=pl.col("centavos").sum(), ventas=pl.len()
).sort("region").sink_parquet(f"{sys.argv[1]}/polars.parquet")
