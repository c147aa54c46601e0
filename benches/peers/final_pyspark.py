"""Peers `pyspark`, `pyspark-sin-aqe` and `pyspark-ajustado` of the workload `final`: Spark SQL in local mode, DataFrame expressions.

`--ajuste` says how the session is set, and the Java and Scala programs in jvm/ take the same word:

* `ninguno`: as Spark comes: 200 shuffle partitions, AQE, a heap of 1 GB. Only the web page is off and addresses are loopback ones.
* `sin-aqe`: the same without adaptive execution.
* `local`: what one machine profits from: as many shuffle partitions as cores, 4 GB of heap, the parallel collector.
"""

from __future__ import annotations

import argparse
import os
import sys
from time import perf_counter

import final_comun
import pyspark
from pyspark.sql import DataFrame, SparkSession
from pyspark.sql import functions as F

AJUSTES = ("ninguno", "sin-aqe", "local")


def opciones_de(ajuste: str, s3: bool) -> dict[str, str]:
    """What the session is told beyond Spark's defaults."""
    nucleos = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count()
    dichas = {
        "spark.master": f"local[{nucleos}]",
        "spark.driver.host": "127.0.0.1",
        "spark.driver.bindAddress": "127.0.0.1",
        "spark.ui.enabled": "false",
        "spark.ui.showConsoleProgress": "false",
        "spark.sql.session.timeZone": "UTC",
    }
    if ajuste == "sin-aqe":
        dichas["spark.sql.adaptive.enabled"] = "false"
    if ajuste == "local":
        dichas |= {
            "spark.driver.memory": "4g",
            "spark.driver.extraJavaOptions": "-XX:+UseParallelGC",
            "spark.sql.shuffle.partitions": str(nucleos),
        }
    if s3:
        # The jars come through SPARK_DIST_CLASSPATH, as for the programs in jvm/.
        dichas |= {
            "spark.hadoop.fs.s3.impl": "org.apache.hadoop.fs.s3a.S3AFileSystem",
            "spark.hadoop.fs.s3a.endpoint": os.environ["AWS_ENDPOINT_URL"],
            "spark.hadoop.fs.s3a.endpoint.region": os.environ.get("AWS_REGION", "us-east-1"),
            "spark.hadoop.fs.s3a.path.style.access": "true",
            "spark.hadoop.fs.s3a.connection.ssl.enabled": "false",
            # Keys come from the environment, so that no command line and no report shows them.
            "spark.hadoop.fs.s3a.aws.credentials.provider": "software.amazon.awssdk.auth.credentials.EnvironmentVariableCredentialsProvider",
        }
    return dichas


def abrir(elegido: argparse.Namespace) -> final_comun.Par:
    os.environ.setdefault("SPARK_LOCAL_IP", "127.0.0.1")
    inicio = perf_counter()
    constructor = SparkSession.builder.appName("final")
    for clave, valor in opciones_de(elegido.ajuste, final_comun.en_s3(elegido.entrada)).items():
        constructor = constructor.config(clave, valor)
    sesion = constructor.getOrCreate()
    sesion.sparkContext.setLogLevel("ERROR")
    sesion_s = perf_counter() - inicio
    clave = final_comun.CLAVES[elegido.clave]

    def consulta() -> DataFrame:
        monto = F.col("monto")
        que = [F.sum(F.rint(monto * 100).cast("bigint")).alias("centavos"), F.count(F.lit(1)).alias("ventas")]
        if clave == "region":
            que.append(F.count_distinct("user_id").alias("usuarios"))
        ventas = sesion.read.parquet(elegido.entrada).where((monto > 0) & (monto <= final_comun.MAXIMO))
        media = F.expr("(2 * centavos + ventas) div (2 * ventas)").alias("media")
        return ventas.groupBy(clave).agg(*que).select("*", media)

    def nada(filas: DataFrame) -> None:
        filas.write.format("noop").mode("overwrite").save()

    def agregar() -> DataFrame:
        filas = consulta().persist()
        nada(filas)
        return filas

    def escribir(filas: DataFrame, ruta: str) -> None:
        filas.coalesce(1).write.parquet(ruta)
        filas.unpersist()

    return final_comun.Par(
        version=f"pyspark {pyspark.__version__}",
        leer=lambda: nada(sesion.read.parquet(elegido.entrada).select(final_comun.COLUMNAS[elegido.clave])),
        agregar=agregar,
        escribir=escribir,
        trabajo=lambda ruta: escribir(consulta(), ruta),
        sesion_s=sesion_s,
        cerrar=sesion.stop,
    )


if __name__ == "__main__":
    opciones = final_comun.opciones("El trabajo final con PySpark.")
    opciones.add_argument("--ajuste", choices=AJUSTES, default="ninguno")
    sys.exit(final_comun.correr(opciones.parse_args(), abrir))
