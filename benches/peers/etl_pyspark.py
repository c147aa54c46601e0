"""Peer `pyspark` of the workload `etl`: Spark SQL in local mode for the contract and the metrics, Delta Lake for the tables.

    python etl_pyspark.py --fecha 2024-01-15 --entrada DIR --salida TABLA

Everything is DataFrame expressions, so no row ever visits Python. What a local run profits from is set: no UI, as many
shuffle partitions as the machine can use, the schema given instead of inferred, jars on the class path instead of copied
at start-up, Delta's snapshots in few partitions. Repeated names are found by an aggregation of names and positions, not by
a window that would sort whole rows; the rejected rows are kept, and the metrics then read only the five columns they need.

The jars come from target/jars/spark (see jars-spark.xml) or ECOMMERCE_SPARK_JARS. Prints one JSON line with `consulta_s`,
the seconds from opening the input to the last commit, imports and the session's start left out.
"""

from __future__ import annotations

import argparse
import json
import os
import sys
import tempfile
import time
from datetime import date
from pathlib import Path

import pyspark
from pyspark.sql import Column, DataFrame, SparkSession
from pyspark.sql import functions as F
from pyspark.sql import types as T

JARS = Path(os.environ.get("ECOMMERCE_SPARK_JARS", Path(__file__).resolve().parents[2] / "target/jars/spark"))
MEMORIA = os.environ.get("ECOMMERCE_SPARK_MEMORIA", "4g")
TEXTOS = ["evento_id", "tipo", "user_id", "session_id", "producto_id", "region", "pagina", "mensaje"]
COLUMNAS = [*TEXTOS[:5], "monto", *TEXTOS[5:], "timestamp", "lat", "lon"]
ESQUEMA = T.StructType(
    [
        T.StructField(c, T.DoubleType() if c in ("monto", "lat", "lon") else T.StringType())
        if c != "timestamp"
        else T.StructField(c, T.TimestampType())
        for c in COLUMNAS
    ]
)
FIN_DE_LOS_TIEMPOS = 4_102_444_800_000_000
#: Positions count rows across files: the file's number times this, plus the row's number in it.
POR_ARCHIVO = 1 << 40

DINERO = "decimal(18,2)"


class EntradaInvalida(Exception):
    """The day cannot be replaced: no file, no row, or no valid one."""


def abrir_sesion() -> SparkSession:
    """A local session that can write Delta."""
    nucleos = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count()
    temporal = tempfile.gettempdir()
    os.environ.setdefault("SPARK_LOCAL_IP", "127.0.0.1")
    opciones = {
        "spark.driver.memory": MEMORIA,
        # On 10 M rows and two cores it took a tenth less CPU and half the memory of G1, the default.
        "spark.driver.extraJavaOptions": "-XX:+UseParallelGC",
        "spark.driver.extraClassPath": f"{JARS}/*",
        "spark.driver.host": "127.0.0.1",
        "spark.driver.bindAddress": "127.0.0.1",
        "spark.ui.enabled": "false",
        "spark.ui.showConsoleProgress": "false",
        "spark.sql.extensions": "io.delta.sql.DeltaSparkSessionExtension",
        "spark.sql.catalog.spark_catalog": "org.apache.spark.sql.delta.catalog.DeltaCatalog",
        "spark.sql.session.timeZone": "UTC",
        "spark.sql.shuffle.partitions": str(4 * nucleos),
        "spark.sql.parquet.datetimeRebaseModeInRead": "CORRECTED",
        "spark.sql.parquet.datetimeRebaseModeInWrite": "CORRECTED",
        # The default, INT96, is read as nanoseconds by others: years before 1677 or after 2262 would overflow.
        "spark.sql.parquet.outputTimestampType": "TIMESTAMP_MICROS",
        "spark.sql.warehouse.dir": f"{temporal}/almacen-spark",
        "spark.databricks.delta.snapshotPartitions": "2",
    }
    constructor = SparkSession.builder.master(f"local[{nucleos}]").appName("etl_pyspark")
    for clave, valor in opciones.items():
        constructor = constructor.config(clave, valor)
    sesion = constructor.getOrCreate()
    sesion.sparkContext.setLogLevel("ERROR")
    return sesion


def es_compra() -> Column:
    return F.col("tipo") == "compra"


def en_centavos() -> Column:
    """The amount in cents, halves to even, still a float: numpy.rint(monto * 100)."""
    return F.rint(F.col("monto") * 100)


def vacio(columna: str) -> Column:
    """Null, or nothing left once ASCII white space is trimmed."""
    return F.col(columna).isNull() | (F.trim(F.col(columna), F.lit(" \t\n\x0c\r")) == "")


def leer(sesion: SparkSession, archivos: list[Path]) -> DataFrame:
    """The day's rows, each with its position in the day's order: files by name, then rows as they stand."""
    numeros = F.create_map(*[F.lit(x) for numero, a in enumerate(archivos) for x in (a.name, numero * POR_ARCHIVO)])
    # Null cannot be: the map has every file that is read.
    posicion = F.element_at(numeros, F.col("_metadata.file_name")) + F.col("_metadata.row_index")
    return sesion.read.schema(ESQUEMA).parquet(*map(str, archivos)).select(posicion.alias("posicion"), *COLUMNAS)


def clasificar(eventos: DataFrame, fecha: date) -> DataFrame:
    """The same rows with `motivo`: null, or the first reason of the contract that applies."""
    repetidos = (
        eventos.groupBy("evento_id")
        .agg(F.count(F.lit(1)).alias("veces"), F.min("posicion").alias("primera"))
        .where("veces > 1")
        .drop("veces")
    )
    compra, instante = es_compra(), F.unix_micros("timestamp")
    fuera = lambda c, limite: F.col(c).isNotNull() & (F.isnan(c) | (F.abs(c) > limite))  # noqa: E731
    infinito = F.isnan("monto") | (F.abs("monto") == float("inf"))
    texto_largo = F.greatest(*[F.octet_length(c) for c in TEXTOS]) > 4096  # greatest() leaves nulls out
    reglas = [
        ("falta_evento_id", vacio("evento_id")),
        ("duplicado", F.col("posicion") > F.col("primera")),
        ("tipo_desconocido", ~F.coalesce(F.col("tipo").isin("compra", "click", "agregar_carrito", "error"), F.lit(False))),
        ("texto_demasiado_largo", texto_largo),
        ("timestamp_imposible", instante.isNull() | (instante < 0) | (instante >= FIN_DE_LOS_TIEMPOS)),
        ("fecha_fuera_de_la_particion", F.to_date("timestamp") != F.lit(fecha)),
        ("falta_region", (F.col("tipo") != "error") & vacio("region")),
        ("falta_user_id", compra & vacio("user_id")),
        ("falta_monto", compra & F.col("monto").isNull()),
        ("monto_no_finito", compra & infinito),
        ("monto_no_positivo", compra & ((F.col("monto") <= 0) | (en_centavos() == 0))),
        ("monto_fuera_de_rango", compra & (F.col("monto") > 1e9)),
        ("coordenada_imposible", fuera("lat", 90) | fuera("lon", 180)),
    ]
    motivo = F.coalesce(*[F.when(aplica, F.lit(nombre)) for nombre, aplica in reglas])
    return eventos.join(F.broadcast(repetidos), "evento_id", "left").withColumn("motivo", motivo)


def agregar(validos: DataFrame, fecha: date) -> tuple[DataFrame, DataFrame]:
    """`metricas_diarias` and `productos_diarios` out of one aggregate by region, user and product bought, kept in memory."""
    compra = es_compra()
    # try_cast, since a click may carry any amount, NaN included, and nothing adds it up.
    centavos = F.when(compra, en_centavos().try_cast("bigint"))
    premium = compra & (F.col("monto") > 1000.0)
    cubo = (
        validos.groupBy("region", "user_id", F.when(compra, F.col("producto_id")).alias("producto_id"))
        .agg(
            F.sum(centavos).alias("revenue"),
            F.sum(F.when(premium, centavos)).alias("revenue_premium"),
            F.count_if(compra).alias("transacciones"),
            F.count_if(premium).alias("transacciones_premium"),
            F.count_if(F.col("tipo") == "click").alias("clicks"),
            F.count_if(F.col("tipo") == "agregar_carrito").alias("carritos"),
        )
        .persist()
    )
    sumas = ["revenue", "revenue_premium", "transacciones", "transacciones_premium", "clicks", "carritos"]
    por_usuario = cubo.groupBy("region", "user_id").agg(*[F.coalesce(F.sum(c), F.lit(0)).alias(c) for c in sumas])
    por_region = por_usuario.groupBy("region").agg(
        *[F.sum(c).alias(c) for c in sumas],
        F.count_if(F.col("transacciones") > 0).alias("usuarios_unicos"),
        F.count_if(~vacio("user_id")).alias("visitantes"),
    )
    ventas = cubo.where("transacciones > 0")
    del_dia = ventas.agg(F.count_distinct("user_id").alias("usuarios_unicos_dia"))
    metricas = por_region.crossJoin(F.broadcast(del_dia)).select(
        F.lit(fecha).alias("fecha"),
        "region",
        _decimal("revenue", DINERO).alias("revenue"),
        _decimal("revenue_premium", DINERO).alias("revenue_premium"),
        "transacciones",
        "transacciones_premium",
        _decimal(_cociente("revenue", "transacciones"), DINERO).alias("ticket_promedio"),
        "usuarios_unicos",
        "visitantes",
        "clicks",
        "carritos",
        _decimal(_cociente("usuarios_unicos * 1000000", "visitantes"), "decimal(9,6)").alias("tasa_conversion"),
        "usuarios_unicos_dia",
    )
    por_producto = ventas.groupBy("producto_id").agg(F.sum("revenue").alias("revenue"), F.sum("transacciones").alias("n"))
    productos = por_producto.select(
        F.lit(fecha).alias("fecha"), "producto_id", _decimal("revenue", DINERO).alias("revenue"), F.col("n").alias("transacciones")
    )
    return metricas, productos


def _decimal(entero: str, tipo: str) -> Column:
    """An integer of the decimal's last place, as that decimal: the product of decimals is exact."""
    escala = int(tipo.rstrip(")").split(",")[1])
    unidad = "0." + "0" * (escala - 1) + "1"
    return F.expr(f"cast(cast(({entero}) as decimal(20,0)) * cast('{unidad}' as decimal({escala + 1},{escala})) as {tipo})")


def _cociente(numerador: str, denominador: str) -> str:
    """The quotient rounded to the nearest integer, halves up; null when the denominator is zero."""
    return f"case when {denominador} > 0 then (2 * {numerador} + {denominador}) div (2 * {denominador}) end"


def escribir(ruta: str, filas: DataFrame, fecha: date) -> None:
    """Replaces the day in one commit; also creates the table. `fecha` is a date, so the predicate cannot be injected."""
    firmadas = filas.withColumn("_procesado_en", F.current_timestamp()).withColumn("_version_pipeline", F.lit(version()))
    # The day's result is small: one file, as the other peers write it.
    escritor = firmadas.coalesce(1).write.format("delta").mode("overwrite").option("replaceWhere", f"fecha = '{fecha}'")
    escritor.partitionBy("fecha").save(ruta)


def version() -> str:
    delta = next((jar.stem.rsplit("-", 1)[1] for jar in JARS.glob("delta-spark_*.jar")), "?")
    return f"pyspark {pyspark.__version__}, delta-spark {delta}, heap {MEMORIA}"


def procesar(sesion: SparkSession, fecha: date, archivos: list[Path], salida: str) -> None:
    """One day: contract, metrics, three tables; the metrics last, since they are the commit of record."""
    eventos = leer(sesion, archivos)
    rechazadas = clasificar(eventos, fecha).where("motivo is not null").persist()
    if eventos.count() == rechazadas.count():
        raise EntradaInvalida(f"ninguna fila válida el {fecha}")

    nombres = F.create_map(*[F.lit(x) for numero, a in enumerate(archivos) for x in (numero, f"{a.parent.name}/{a.name}")])
    cuarentena = rechazadas.select(
        F.lit(fecha).alias("fecha"),
        F.element_at(nombres, F.expr(f"cast(posicion div {POR_ARCHIVO} as int)")).alias("archivo"),
        (F.col("posicion") % POR_ARCHIVO + 1).alias("fila"),
        "motivo",
        *COLUMNAS,
    )
    validos = eventos.where(F.col("tipo") != "error").join(F.broadcast(rechazadas.select("posicion")), "posicion", "left_anti")
    metricas, productos = agregar(validos, fecha)
    escribir(f"{salida}_cuarentena", cuarentena, fecha)
    escribir(f"{salida}_productos", productos, fecha)
    escribir(salida, metricas, fecha)


def main(argumentos: list[str] | None = None) -> int:
    opciones = argparse.ArgumentParser(description="Trabajo etl con PySpark y Delta Lake.")
    opciones.add_argument("--fecha", required=True, type=date.fromisoformat)
    opciones.add_argument("--entrada", required=True, type=Path)
    opciones.add_argument("--salida", required=True)
    elegido = opciones.parse_args(argumentos)

    dia = elegido.entrada / f"fecha={elegido.fecha}"
    archivos = sorted(dia.glob("*.parquet"), key=os.fsencode)
    if not archivos:
        print(f"error: no hay archivos Parquet en {dia}", file=sys.stderr)
        return 3
    sesion = abrir_sesion()
    try:
        inicio = time.perf_counter()
        procesar(sesion, elegido.fecha, archivos, str(Path(elegido.salida).resolve()))
        print(json.dumps({"consulta_s": round(time.perf_counter() - inicio, 4), "version": version()}))
    except EntradaInvalida as error:
        print(f"error: {error}", file=sys.stderr)
        return 3
    finally:
        sesion.stop()
    return 0


if __name__ == "__main__":
    sys.exit(main())
