"""What Python's Polars is, has and does, one fact at a time; `nivel_python` compares what this prints.

    versiones               the package's version, and those of the crates that its wheel was made of
    revenue RUTA            the query's result by each engine
    division                what `/` between integers becomes, and gives
    motor NOMBRE RUTA       runs it by that engine, which says on the standard error what it does
    tabla RUTA DIRECTORIO   the rows of the table "only in Python, only in Rust"
"""

from __future__ import annotations

import asyncio
import importlib.metadata
import inspect
import json
import os
import sqlite3
import sys

import polars as pl

import planes  # noqa: F401  (puts the peers on the path)
from polars_api_revenue import revenue


def versiones() -> None:
    crates = {}
    for archivo in importlib.metadata.files("polars-runtime-32") or []:
        if archivo.name.endswith(".cyclonedx.json"):
            componentes = json.loads(archivo.read_text())["components"]
            crates = {c["name"]: c["version"] for c in componentes if c["name"].startswith("polars")}
    print(json.dumps({"polars": pl.__version__, "crates": crates}))


def por_motor(ruta: str) -> None:
    consulta = revenue(pl.scan_parquet(ruta))
    motores = ("auto", "in-memory", "streaming")
    print(json.dumps({motor: consulta.collect(engine=motor).to_dict(as_series=False) for motor in motores}))


def division() -> None:
    consulta = pl.LazyFrame({"piezas": [7, -7]}).select(pl.col("piezas") / 2)
    plan = consulta.explain(optimized=False).splitlines()[0].removeprefix("SELECT [").removesuffix("]")
    print(json.dumps({"plan": plan, "resultado": consulta.collect()["piezas"].to_list()}))


def tabla(ruta: str, directorio: str) -> None:
    eventos = pl.read_parquet(ruta)

    pandas = eventos.to_pandas()
    print(f"to_pandas: {type(pandas).__name__} de {type(pandas).__module__.split('.')[0]}, {len(pandas)} filas")

    with sqlite3.connect(":memory:") as base:
        base.execute("CREATE TABLE ventas (id INTEGER, region TEXT)")
        base.execute("INSERT INTO ventas VALUES (1, 'norte')")
        print("read_database:", pl.read_database("SELECT * FROM ventas", base).rows())
    # These three ask for packages that are not installed here: that the methods are there is all there is to see.
    print("write_database:", callable(eventos.write_database))
    print("read_excel:", callable(pl.read_excel))
    print("write_excel:", callable(eventos.write_excel))
    eventos.write_delta(f"{directorio}/delta")
    print(f"scan_delta: {pl.scan_delta(f'{directorio}/delta').collect().height} filas")
    print("scan_iceberg:", callable(pl.scan_iceberg))
    print(f"describe: {eventos.describe().height} filas")
    doble = eventos["monto"].map_elements(lambda monto: monto * 2, return_dtype=pl.Float64)
    print("map_elements:", doble.to_list())
    print(f"collect_async: {asyncio.run(recogido(eventos)).height} filas")
    print("plot, style:", hasattr(pl.DataFrame, "plot"), hasattr(pl.DataFrame, "style"))
    print("gpu:", sin_gpu(eventos))

    print("profile:", hasattr(pl.LazyFrame, "profile"))
    print("to_alp_optimized:", hasattr(pl.LazyFrame, "to_alp_optimized"))
    print("ChunkedArray:", hasattr(pl, "ChunkedArray"))
    print("map_multiple:", hasattr(pl, "map_multiple"))
    interruptores = inspect.signature(pl.QueryOptFlags).parameters
    print("type_coercion entre los interruptores:", "type_coercion" in interruptores)


async def recogido(eventos: pl.DataFrame) -> pl.DataFrame:
    return await revenue(eventos.lazy()).collect_async()


def sin_gpu(eventos: pl.DataFrame) -> str:
    """The GPU engine is another package: without it Python refuses, where Rust says nothing."""
    try:
        eventos.lazy().select(pl.col("monto").sum()).collect(engine="gpu")
    except ModuleNotFoundError as error:
        return type(error).__name__
    return "calculado"


def main() -> None:
    orden, *argumentos = sys.argv[1:]
    if orden == "versiones":
        versiones()
    elif orden == "revenue":
        por_motor(*argumentos)
    elif orden == "division":
        division()
    elif orden == "motor":
        revenue(pl.scan_parquet(argumentos[1])).collect(engine=argumentos[0])
    elif orden == "tabla":
        tabla(*argumentos)
        # The threads of what was called may outlive the interpreter, which then aborts: seen once in twenty runs.
        sys.stdout.flush()
        os._exit(0)
    else:
        sys.exit(f"orden desconocida: {orden}")


if __name__ == "__main__":
    main()
