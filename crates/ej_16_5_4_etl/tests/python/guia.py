"""What the guide's pipeline does, case by case, on today's Polars and deltalake. Prints one JSON line per case.

    python guia.py repetir|nan|patron|fusion ENTRADA TABLA
    python guia.py plan ENTRADA
    python guia.py contar

`guia` below is the guide's algorithm with its defects: the day glued into a path, amounts as floats, an append. Only `pl.count()` is
written `pl.len()`, without which it does not run.
"""

from __future__ import annotations

import json
import math
import os
import sys

import polars as pl
from deltalake import DeltaTable, write_deltalake

FECHA, OTRA = "2024-01-15", "2024-01-16"
SEGMENTO = pl.when(pl.col("monto") > 1000).then(pl.lit("premium")).otherwise(pl.lit("standard")).alias("segmento")


def plan(fecha: str, origen: str) -> pl.LazyFrame:
    crudo = pl.scan_parquet(f"{origen}/fecha={fecha}/*.parquet").filter(pl.col("monto") > 0)
    columnas = [pl.col("timestamp").cast(pl.Datetime), pl.col("monto").log1p().alias("log_monto"), SEGMENTO]
    grupos = crudo.with_columns(columnas).group_by("region", "segmento")
    return grupos.agg(pl.sum("monto").alias("revenue"), pl.n_unique("user_id").alias("usuarios"), pl.len().alias("transacciones"))


def escribir(filas: pl.DataFrame, destino: str) -> None:
    write_deltalake(destino, filas, mode="append", partition_by=["region"], schema_mode="merge")


def guia(fecha: str, origen: str, destino: str) -> dict:
    filas = plan(fecha, origen).collect()
    escribir(filas, destino)
    return {"filas_procesadas": len(filas)}


def leer(tabla: str) -> list[dict]:
    return DeltaTable(tabla).to_pyarrow_table().to_pylist()


def repetir(origen: str, tabla: str) -> dict:
    suma = lambda filas: math.fsum(f["revenue"] for f in filas if math.isfinite(f["revenue"]))  # noqa: E731
    metricas = guia(FECHA, origen, tabla)
    una = leer(tabla)
    guia(FECHA, origen, tabla)
    dos = leer(tabla)
    return metricas | {
        "filas_tras_una": len(una),
        "filas_tras_dos": len(dos),
        "revenue_tras_dos_entre_una": round(suma(dos) / suma(una), 9),
        "columnas": [campo.name for campo in DeltaTable(tabla).schema().fields],
    }


def nan(origen: str, tabla: str) -> dict:
    guia(FECHA, origen, tabla)
    return {"grupos_sin_revenue": sum(not math.isfinite(f["revenue"]) for f in leer(tabla))}


def patron(origen: str, tabla: str) -> dict:
    contar = lambda nombre: sum(f["transacciones"] for f in leer(f"{tabla}-{nombre}"))  # noqa: E731
    guia("*", origen, f"{tabla}-asterisco")
    guia(FECHA, origen, f"{tabla}-uno")
    guia(OTRA, origen, f"{tabla}-otro")
    return {
        "transacciones_con_asterisco": contar("asterisco"),
        "transacciones_de_un_dia": contar("uno"),
        "transacciones_de_los_dos_dias": contar("uno") + contar("otro"),
    }


def fusion(origen: str, tabla: str) -> dict:
    guia(FECHA, origen, tabla)
    antes = [campo.name for campo in DeltaTable(tabla).schema().fields]
    # The next release of the pipeline adds a column.
    escribir(plan(OTRA, origen).collect().with_columns(moneda=pl.lit("EUR")), tabla)
    monedas = [f["moneda"] for f in leer(tabla)]
    return {
        "antes": antes,
        "despues": [campo.name for campo in DeltaTable(tabla).schema().fields],
        "sin_moneda": monedas.count(None),
        "con_moneda": monedas.count("EUR"),
        "filas": len(monedas),
    }


def contar() -> dict:
    try:
        pl.count()
    except TypeError as error:
        return {"error": str(error)}
    return {"error": None}


def en_el_plan(origen: str) -> dict:
    sin, con = plan(FECHA, origen).explain(optimized=False), plan(FECHA, origen).explain()
    # The scan says how many columns it reads: monto, region and user_id of twelve (and the day that the path has).
    leidas = next(linea for linea in con.splitlines() if "PROJECT" in linea and "COLUMNS" in linea)
    return {
        "log1p_escrito": "log1p" in sin,
        "log1p_en_el_plan": "log1p" in con,
        "timestamp_se_lee": "3/" not in leidas,
        "lectura": leidas.strip(),
    }


CASOS = {"repetir": repetir, "nan": nan, "patron": patron, "fusion": fusion, "contar": contar, "plan": en_el_plan}
print(json.dumps(CASOS[sys.argv[1]](*sys.argv[2:])))
sys.stdout.flush()
# After to_pyarrow_table the interpreter now and then aborts while it shuts down, with everything already said.
os._exit(0)
