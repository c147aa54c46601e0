"""Spark's half of the comparison of dialects of exercise 16.4.1: every statement of a list, and what Spark answers to it.

    python spark_sql_spark.py --sentencias SENTENCIAS.json --salida SPARK.json

The statements need no tables: each has its few rows inside. The session is Spark's own, ANSI mode included, in UTC. An answer is
written as text cells that mean the same in every engine (see `celda`); an error as its class and its first line. Prints one
JSON line. Leaves with 3 if the list cannot be read, 5 if the answers cannot be written.
"""

from __future__ import annotations

import argparse
import datetime as dt
import decimal
import json
import logging
import math
import os
import re
import sys
from pathlib import Path
from typing import Any

#: A message is shown, not studied.
LARGO = 160


def celda(valor: Any) -> str:
    """A value as text, as arrow prints it: `NULL`, `true`, `1.5`, `2024-01-15`, `2024-01-15T10:20:30`, `[1, NULL]`, `{a: 1}`."""
    if valor is None:
        return "NULL"
    if isinstance(valor, bool):
        return "true" if valor else "false"
    if isinstance(valor, float):
        if math.isnan(valor):
            return "NaN"
        if math.isinf(valor):
            return "inf" if valor > 0 else "-inf"
        return repr(valor)
    if isinstance(valor, decimal.Decimal):
        return format(valor, "f")
    if isinstance(valor, dt.datetime):
        return valor.isoformat()
    if isinstance(valor, dt.date):
        return valor.isoformat()
    if isinstance(valor, dt.timedelta):
        return intervalo(valor)
    if isinstance(valor, dict):
        return "{" + ", ".join(f"{celda(k)}: {celda(v)}" for k, v in valor.items()) + "}"
    if hasattr(valor, "asDict"):
        return celda(valor.asDict())
    if isinstance(valor, (list, tuple)):
        return "[" + ", ".join(map(celda, valor)) + "]"
    if isinstance(valor, (bytes, bytearray)):
        return bytes(valor).hex()
    return str(valor)


def intervalo(valor: dt.timedelta) -> str:
    """Days and what is left of them."""
    resto = valor.seconds
    return f"{valor.days} days" if not resto and not valor.microseconds else f"{valor.days} days {resto} s"


def primera_linea(error: Exception) -> str:
    """What the engine said, without the stack, the position and the advice."""
    texto = str(error).split("SQLSTATE")[0].split("JVM stacktrace")[0]
    lineas = [linea.strip() for linea in texto.splitlines() if linea.strip()]
    return re.sub(r"\s+", " ", " ".join(lineas))[:LARGO].strip()


def abrir():
    """A small local session; what it answers does not depend on how it is tuned."""
    from pyspark.sql import SparkSession

    # Every refused statement would be told there with its stack.
    logging.getLogger("SQLQueryContextLogger").disabled = True
    os.environ.setdefault("SPARK_LOCAL_IP", "127.0.0.1")
    opciones = {
        "spark.driver.memory": "1g",
        "spark.driver.host": "127.0.0.1",
        "spark.driver.bindAddress": "127.0.0.1",
        "spark.ui.enabled": "false",
        "spark.ui.showConsoleProgress": "false",
        "spark.sql.shuffle.partitions": "1",
        "spark.sql.session.timeZone": "UTC",
        "spark.log.level": "OFF",
    }
    constructor = SparkSession.builder.master("local[1]").appName("spark_sql")
    for clave, valor in opciones.items():
        constructor = constructor.config(clave, valor)
    return constructor.getOrCreate()


def responder(sesion, sql: str) -> dict[str, Any]:
    """The rows of a statement, or why there are none."""
    try:
        filas = sesion.sql(sql).collect()
    except Exception as error:  # every layer of Spark has its own
        condicion = getattr(error, "getCondition", getattr(error, "getErrorClass", lambda: None))()
        return {"error": condicion or type(error).__name__, "mensaje": primera_linea(error)}
    return {"filas": [[celda(valor) for valor in fila] for fila in filas]}


def main(argumentos: list[str] | None = None) -> int:
    lector = argparse.ArgumentParser(description="Las sentencias de 16.4.1 en Spark SQL.")
    lector.add_argument("--sentencias", required=True, type=Path)
    lector.add_argument("--salida", required=True, type=Path)
    elegido = lector.parse_args(argumentos)
    os.environ["TZ"] = "UTC"
    try:
        sentencias = json.loads(elegido.sentencias.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        print(f"error: {elegido.sentencias}: {error}", file=sys.stderr)
        return 3
    import pyspark

    sesion = abrir()
    try:
        respuestas = {uno["id"]: responder(sesion, uno["sql"]) for uno in sentencias}
        ansi = sesion.conf.get("spark.sql.ansi.enabled")
    finally:
        sesion.stop()
    dicho = {"version": f"pyspark {pyspark.__version__}", "ansi": ansi == "true", "respuestas": respuestas}
    try:
        elegido.salida.write_text(json.dumps(dicho, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")
    except OSError as error:
        print(f"error: no se puede escribir en {elegido.salida}: {error}", file=sys.stderr)
        return 5
    print(json.dumps({"sentencias": len(respuestas), "version": dicho["version"]}))
    return 0


if __name__ == "__main__":
    sys.exit(main())
