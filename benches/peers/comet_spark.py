"""One Spark session, with the Comet plugin or without it, that runs a list of queries and keeps their executed plans.

    python comet_spark.py --trabajo TRABAJO.json --salida SESION.json

The job says everything, so that two sessions differ in nothing but the plugin:

    {"motor": "spark" | "comet", "hilos": 2, "monton_mb": 2048, "fuera_mb": 2048, "repeticiones": 3,
     "tablas": {"ventas": "…/ventas.parquet"},
     "consultas": [{"nombre": "…", "variante": "…", "sql": "…", "ajustes": {"spark.comet.exec.filter.enabled": "false"}}]}

Memory is the same for both: the heap, and off-heap memory that Spark may use for its own rows and Comet needs for its batches. Each
query is run `repeticiones` times (the first finds the JIT cold), always from the text: parsing and planning are in the
time, as they are for whoever sends SQL. The plan is read after the last run, when adaptive execution has settled it.
Cells are texts, so that decimals stay exact and a NaN survives JSON. A query that fails is written down with its error.

The jar comes from target/jars/comet (see jars-comet.xml) or ECOMMERCE_COMET_JARS. Leaves with 2 (usage) or 3 (no jar, or no session).
"""

from __future__ import annotations

import argparse
import json
import os
import sys
import tempfile
from datetime import date
from decimal import Decimal
from pathlib import Path
from time import perf_counter

import pyspark
from pyspark.sql import SparkSession
from pyspark.sql import types as T

JARS = Path(os.environ.get("ECOMMERCE_COMET_JARS") or Path(__file__).resolve().parents[2] / "target/jars/comet")
COMET = {
    "spark.plugins": "org.apache.spark.CometPlugin",
    "spark.shuffle.manager": "org.apache.spark.sql.comet.execution.shuffle.CometShuffleManager",
    "spark.comet.enabled": "true",
    "spark.comet.exec.enabled": "true",
    "spark.comet.explain.format": "verbose",
}


def jar() -> Path:
    """The one jar of the plugin."""
    encontrados = sorted(JARS.glob("comet-spark-*.jar"))
    if len(encontrados) != 1:
        raise FileNotFoundError(f"en {JARS} hay {len(encontrados)} jars de Comet y hace falta uno: véase jars-comet.xml")
    return encontrados[0]


def opciones_de_sesion(trabajo: dict) -> dict[str, str]:
    """What both sessions share, and the plugin's lines where it is asked for."""
    temporal = tempfile.gettempdir()
    opciones = {
        "spark.driver.memory": f"{trabajo['monton_mb']}m",
        "spark.memory.offHeap.enabled": "true",
        "spark.memory.offHeap.size": f"{trabajo['fuera_mb']}m",
        "spark.driver.host": "127.0.0.1",
        "spark.driver.bindAddress": "127.0.0.1",
        "spark.ui.enabled": "false",
        "spark.ui.showConsoleProgress": "false",
        "spark.sql.session.timeZone": "UTC",
        "spark.sql.shuffle.partitions": str(4 * trabajo["hilos"]),
        "spark.sql.warehouse.dir": f"{temporal}/almacen-comet",
        # Plans are evidence: not one column list is cut.
        "spark.sql.debug.maxToStringFields": "1000",
    }
    if trabajo["motor"] == "comet":
        opciones |= COMET | {"spark.driver.extraClassPath": str(jar())}
    return opciones


def abrir_sesion(trabajo: dict) -> SparkSession:
    os.environ.setdefault("SPARK_LOCAL_IP", "127.0.0.1")
    constructor = SparkSession.builder.master(f"local[{trabajo['hilos']}]").appName("comet_spark")
    for clave, valor in opciones_de_sesion(trabajo).items():
        constructor = constructor.config(clave, valor)
    sesion = constructor.getOrCreate()
    sesion.sparkContext.setLogLevel("ERROR")
    for nombre, ruta in trabajo["tablas"].items():
        sesion.read.parquet(ruta).createOrReplaceTempView(nombre)
    # The guide's limitation: a function in Python, here the cents of an amount.
    sesion.udf.register("en_centavos", lambda monto: None if monto is None else round(monto * 100), T.LongType())
    return sesion


def texto(valor: object) -> str | None:
    """A cell as text: floats with every digit, decimals with their scale."""
    if valor is None or isinstance(valor, str):
        return valor
    if isinstance(valor, float):
        return repr(valor)
    if isinstance(valor, date):
        return valor.isoformat()
    if isinstance(valor, (bool, int, Decimal)):
        return str(valor)
    raise TypeError(f"una celda de tipo {type(valor).__name__} no está prevista")


def consultar(sesion: SparkSession, consulta: dict, repeticiones: int, con_comet: bool) -> dict:
    """One query under its settings, which are taken back afterwards."""
    hecho = {"nombre": consulta["nombre"], "variante": consulta["variante"], "ajustes": consulta["ajustes"]}
    hecho |= {"segundos": [], "columnas": [], "filas": [], "plan": "", "motivos": [], "resumen": None, "error": None}
    for clave, valor in consulta["ajustes"].items():
        sesion.conf.set(clave, valor)
    try:
        for _ in range(repeticiones):
            inicio = perf_counter()
            datos = sesion.sql(consulta["sql"])
            filas = datos.collect()
            hecho["segundos"].append(round(perf_counter() - inicio, 6))
        ejecutado = datos._jdf.queryExecution().executedPlan()
        hecho["plan"] = ejecutado.toString()
        hecho["columnas"] = [{"nombre": c.name, "tipo": c.dataType.simpleString()} for c in datos.schema.fields]
        hecho["filas"] = [[texto(celda) for celda in fila] for fila in filas]
        if con_comet:
            hecho |= segun_comet(sesion, ejecutado)
    except Exception as error:  # Spark's errors are of many classes, and each one is a finding
        lineas = str(error).strip().splitlines()
        hecho["error"] = f"{type(error).__name__}: {lineas[0] if lineas else ''}"
    finally:
        for clave in consulta["ajustes"]:
            sesion.conf.unset(clave)
    return hecho


def segun_comet(sesion: SparkSession, plan) -> dict:
    """What Comet itself says of a plan: why operators stayed behind, and its own count of them."""
    explicador = sesion._jvm.org.apache.comet.ExtendedExplainInfo()
    motivos = explicador.getFallbackReasons(plan).mkString("\n").splitlines()
    ultima = explicador.generateExtendedInfo(plan).strip().splitlines()[-1:]
    return {"motivos": motivos, "resumen": ultima[0] if ultima else None}


def pico_mb(sesion: SparkSession) -> int | None:
    """Most resident memory the JVM has had, in MiB."""
    jvm = sesion._jvm.java.lang.ProcessHandle.current().pid()
    for linea in Path(f"/proc/{jvm}/status").read_text().splitlines():
        if linea.startswith("VmHWM:"):
            return int(linea.split()[1]) // 1024
    return None


def main(argumentos: list[str] | None = None) -> int:
    opciones = argparse.ArgumentParser(description="Consultas en Spark, con Comet o sin él, y sus planes.")
    opciones.add_argument("--trabajo", required=True, type=Path, help="qué sesión y qué consultas, en JSON")
    opciones.add_argument("--salida", required=True, type=Path, help="archivo JSON que se escribe")
    elegido = opciones.parse_args(argumentos)
    trabajo = json.loads(elegido.trabajo.read_text())
    con_comet = trabajo["motor"] == "comet"
    inicio = perf_counter()
    try:
        sesion = abrir_sesion(trabajo)
    except Exception as error:
        print(f"error: no hay sesión de Spark: {' '.join(str(error).split())[:400]}", file=sys.stderr)
        return 3
    arranque = perf_counter() - inicio
    try:
        consultas = [consultar(sesion, c, trabajo["repeticiones"], con_comet) for c in trabajo["consultas"]]
        hecho = {
            "motor": trabajo["motor"],
            "spark": pyspark.__version__,
            "comet": jar().stem.rsplit("-", 1)[1] if con_comet else None,
            "java": sesion._jvm.java.lang.System.getProperty("java.version"),
            "monton_mb": trabajo["monton_mb"],
            "fuera_mb": trabajo["fuera_mb"],
            "hilos": trabajo["hilos"],
            "arranque_s": round(arranque, 4),
            "pico_mb": pico_mb(sesion),
            "consultas": consultas,
        }
    finally:
        sesion.stop()
    elegido.salida.write_text(json.dumps(hecho, ensure_ascii=False, indent=1))
    print(json.dumps({"consultas": len(consultas), "arranque_s": hecho["arranque_s"]}))
    return 0


if __name__ == "__main__":
    sys.exit(main())
