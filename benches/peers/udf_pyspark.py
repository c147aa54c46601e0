"""Peer `pyspark` of 16.4.2: a Python function for each row (`python`), a Pandas one for each batch (`pandas`), and Spark SQL (`sql`).

Runs with the interpreter of the Spark tier. Annotations are evaluated here, not postponed: PySpark reads those of the Pandas function. `pandas` needs pandas and pyarrow in it. See udf_medida.py for the command line and what
is timed.
"""

import os
import sys
import tempfile

import pyspark
import udf_medida
from pyspark.sql import SparkSession
from pyspark.sql import functions as F
from pyspark.sql.types import DoubleType


def abrir_sesion() -> SparkSession:
    nucleos = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count()
    os.environ.setdefault("SPARK_LOCAL_IP", "127.0.0.1")
    # The workers import udf_medida too.
    aqui = os.path.dirname(os.path.abspath(__file__))
    os.environ["PYTHONPATH"] = os.pathsep.join(filter(None, [aqui, os.environ.get("PYTHONPATH")]))
    os.environ.setdefault("PYSPARK_PYTHON", sys.executable)
    opciones = {
        "spark.driver.memory": os.environ.get("ECOMMERCE_SPARK_MEMORIA", "2g"),
        "spark.driver.host": "127.0.0.1",
        "spark.driver.bindAddress": "127.0.0.1",
        "spark.ui.enabled": "false",
        "spark.ui.showConsoleProgress": "false",
        "spark.sql.shuffle.partitions": str(nucleos),
        # The file is one; a share for each core, or one core would do all.
        "spark.sql.files.maxPartitionBytes": str(8 << 20),
        "spark.sql.warehouse.dir": f"{tempfile.gettempdir()}/almacen-spark",
    }
    constructor = SparkSession.builder.master(f"local[{nucleos}]").appName("udf_pyspark")
    for clave, valor in opciones.items():
        constructor = constructor.config(clave, valor)
    sesion = constructor.getOrCreate()
    sesion.sparkContext.setLogLevel("ERROR")
    return sesion


def main() -> int:
    elegido = udf_medida.opciones("La distancia con PySpark.", ("python", "pandas", "sql"))
    sesion = abrir_sesion()
    if elegido.forma == "python":
        # Rows pickled one by one: what `@udf` means. Arrow is the other form.
        distancia = F.udf(udf_medida.una_fila, DoubleType(), useArrow=False)(*udf_medida.COLUMNAS)
    elif elegido.forma == "pandas":
        import pandas as pd

        def por_lotes(lat1: pd.Series, lon1: pd.Series, lat2: pd.Series, lon2: pd.Series) -> pd.Series:
            return udf_medida.en_numpy(lat1, lon1, lat2, lon2)

        distancia = F.pandas_udf(por_lotes, DoubleType())(*udf_medida.COLUMNAS)
    else:
        distancia = F.expr(udf_medida.en_sql())

    def responder() -> udf_medida.Respuesta:
        pares = sesion.read.parquet(elegido.entrada).select(distancia.alias("km"))
        return tuple(pares.agg(F.count("km"), F.sum("km"), F.max("km")).first())

    fin = udf_medida.correr(elegido, f"pyspark {pyspark.__version__}", responder)
    sesion.stop()
    return fin


if __name__ == "__main__":
    sys.exit(main())
