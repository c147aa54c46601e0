"""The second writer of the experiment: Delta Spark, driven by lines.

    python escritor_spark.py --tabla RUTA

Reads one command per line and answers with one JSON line per commit, then {"que": "fin"}; see src/conflict/wire.rs:

    agregar PREFIJO N · reemplazar DIA PREFIJO · borrar DIA ID · fin

Every commit carries its id as user metadata. Nothing is tuned for or against conflicts: Delta's defaults decide what is
refused. For s3a:// the store's settings come as AWS_… from the environment, and the jars of hadoop-aws from
ECOMMERCE_SPARK_S3_JARS.
"""

from __future__ import annotations

import argparse
import json
import os
import sys
import tempfile
from pathlib import Path

import pyspark
from pyspark.sql import DataFrame, SparkSession

JARS = Path(os.environ.get("ECOMMERCE_SPARK_JARS") or Path(__file__).resolve().parents[3] / "target/jars/spark")
JARS_S3 = os.environ.get("ECOMMERCE_SPARK_S3_JARS")
FILAS_DE_UN_REEMPLAZO = 3


def abrir_sesion(en_s3: bool) -> SparkSession:
    rutas = [f"{JARS}/*"] + ([f"{JARS_S3}/*"] if en_s3 and JARS_S3 else [])
    temporal = tempfile.mkdtemp(prefix="escritor-spark-")
    os.environ.setdefault("SPARK_LOCAL_IP", "127.0.0.1")
    opciones = {
        "spark.driver.memory": "768m",
        "spark.driver.extraClassPath": ":".join(rutas),
        "spark.driver.host": "127.0.0.1",
        "spark.driver.bindAddress": "127.0.0.1",
        "spark.ui.enabled": "false",
        "spark.ui.showConsoleProgress": "false",
        "spark.sql.extensions": "io.delta.sql.DeltaSparkSessionExtension",
        "spark.sql.catalog.spark_catalog": "org.apache.spark.sql.delta.catalog.DeltaCatalog",
        "spark.sql.shuffle.partitions": "2",
        "spark.databricks.delta.snapshotPartitions": "2",
        "spark.sql.warehouse.dir": f"{temporal}/almacen",
        "spark.local.dir": temporal,
    }
    if en_s3:
        opciones |= {
            "spark.hadoop.fs.s3a.endpoint": os.environ["AWS_ENDPOINT_URL"],
            "spark.hadoop.fs.s3a.endpoint.region": os.environ["AWS_REGION"],
            "spark.hadoop.fs.s3a.access.key": os.environ["AWS_ACCESS_KEY_ID"],
            "spark.hadoop.fs.s3a.secret.key": os.environ["AWS_SECRET_ACCESS_KEY"],
            "spark.hadoop.fs.s3a.path.style.access": "true",
            "spark.hadoop.fs.s3a.connection.ssl.enabled": "false",
        }
    constructor = SparkSession.builder.master("local[2]").appName("escritor_spark")
    for clave, valor in opciones.items():
        constructor = constructor.config(clave, valor)
    sesion = constructor.getOrCreate()
    sesion.sparkContext.setLogLevel("ERROR")
    return sesion


class Escritor:
    def __init__(self, sesion: SparkSession, tabla: str) -> None:
        self.sesion = sesion
        self.tabla = tabla

    def filas(self, dia: str, ids: list[str]) -> DataFrame:
        valores = ", ".join(f"('{i}', 'spark', '{dia}')" for i in ids)
        return self.sesion.sql(f"SELECT * FROM VALUES {valores} AS t(id, escritor, dia)").coalesce(1)

    def agregar(self, identidad: str) -> None:
        escritura = self.filas("agregados", [identidad]).write.format("delta").mode("append")
        escritura.option("userMetadata", identidad).save(self.tabla)

    def reemplazar(self, dia: str, identidad: str) -> None:
        filas = self.filas(dia, [f"{identidad}-{n}" for n in range(FILAS_DE_UN_REEMPLAZO)])
        escritura = filas.write.format("delta").mode("overwrite").option("replaceWhere", f"dia = '{dia}'")
        escritura.option("userMetadata", identidad).save(self.tabla)

    def borrar(self, dia: str, identidad: str) -> None:
        self.sesion.conf.set("spark.databricks.delta.commitInfo.userMetadata", identidad)
        try:
            self.sesion.sql(f"DELETE FROM delta.`{self.tabla}` WHERE dia = '{dia}' AND id = '{identidad}'")
        finally:
            self.sesion.conf.unset("spark.databricks.delta.commitInfo.userMetadata")

    def commit(self, hacer, *argumentos: str) -> dict:
        dicho = {"que": "commit", "id": argumentos[-1], "hecho": True, "version": None, "error": None}
        try:
            hacer(*argumentos)
        except Exception as error:  # what Delta refuses with is a finding
            lineas = [linea.strip(" :") for linea in str(error).splitlines() if linea.strip(" :")]
            # The bridge to the JVM puts its own line first.
            lineas = [linea for linea in lineas if not linea.startswith("An error occurred while calling")]
            dicho |= {"hecho": False, "error": (lineas or [type(error).__name__])[0][:300]}
        return dicho


def decir(linea: dict) -> None:
    print(json.dumps(linea, ensure_ascii=False), flush=True)


def atender(escritor: Escritor) -> None:
    for linea in sys.stdin:
        match linea.split():
            case ["agregar", prefijo, veces]:
                for n in range(int(veces)):
                    decir(escritor.commit(escritor.agregar, f"{prefijo}-{n}"))
            case ["reemplazar", dia, prefijo]:
                decir(escritor.commit(escritor.reemplazar, dia, prefijo))
            case ["borrar", dia, identidad]:
                decir(escritor.commit(escritor.borrar, dia, identidad))
            case ["fin"]:
                return
            case _:
                raise SystemExit(f"orden desconocida: {linea!r}")
        decir({"que": "fin"})


def main() -> int:
    argumentos = argparse.ArgumentParser(description="Escribe en una tabla Delta con Spark, a la orden.")
    argumentos.add_argument("--tabla", required=True)
    elegido = argumentos.parse_args()
    if not any(JARS.glob("delta-spark*.jar")):
        print(f"error: no hay jars de Delta en {JARS}: véase benches/peers/jars-spark.xml", file=sys.stderr)
        return 3
    sesion = abrir_sesion("://" in elegido.tabla)
    # The first query of a session is slow; the experiment should meet two writers that are awake.
    sesion.read.format("delta").load(elegido.tabla).count()
    version = next(JARS.glob("delta-spark*.jar")).stem.rsplit("-", 1)[1]
    decir({"que": "listo", "motor": f"Spark {pyspark.__version__} con delta-spark {version}"})
    atender(Escritor(sesion, elegido.tabla))
    sesion.stop()
    return 0


if __name__ == "__main__":
    sys.exit(main())
