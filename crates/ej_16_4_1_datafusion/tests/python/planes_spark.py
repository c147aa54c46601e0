"""Spark's plans of queries given as JSON, over the Parquet files of two directories.

    python planes_spark.py PEERS DIR… < {"nombre": "SELECT …"}

Prints one JSON line: by name, the optimized logical plan and the physical one.
"""

import json
import sys
from pathlib import Path

sys.path.insert(0, sys.argv[1])
import spark_sql_spark  # noqa: E402

consultas = json.load(sys.stdin)
sesion = spark_sql_spark.abrir()
for directorio in sys.argv[2:]:
    for archivo in Path(directorio).glob("*.parquet"):
        sesion.read.parquet(str(archivo)).createOrReplaceTempView(archivo.stem)
planes = {}
for nombre, sql in consultas.items():
    ejecucion = sesion.sql(sql)._jdf.queryExecution()
    planes[nombre] = [ejecucion.optimizedPlan().toString(), ejecucion.executedPlan().toString()]
planes["cbo"] = [sesion.conf.get("spark.sql.cbo.enabled"), sesion.conf.get("spark.sql.cbo.joinReorder.enabled")]
sesion.stop()
print(json.dumps(planes))
