"""Peer `pyspark` of the workload `motores`: Spark SQL in local mode, its heap as large as the process's memory allows."""

from __future__ import annotations

import os
import sys
from time import perf_counter

import motores_comun
import pyspark
from pyspark.sql import SparkSession

#: MB of the process tree that are not the heap: this interpreter, and the JVM's code, classes, threads and network buffers. With 420 it
#: passed a limit of 1 GiB after three minutes, by one MB.
APARTE_MB = 480


def abrir_sesion(elegido) -> SparkSession:
    os.environ.setdefault("SPARK_LOCAL_IP", "127.0.0.1")
    nucleos = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count()
    monton = max(elegido.memoria_mb - APARTE_MB, 480)
    opciones = {
        "spark.driver.memory": f"{monton}m",
        "spark.driver.extraJavaOptions": "-XX:+UseParallelGC -XX:MaxMetaspaceSize=160m",
        "spark.driver.host": "127.0.0.1",
        "spark.driver.bindAddress": "127.0.0.1",
        "spark.local.dir": str(motores_comun.derrame(elegido)),
        "spark.ui.enabled": "false",
        "spark.ui.showConsoleProgress": "false",
        "spark.sql.session.timeZone": "UTC",
        # Small tasks: a heap of half a GB has to hold one per core.
        "spark.sql.shuffle.partitions": str(16 * nucleos),
        "spark.sql.files.maxPartitionBytes": "32m",
        "spark.sql.warehouse.dir": str(motores_comun.derrame(elegido) / "almacen"),
    }
    constructor = SparkSession.builder.master(f"local[{nucleos}]").appName("motores_pyspark")
    for clave, valor in opciones.items():
        constructor = constructor.config(clave, valor)
    sesion = constructor.getOrCreate()
    sesion.sparkContext.setLogLevel("ERROR")
    return sesion


def main() -> int:
    elegido = motores_comun.opciones("Motores locales con poca memoria: Spark.")
    inicio = perf_counter()
    try:
        sesion = abrir_sesion(elegido)
        # A session is there when it has answered something.
        sesion.sql("SELECT 1").collect()
    except Exception as error:
        # Spark refuses a heap that is too small for its own reserve.
        print(f"error: no hay sesión: {' '.join(str(error).split())[:300]}", file=sys.stderr)
        return 6 if "System memory" in str(error) or motores_comun.sin_memoria(error) else 1
    arranque = perf_counter() - inicio
    try:
        for tabla in motores_comun.TABLAS:
            sesion.read.parquet(motores_comun.archivo(elegido, tabla)).createOrReplaceTempView(tabla)

        def consultar(nombre: str, sql: str, salida: str) -> None:
            sesion.sql(sql).coalesce(1).write.mode("overwrite").parquet(salida)

        return motores_comun.correr(elegido, f"pyspark {pyspark.__version__}", consultar, arranque)
    finally:
        sesion.stop()


if __name__ == "__main__":
    sys.exit(main())
