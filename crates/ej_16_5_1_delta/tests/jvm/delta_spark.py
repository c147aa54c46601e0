"""A Spark session with Delta that is spoken to line by line: one start serves all checks.

    python delta_spark.py

Each line of standard input is a JSON object, each line of standard output its answer, {"bien": …} or {"error": "…"}:

    {"orden": "sql", "texto": "CREATE TABLE delta.`…` …"}          → the rows as lists of texts
    {"orden": "leer", "tabla": "…", "version": 3, "columnas": […]}  → the cells of a version, sorted
    {"orden": "historia", "tabla": "…"}                             → operations, the first first
    {"orden": "checkpoint", "tabla": "…"}                           → null; Delta's own checkpoint of the last version

Ends with its input. The jars come from ECOMMERCE_SPARK_JARS.
"""

from __future__ import annotations

import json
import os
import sys
import tempfile
from decimal import Decimal
from pathlib import Path

from pyspark.sql import SparkSession

JARS = Path(os.environ.get("ECOMMERCE_SPARK_JARS") or Path(__file__).resolve().parents[4] / "target/jars/spark")


def abrir(temporal: str) -> SparkSession:
    os.environ.setdefault("SPARK_LOCAL_IP", "127.0.0.1")
    opciones = {
        "spark.driver.memory": "1g",
        "spark.driver.extraClassPath": f"{JARS}/*",
        # Every query runs once, on a handful of rows: compiling it well costs more than running it.
        "spark.driver.extraJavaOptions": "-XX:TieredStopAtLevel=1 -XX:+UseSerialGC",
        "spark.sql.codegen.wholeStage": "false",
        "spark.driver.host": "127.0.0.1",
        "spark.driver.bindAddress": "127.0.0.1",
        "spark.ui.enabled": "false",
        "spark.ui.showConsoleProgress": "false",
        "spark.sql.extensions": "io.delta.sql.DeltaSparkSessionExtension",
        "spark.sql.catalog.spark_catalog": "org.apache.spark.sql.delta.catalog.DeltaCatalog",
        "spark.sql.session.timeZone": "UTC",
        "spark.sql.shuffle.partitions": "1",
        "spark.sql.parquet.outputTimestampType": "TIMESTAMP_MICROS",
        "spark.sql.warehouse.dir": f"{temporal}/almacen",
        "spark.databricks.delta.snapshotPartitions": "1",
    }
    constructor = SparkSession.builder.master("local[2]").appName("delta_spark")
    for clave, valor in opciones.items():
        constructor = constructor.config(clave, valor)
    sesion = constructor.getOrCreate()
    sesion.sparkContext.setLogLevel("OFF")
    return sesion


def celda(valor) -> str:
    if valor is None:
        return "nulo"
    if isinstance(valor, bool):
        return str(valor).lower()
    if isinstance(valor, str):
        return f'"{valor}"'
    if isinstance(valor, Decimal):
        return format(valor, "f")
    return str(valor)


def leer(sesion: SparkSession, tabla: str, version: int | None, columnas: list[str]) -> list[str]:
    lector = sesion.read.format("delta")
    if version is not None:
        lector = lector.option("versionAsOf", version)
    filas = lector.load(tabla).select(*columnas).collect()
    return sorted(" | ".join(celda(valor) for valor in fila) for fila in filas)


def cumplir(sesion: SparkSession, peticion: dict):
    orden = peticion["orden"]
    if orden == "sql":
        return [[celda(valor) for valor in fila] for fila in sesion.sql(peticion["texto"]).collect()]
    if orden == "leer":
        return leer(sesion, peticion["tabla"], peticion.get("version"), peticion["columnas"])
    if orden == "historia":
        historia = sesion.sql(f"DESCRIBE HISTORY delta.`{peticion['tabla']}`").select("version", "operation").collect()
        return [fila.operation for fila in sorted(historia, key=lambda fila: fila.version)]
    if orden == "checkpoint":
        jvm = sesion._jvm
        registro = jvm.org.apache.spark.sql.delta.DeltaLog.forTable(sesion._jsparkSession, peticion["tabla"])
        registro.checkpoint()
        return None
    raise ValueError(f"no conozco la orden {orden}")


def responder(sesion: SparkSession) -> None:
    print(json.dumps({"bien": sesion.version}), flush=True)
    for linea in sys.stdin:
        try:
            respuesta = {"bien": cumplir(sesion, json.loads(linea))}
        except Exception as error:  # noqa: BLE001: what Spark refuses is an answer
            respuesta = {"error": f"{type(error).__name__}: {error}"[:2_000]}
        print(json.dumps(respuesta), flush=True)


def main() -> int:
    with tempfile.TemporaryDirectory(prefix="delta-spark-") as temporal:
        sesion = abrir(temporal)
        responder(sesion)
        sesion.stop()
    return 0


if __name__ == "__main__":
    sys.exit(main())
