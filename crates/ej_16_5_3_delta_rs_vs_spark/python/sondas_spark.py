"""The probes of Delta Lake's own implementation: PySpark with delta-spark, in one session."""

from __future__ import annotations

import os
import sys
import tempfile
from pathlib import Path

import pyspark
from delta.tables import DeltaTable, IdentityGenerator
from protocolo import BASE, LUEGO, NEGATIVA, NUEVA, Fila, contenido, entre_commits, rechazado, servir
from py4j.protocol import Py4JJavaError
from pyspark.sql import DataFrame, SparkSession
from pyspark.sql import functions as F
from pyspark.sql import types as T

JARS = Path(os.environ["ECOMMERCE_SPARK_JARS"])
TRABAJO = tempfile.TemporaryDirectory(prefix="sondas-spark-")
COLUMNAS = "id BIGINT, region STRING, monto DOUBLE"


def abrir_sesion() -> SparkSession:
    os.environ.setdefault("SPARK_LOCAL_IP", "127.0.0.1")
    opciones = {
        "spark.driver.memory": "1g",
        "spark.driver.extraClassPath": f"{JARS}/*",
        "spark.driver.host": "127.0.0.1",
        "spark.driver.bindAddress": "127.0.0.1",
        "spark.ui.enabled": "false",
        "spark.ui.showConsoleProgress": "false",
        "spark.sql.extensions": "io.delta.sql.DeltaSparkSessionExtension",
        "spark.sql.catalog.spark_catalog": "org.apache.spark.sql.delta.catalog.DeltaCatalog",
        "spark.sql.session.timeZone": "UTC",
        # Tables of three rows: compiling a query costs more than interpreting it, and a second task more than it does.
        "spark.driver.extraJavaOptions": "-XX:+UseSerialGC -XX:TieredStopAtLevel=1",
        "spark.sql.codegen.wholeStage": "false",
        "spark.sql.codegen.factoryMode": "NO_CODEGEN",
        "spark.sql.adaptive.enabled": "false",
        "spark.sql.shuffle.partitions": "1",
        "spark.default.parallelism": "1",
        "spark.sql.warehouse.dir": f"{TRABAJO.name}/almacen",
        "spark.databricks.delta.snapshotPartitions": "1",
        # Without it VACUUM refuses a retention below a week.
        "spark.databricks.delta.retentionDurationCheck.enabled": "false",
        "spark.databricks.delta.vacuum.parallelDelete.enabled": "false",
        # VACUUM lists a directory with as many tasks as this: 10,000 if nobody says otherwise.
        "spark.sql.sources.parallelPartitionDiscovery.parallelism": "1",
    }
    constructor = SparkSession.builder.master("local[1]").appName("sondas")
    for clave, valor in opciones.items():
        constructor = constructor.config(clave, valor)
    sesion = constructor.getOrCreate()
    sesion.sparkContext.setLogLevel("ERROR")
    return sesion


spark: SparkSession


def de(tabla: str) -> str:
    return f"delta.`{tabla}`"


def valores(*filas: Fila) -> str:
    return ", ".join(f"({n}L, '{region}', {monto}D)" for n, region, monto in filas)


def lote(*filas: Fila, **mas: str) -> DataFrame:
    """Rows as a frame of one partition, with text columns after the three."""
    datos = spark.sql(f"SELECT * FROM VALUES {valores(*filas)} AS v(id, region, monto)").coalesce(1)
    for nombre, valor in mas.items():
        datos = datos.withColumn(nombre, F.lit(valor))
    return datos


def crear(tabla: str, columnas: str = COLUMNAS, detras: str = "", **propiedades: str) -> None:
    pares = ", ".join(f"'{clave.replace('_', '.')}' = '{valor}'" for clave, valor in propiedades.items())
    con = f"TBLPROPERTIES ({pares})" if pares else ""
    spark.sql(f"CREATE TABLE {de(tabla)} ({columnas}) USING delta {detras} {con}")


def anadir(tabla: str, *filas: Fila) -> None:
    """By name, so that a table may have columns that are filled by themselves."""
    filas = filas or (NUEVA,)
    spark.sql(
        f"INSERT INTO {de(tabla)} (id, region, monto) "
        f"SELECT /*+ COALESCE(1) */ * FROM VALUES {valores(*filas)} AS v(id, region, monto)"
    )


def con_base(tabla: str, **propiedades: str) -> None:
    crear(tabla, **propiedades)
    anadir(tabla, *BASE)


def ultima(tabla: str) -> int:
    return spark.sql(f"DESCRIBE HISTORY {de(tabla)} LIMIT 1").first()["version"]


# ---- writing and reading


def dos_commits(tabla: str) -> None:
    con_base(tabla)
    anadir(tabla, LUEGO)


def sobrescribir(tabla: str, fila: Fila) -> None:
    lote(fila).write.format("delta").mode("overwrite").save(tabla)


def sobrescrita(tabla: str) -> None:
    con_base(tabla)
    sobrescribir(tabla, (7, "sur", 70.0))


def reemplazada(tabla: str) -> None:
    crear(tabla, detras="PARTITIONED BY (region)")
    anadir(tabla, *BASE)
    reemplazar(tabla, "norte", (7, "norte", 70.0))


def reemplazar(tabla: str, region: str, fila: Fila) -> None:
    escritor = lote(fila).write.format("delta").mode("overwrite")
    escritor.option("replaceWhere", f"region = '{region}'").save(tabla)


def ampliar(tabla: str, datos: DataFrame) -> None:
    datos.write.format("delta").mode("append").option("mergeSchema", "true").save(tabla)


def ampliada(tabla: str) -> None:
    con_base(tabla)
    ampliar(tabla, lote(LUEGO, canal="web"))


def convertida(tabla: str) -> None:
    lote(*BASE).write.mode("overwrite").parquet(tabla)
    DeltaTable.convertToDelta(spark, f"parquet.`{tabla}`")


# ---- changes


def borrar(tabla: str, numero: int) -> None:
    spark.sql(f"DELETE FROM {de(tabla)} WHERE id = {numero}")


def borrada(tabla: str) -> None:
    con_base(tabla)
    borrar(tabla, 2)


def actualizada(tabla: str) -> None:
    con_base(tabla)
    spark.sql(f"UPDATE {de(tabla)} SET monto = monto * 2 WHERE region = 'norte'")


def mezclar(tabla: str, *origen: Fila) -> None:
    spark.sql(f"""
        MERGE INTO {de(tabla)} t USING (SELECT * FROM VALUES {valores(*origen)} AS v(id, region, monto)) s ON t.id = s.id
        WHEN MATCHED AND s.monto < 0 THEN DELETE
        WHEN MATCHED AND s.monto > t.monto THEN UPDATE SET monto = s.monto
        WHEN NOT MATCHED AND s.monto > 0 THEN INSERT (id, region, monto) VALUES (s.id, s.region, s.monto)
        WHEN NOT MATCHED BY SOURCE AND t.monto > 55 THEN DELETE
        WHEN NOT MATCHED BY SOURCE AND t.region = 'oeste' THEN UPDATE SET region = 'cerrada'
    """)


def mezclada(tabla: str) -> None:
    con_base(tabla)
    anadir(tabla, (5, "oeste", 50.0), (6, "oeste", 60.0))
    mezclar(tabla, (1, "norte", -1.0), (2, "sur", 200.0), (8, "este", 80.0), (9, "este", -9.0))


def mezclar_ampliando(tabla: str, origen: DataFrame) -> None:
    columnas = {c: f"s.{c}" for c in ("id", "region", "monto", "canal")}
    (
        DeltaTable.forPath(spark, tabla)
        .alias("t")
        .merge(origen.alias("s"), "t.id = s.id")
        .withSchemaEvolution()
        .whenMatchedUpdate(set={"monto": "s.monto", "canal": "s.canal"})
        .whenNotMatchedInsert(values=columnas)
        .execute()
    )


def mezclada_ampliando(tabla: str) -> None:
    con_base(tabla)
    mezclar_ampliando(tabla, lote((1, "norte", 11.0), canal="web").union(lote(NUEVA, canal="app")))


def mezclar_ambigua(tabla: str) -> None:
    """Two rows of the source claim row 1."""
    origen = lote((1, "norte", 5.0), (1, "norte", 6.0)).alias("s")
    mezcla = DeltaTable.forPath(spark, tabla).alias("t").merge(origen, "t.id = s.id")
    rechazado(mezcla.whenMatchedUpdate(set={"monto": "s.monto"}).execute)


def ambigua(tabla: str) -> None:
    con_base(tabla)
    mezclar_ambigua(tabla)


# ---- rules


def con_check(tabla: str) -> None:
    con_base(tabla)
    spark.sql(f"ALTER TABLE {de(tabla)} ADD CONSTRAINT positivo CHECK (monto > 0)")
    rechazado(lambda: anadir(tabla, NEGATIVA))


def buena_y_negativa(tabla: str) -> None:
    anadir(tabla)
    rechazado(lambda: anadir(tabla, NEGATIVA))


def insertar_nula(tabla: str) -> None:
    spark.sql(f"INSERT INTO {de(tabla)} (id, region, monto) VALUES (NULL, 'este', 1.0D)")


def con_not_null(tabla: str) -> None:
    crear(tabla, "id BIGINT NOT NULL, region STRING, monto DOUBLE")
    anadir(tabla, *BASE)
    rechazado(lambda: insertar_nula(tabla))


def buena_y_nula(tabla: str) -> None:
    anadir(tabla)
    rechazado(lambda: insertar_nula(tabla))


def con_invariante(tabla: str) -> None:
    regla = {"delta.invariants": '{"expression":{"expression":"monto > 0"}}'}
    esquema = T.StructType(
        [T.StructField("id", T.LongType()), T.StructField("region", T.StringType()), T.StructField("monto", T.DoubleType(), True, regla)]
    )
    spark.createDataFrame(BASE, esquema).coalesce(1).write.format("delta").save(tabla)
    rechazado(lambda: anadir(tabla, NEGATIVA))


def con_columnas(tabla: str) -> object:
    return DeltaTable.create(spark).location(tabla).addColumn("region", "STRING").addColumn("monto", "DOUBLE")


def con_generada(tabla: str) -> None:
    expresion = "CAST(monto * 100 AS BIGINT)"
    con_columnas(tabla).addColumn("id", "BIGINT").addColumn("centavos", "BIGINT", generatedAlwaysAs=expresion).execute()
    anadir(tabla, *BASE)


def anadir_generada(tabla: str) -> None:
    anadir(tabla)
    mala = f"INSERT INTO {de(tabla)} (id, region, monto, centavos) VALUES (5L, 'este', 50.0D, 1L)"
    rechazado(lambda: spark.sql(mala))


def anadir_sin_id(tabla: str, fila: Fila) -> None:
    spark.sql(f"INSERT INTO {de(tabla)} (region, monto) VALUES ('{fila[1]}', {fila[2]}D)")


def con_identidad(tabla: str) -> None:
    numeros = IdentityGenerator(start=1, step=1)
    con_columnas(tabla).addColumn("id", "BIGINT", generatedAlwaysAs=numeros).execute()
    for fila in BASE:
        anadir_sin_id(tabla, fila)


def con_valor_por_omision(tabla: str) -> None:
    crear(tabla, f"{COLUMNAS}, canal STRING DEFAULT 'web'", delta_feature_allowColumnDefaults="supported")
    anadir(tabla, *BASE)


def solo_anadir(tabla: str) -> None:
    con_base(tabla, delta_appendOnly="true")
    rechazado(lambda: borrar(tabla, 1))


def anadir_y_borrar(tabla: str) -> None:
    anadir(tabla)
    rechazado(lambda: borrar(tabla, 1))


# ---- columns


def renombrada(tabla: str) -> None:
    con_base(tabla, delta_columnMapping_mode="name")
    spark.sql(f"ALTER TABLE {de(tabla)} RENAME COLUMN region TO zona")
    spark.sql(f"ALTER TABLE {de(tabla)} DROP COLUMN monto")


def sin_zona(tabla: str) -> None:
    crear(tabla, "id BIGINT, momento TIMESTAMP_NTZ")
    momentos(tabla, "(1L, TIMESTAMP_NTZ'2024-01-15 10:00:00'), (2L, TIMESTAMP_NTZ'2024-06-30 23:59:59')")


def momentos(tabla: str, filas: str) -> None:
    spark.sql(f"INSERT INTO {de(tabla)} (id, momento) VALUES {filas}")


def ensanchada(tabla: str) -> None:
    crear(tabla, "id INT, region STRING", delta_enableTypeWidening="true")
    spark.sql(f"INSERT INTO {de(tabla)} VALUES (1, 'norte')")
    spark.sql(f"ALTER TABLE {de(tabla)} ALTER COLUMN id TYPE BIGINT")
    ensanchar(tabla, 5_000_000_000, "sur")


def ensanchar(tabla: str, numero: int, region: str) -> None:
    spark.sql(f"INSERT INTO {de(tabla)} VALUES ({numero}L, '{region}')")


def con_variante(tabla: str) -> None:
    crear(tabla, "id BIGINT, extra VARIANT")
    variantes(tabla, (1, "7"), (2, "300"), (3, '"hola"'))


def variantes(tabla: str, *filas: tuple[int, str]) -> None:
    for numero, json in filas:
        spark.sql(f"INSERT INTO {de(tabla)} SELECT {numero}L, parse_json('{json}')")


# ---- files and log


def con_vectores(tabla: str) -> None:
    con_base(tabla, delta_enableDeletionVectors="true")
    borrar(tabla, 2)


def poner(tabla: str, numero: int, monto: float) -> None:
    spark.sql(f"UPDATE {de(tabla)} SET monto = {monto}D WHERE id = {numero}")


def con_cambios(tabla: str) -> None:
    con_base(tabla, delta_enableChangeDataFeed="true")
    poner(tabla, 1, 11.0)
    borrar(tabla, 2)


def tres_archivos(tabla: str) -> None:
    crear(tabla)
    for fila in BASE:
        anadir(tabla, fila)


def compactada(tabla: str, detras: str = "") -> None:
    tres_archivos(tabla)
    spark.sql(f"OPTIMIZE {de(tabla)} {detras}")


def anadir_y_optimizar(tabla: str, detras: str = "") -> None:
    anadir(tabla)
    spark.sql(f"OPTIMIZE {de(tabla)} {detras}")


def agrupada(tabla: str) -> None:
    crear(tabla, detras="CLUSTER BY (region)")
    anadir(tabla, *BASE)


def aspirar(tabla: str, fila: Fila) -> None:
    sobrescribir(tabla, fila)
    spark.sql(f"VACUUM {de(tabla)} RETAIN 0 HOURS")


def aspirada(tabla: str) -> None:
    con_base(tabla)
    aspirar(tabla, (7, "sur", 70.0))


def anadir_y_volver(tabla: str, fila: Fila) -> None:
    anadir(tabla, fila)
    spark.sql(f"RESTORE TABLE {de(tabla)} TO VERSION AS OF {ultima(tabla) - 1}")


def restaurada(tabla: str) -> None:
    con_base(tabla)
    anadir_y_volver(tabla, LUEGO)


def clonada(tabla: str) -> None:
    origen = str(Path(tabla).with_name("origen"))
    con_base(origen)
    spark.sql(f"CREATE TABLE {de(tabla)} SHALLOW CLONE {de(origen)}")


def con_uniform(tabla: str) -> None:
    con_base(
        tabla,
        delta_columnMapping_mode="name",
        delta_enableIcebergCompatV2="true",
        delta_universalFormat_enabledFormats="iceberg",
    )


def con_manifiesto(tabla: str) -> None:
    con_base(tabla)
    spark.sql(f"GENERATE symlink_format_manifest FOR TABLE {de(tabla)}")


# ---- streams and transactions


def dos_veces(tabla: str, aplicacion: str, fila: Fila) -> None:
    for _ in range(2):
        escritor = lote(fila).write.format("delta").mode("append")
        escritor.option("txnAppId", aplicacion).option("txnVersion", 1).save(tabla)


def repetida(tabla: str) -> None:
    con_base(tabla)
    dos_veces(tabla, "ventas", LUEGO)


def verter(origen: str, tabla: str) -> None:
    """What is new in the origin, into the table. The checkpoint of the stream lies beside the origin."""
    flujo = spark.readStream.format("delta").load(origen).writeStream.format("delta")
    flujo.option("checkpointLocation", f"{origen}_control").trigger(availableNow=True).start(tabla).awaitTermination()


def vertida(tabla: str) -> None:
    origen = str(Path(tabla).with_name("origen"))
    crear(origen)
    # The third time there is nothing new.
    for filas in (BASE[:2], BASE[2:], []):
        if filas:
            anadir(origen, *filas)
        verter(origen, tabla)


def verter_una(tabla: str) -> None:
    origen = str(Path(tabla).with_name("origen_nuevo"))
    crear(origen)
    anadir(origen)
    for _ in range(2):
        verter(origen, tabla)


def leer_flujo(tabla: str) -> DataFrame:
    """Into a table in memory, as far as the stream goes now."""
    with tempfile.TemporaryDirectory(dir=TRABAJO.name) as control:
        flujo = spark.readStream.format("delta").load(tabla).writeStream.format("memory").queryName("flujo")
        flujo.option("checkpointLocation", control).trigger(availableNow=True).start().awaitTermination()
    return spark.table("flujo")


# ---- the three actions

HACER = {
    "append": dos_commits,
    "version": dos_commits,
    "fecha": dos_commits,
    "leer_flujo": dos_commits,
    "overwrite": sobrescrita,
    "replace_where": reemplazada,
    "evolucion": ampliada,
    "convertir": convertida,
    "delete": borrada,
    "update": actualizada,
    "merge": mezclada,
    "merge_evolucion": mezclada_ampliando,
    "merge_ambiguo": ambigua,
    "check": con_check,
    "not_null": con_not_null,
    "invariante": con_invariante,
    "generada": con_generada,
    "identidad": con_identidad,
    "por_omision": con_valor_por_omision,
    "solo_anadir": solo_anadir,
    "mapeo_nombre": lambda t: con_base(t, delta_columnMapping_mode="name"),
    "mapeo_id": lambda t: con_base(t, delta_columnMapping_mode="id"),
    "renombrar": renombrada,
    "sin_zona": sin_zona,
    "ensanchar": ensanchada,
    "variante": con_variante,
    "vectores": con_vectores,
    "cambios": con_cambios,
    "compactar": compactada,
    "zorder": lambda t: compactada(t, "ZORDER BY (region, id)"),
    "agrupar": agrupada,
    "checkpoint": lambda t: con_base(t, delta_checkpointInterval="1"),
    "checkpoint_v2": lambda t: con_base(t, delta_checkpointInterval="1", delta_checkpointPolicy="v2"),
    "vacuum": aspirada,
    "restaurar": restaurada,
    "clonar": clonada,
    "rastreo": lambda t: con_base(t, delta_enableRowTracking="true"),
    "instante_en_commit": lambda t: con_base(t, delta_enableInCommitTimestamps="true"),
    "uniform": con_uniform,
    "manifiesto": con_manifiesto,
    "transaccion": repetida,
    "escribir_flujo": vertida,
}

ESCRIBIR = {
    "overwrite": lambda t: sobrescribir(t, NUEVA),
    "replace_where": lambda t: reemplazar(t, "sur", (8, "sur", 80.0)),
    "evolucion": lambda t: ampliar(t, lote(NUEVA, canal="app", nota="vip")),
    "delete": lambda t: borrar(t, 3),
    "update": lambda t: spark.sql(f"UPDATE {de(t)} SET region = 'centro' WHERE id = 2"),
    "merge": lambda t: mezclar(t, (3, "norte", -1.0), (2, "sur", 5.0), (10, "este", 100.0)),
    "merge_evolucion": lambda t: mezclar_ampliando(t, lote((2, "sur", 22.0), canal="tel")),
    "merge_ambiguo": mezclar_ambigua,
    "check": buena_y_negativa,
    "invariante": buena_y_negativa,
    "not_null": buena_y_nula,
    "generada": anadir_generada,
    "identidad": lambda t: anadir_sin_id(t, NUEVA),
    "solo_anadir": anadir_y_borrar,
    "renombrar": lambda t: spark.sql(f"INSERT INTO {de(t)} (id, zona) VALUES (4L, 'este')"),
    "sin_zona": lambda t: momentos(t, "(4L, TIMESTAMP_NTZ'2024-12-24 12:30:00')"),
    "ensanchar": lambda t: ensanchar(t, 6_000_000_000, "este"),
    "variante": lambda t: variantes(t, (4, '"adiós"')),
    "vectores": lambda t: borrar(t, 3),
    "cambios": lambda t: poner(t, 3, 33.0),
    "compactar": anadir_y_optimizar,
    "zorder": lambda t: anadir_y_optimizar(t, "ZORDER BY (region, id)"),
    "vacuum": lambda t: aspirar(t, NUEVA),
    "restaurar": lambda t: anadir_y_volver(t, NUEVA),
    "transaccion": lambda t: dos_veces(t, "otra", NUEVA),
    "escribir_flujo": verter_una,
}


def hacer(funcion: str, tabla: str) -> None:
    HACER[funcion](tabla)


def escribir(funcion: str, tabla: str) -> None:
    ESCRIBIR.get(funcion, anadir)(tabla)


def leer(funcion: str, tabla: str) -> dict:
    lector = spark.read.format("delta")
    if funcion == "leer_flujo":
        datos = leer_flujo(tabla)
    elif funcion == "cambios":
        cambios = lector.option("readChangeFeed", "true").option("startingVersion", 0).load(tabla)
        datos = cambios.select(F.col("_change_type").alias("tipo"), "id", "monto")
    elif funcion == "version":
        datos = lector.option("versionAsOf", ultima(tabla) - 1).load(tabla)
    elif funcion == "fecha":
        datos = lector.option("timestampAsOf", str(entre_commits(tabla))).load(tabla)
    else:
        datos = lector.load(tabla)
    if funcion == "variante":
        datos = datos.withColumn("extra", F.to_json("extra"))
    return contenido(datos.columns, datos.collect())


def palabras(error: BaseException) -> str:
    """Spark's own words, without the number of the call that failed."""
    if isinstance(error, Py4JJavaError):
        return str(error.java_exception.toString())
    return str(error)


def versiones() -> list[tuple[str, str]]:
    delta = next((jar.stem.rsplit("-", 1)[1] for jar in JARS.glob("delta-spark_*.jar")), "?")
    java = spark._jvm.java.lang.System.getProperty("java.version")
    return [("Delta Lake de Spark (`delta-spark`)", delta), ("PySpark", pyspark.__version__), ("Java", java.split(".")[0])]


if __name__ == "__main__":
    # What the JVM prints must not be taken for an answer.
    respuestas = os.dup(1)
    os.dup2(2, 1)
    spark = abrir_sesion()
    os.dup2(respuestas, 1)
    try:
        servir(versiones, hacer, leer, escribir, palabras)
    finally:
        spark.stop()
        TRABAJO.cleanup()
        sys.exit(0)
