"""Peer `pyspark` of the workload `etl-diario`: Spark SQL in local mode for the guide's transformation, Delta Lake for the table.

    python etl_diario_pyspark.py --fecha 2024-01-15 --entrada DIR --salida TABLA [--repeticiones N] [--segundos S]

The session is the one of the workload `etl`: no UI, as many shuffle partitions as the machine can use, jars on the class path. All is
DataFrame expressions; the schema is given, so that only the four columns it names are read. Prints one JSON line with `consulta_s`,
the first day (imports and the session's start left out), and `consultas_s`, all of them in the one session.
"""

from __future__ import annotations

import argparse
import json
import os
import sys
import time
from datetime import date
from pathlib import Path

from etl_pyspark import FIN_DE_LOS_TIEMPOS, EntradaInvalida, abrir_sesion, en_centavos, vacio, version
from pyspark.sql import DataFrame, SparkSession
from pyspark.sql import functions as F
from pyspark.sql import types as T

ESQUEMA = T.StructType(
    [
        T.StructField("user_id", T.StringType()),
        T.StructField("monto", T.DoubleType()),
        T.StructField("region", T.StringType()),
        T.StructField("timestamp", T.TimestampType()),
    ]
)


def transformar(sesion: SparkSession, archivos: list[Path], fecha: date) -> DataFrame:
    """One row per region and segment of the sales that count."""
    instante, monto = F.unix_micros("timestamp"), F.col("monto")
    largo = lambda c: F.coalesce(F.octet_length(c) > 4096, F.lit(False))  # noqa: E731
    vale = (
        ~largo("user_id")
        & ~largo("region")
        & (instante >= 0)
        & (instante < FIN_DE_LOS_TIEMPOS)
        & (F.to_date("timestamp") == F.lit(fecha))
        & ~vacio("region")
        & ~vacio("user_id")
        # Spark too ranks NaN above everything: the upper bound keeps it out.
        & (monto <= 1e9)
        & (en_centavos() > 0)
    )
    return (
        sesion.read.schema(ESQUEMA)
        .parquet(*map(str, archivos))
        .where(monto > 0)
        .where(vale)
        .withColumn("segmento", F.when(monto > 1000, "premium").otherwise("standard"))
        .groupBy("region", "segmento")
        .agg(
            F.sum(en_centavos().cast("bigint")).alias("centavos"),
            F.count_distinct("user_id").alias("usuarios"),
            F.count(F.lit(1)).alias("transacciones"),
        )
        .select(
            F.lit(fecha).alias("fecha"),
            "region",
            "segmento",
            F.expr("cast(cast(centavos as decimal(20,0)) * cast('0.01' as decimal(3,2)) as decimal(18,2))").alias("revenue"),
            "usuarios",
            "transacciones",
            F.current_timestamp().alias("_procesado_en"),
            F.lit(version()).alias("_version_pipeline"),
        )
    )


def procesar(sesion: SparkSession, fecha: date, archivos: list[Path], salida: str) -> None:
    """Replaces the day in one commit, which also creates the table. `fecha` is a date, so the predicate cannot be injected."""
    filas = transformar(sesion, archivos, fecha).persist()
    try:
        # Counted before it is written: a day without sales must not replace anything. The rows are kept, so nothing is done twice.
        if filas.count() == 0:
            raise EntradaInvalida(f"ninguna venta válida el {fecha}")
        escritor = filas.coalesce(1).write.format("delta").mode("overwrite").option("replaceWhere", f"fecha = '{fecha}'")
        # As the table that the Rust pipeline creates; every ten commits a checkpoint, Spark's own default.
        escritor = escritor.option("delta.dataSkippingNumIndexedCols", "0")
        escritor.partitionBy("fecha").save(salida)
    finally:
        filas.unpersist()


def main(argumentos: list[str] | None = None) -> int:
    opciones = argparse.ArgumentParser(description="Trabajo etl-diario con PySpark y Delta Lake.")
    opciones.add_argument("--fecha", required=True, type=date.fromisoformat)
    opciones.add_argument("--entrada", required=True, type=Path)
    opciones.add_argument("--salida", required=True)
    opciones.add_argument("--repeticiones", type=int, default=1)
    opciones.add_argument("--segundos", type=float)
    elegido = opciones.parse_args(argumentos)

    dia = elegido.entrada / f"fecha={elegido.fecha}"
    archivos = sorted(dia.glob("*.parquet"), key=os.fsencode)
    if not archivos:
        print(f"error: no hay archivos Parquet en {dia}", file=sys.stderr)
        return 3
    inicio = time.perf_counter()
    sesion = abrir_sesion()
    arranque = round(time.perf_counter() - inicio, 4)
    tiempos: list[float] = []
    try:
        while len(tiempos) < elegido.repeticiones and (
            len(tiempos) < 2 or elegido.segundos is None or sum(tiempos) < elegido.segundos
        ):
            inicio = time.perf_counter()
            procesar(sesion, elegido.fecha, archivos, str(Path(elegido.salida).resolve()))
            tiempos.append(round(time.perf_counter() - inicio, 6))
        dicho = {"consulta_s": tiempos[0], "consultas_s": tiempos, "sesion_s": arranque, "version": version()}
        print(json.dumps(dicho))
    except EntradaInvalida as error:
        print(f"error: {error}", file=sys.stderr)
        return 3
    finally:
        sesion.stop()
    return 0


if __name__ == "__main__":
    sys.exit(main())
