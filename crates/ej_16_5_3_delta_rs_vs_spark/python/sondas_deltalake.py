"""The probes of the package `deltalake`: delta-rs from Python."""

from __future__ import annotations

import json
import os
from datetime import datetime, timezone
from pathlib import Path

import deltalake
import pyarrow as pa
import pyarrow.parquet as pq
from deltalake import CommitProperties, DeltaTable, Field, QueryBuilder, Schema, TableFeatures, Transaction, VariantType, write_deltalake
from deltalake.schema import PrimitiveType
from protocolo import BASE, LUEGO, NEGATIVA, NUEVA, Fila, contenido, entre_commits, rechazado, servir


def lote(*filas: Fila, **mas: str) -> pa.Table:
    """Rows as a table, with text columns after the three."""
    columnas = {
        "id": pa.array([f[0] for f in filas], pa.int64()),
        "region": pa.array([f[1] for f in filas], pa.string()),
        "monto": pa.array([f[2] for f in filas], pa.float64()),
    }
    return pa.table(columnas | {nombre: pa.array([valor] * len(filas), pa.string()) for nombre, valor in mas.items()})


def campos(**metadatos: dict) -> Schema:
    """The three columns, with metadata for some."""
    tipos = {"id": "long", "region": "string", "monto": "double"}
    return Schema([Field(n, PrimitiveType(t), metadata=metadatos.get(n)) for n, t in tipos.items()])


def crear(tabla: str, esquema: Schema | None = None, **propiedades: str) -> DeltaTable:
    configuracion = {clave.replace("_", "."): valor for clave, valor in propiedades.items()}
    return DeltaTable.create(tabla, esquema or campos(), configuration=configuracion or None)


def anadir(tabla: str, datos: pa.Table | None = None, **opciones: object) -> None:
    write_deltalake(tabla, lote(NUEVA) if datos is None else datos, mode="append", **opciones)


def con_base(tabla: str, **propiedades: str) -> None:
    crear(tabla, **propiedades)
    anadir(tabla, lote(*BASE))


# ---- writing and reading


def dos_commits(tabla: str) -> None:
    con_base(tabla)
    anadir(tabla, lote(LUEGO))


def sobrescrita(tabla: str) -> None:
    con_base(tabla)
    write_deltalake(tabla, lote((7, "sur", 70.0)), mode="overwrite")


def reemplazada(tabla: str) -> None:
    write_deltalake(tabla, lote(*BASE), partition_by=["region"])
    reemplazar(tabla, "norte", (7, "norte", 70.0))


def reemplazar(tabla: str, region: str, fila: Fila) -> None:
    write_deltalake(tabla, lote(fila), mode="overwrite", predicate=f"region = '{region}'")


def ampliada(tabla: str) -> None:
    con_base(tabla)
    anadir(tabla, lote(LUEGO, canal="web"), schema_mode="merge")


def convertida(tabla: str) -> None:
    pq.write_table(lote(*BASE), Path(tabla, "ventas.parquet"))
    deltalake.convert_to_deltalake(tabla)


# ---- changes


def borrada(tabla: str) -> None:
    con_base(tabla)
    DeltaTable(tabla).delete("id = 2")


def actualizada(tabla: str) -> None:
    con_base(tabla)
    DeltaTable(tabla).update({"monto": "monto * 2"}, predicate="region = 'norte'")


def mezclar(tabla: str, *origen: Fila) -> None:
    (
        DeltaTable(tabla)
        .merge(lote(*origen), "t.id = s.id", source_alias="s", target_alias="t")
        .when_matched_delete("s.monto < 0")
        .when_matched_update({"monto": "s.monto"}, predicate="s.monto > t.monto")
        .when_not_matched_insert({"id": "s.id", "region": "s.region", "monto": "s.monto"}, predicate="s.monto > 0")
        .when_not_matched_by_source_delete("t.monto > 55")
        .when_not_matched_by_source_update({"region": "'cerrada'"}, predicate="t.region = 'oeste'")
        .execute()
    )


def mezclada(tabla: str) -> None:
    con_base(tabla)
    anadir(tabla, lote((5, "oeste", 50.0), (6, "oeste", 60.0)))
    mezclar(tabla, (1, "norte", -1.0), (2, "sur", 200.0), (8, "este", 80.0), (9, "este", -9.0))


def mezclar_ampliando(tabla: str, origen: pa.Table) -> None:
    (
        DeltaTable(tabla)
        .merge(origen, "t.id = s.id", source_alias="s", target_alias="t", merge_schema=True)
        .when_matched_update({"monto": "s.monto", "canal": "s.canal"})
        .when_not_matched_insert({c: f"s.{c}" for c in ("id", "region", "monto", "canal")})
        .execute()
    )


def mezclada_ampliando(tabla: str) -> None:
    con_base(tabla)
    origen = [lote((1, "norte", 11.0), canal="web"), lote(NUEVA, canal="app")]
    mezclar_ampliando(tabla, pa.concat_tables(origen))


def mezclar_ambigua(tabla: str) -> None:
    """Two rows of the source claim row 1."""
    origen = lote((1, "norte", 5.0), (1, "norte", 6.0))
    mezcla = DeltaTable(tabla).merge(origen, "t.id = s.id", source_alias="s", target_alias="t")
    rechazado(mezcla.when_matched_update({"monto": "s.monto"}).execute)


def ambigua(tabla: str) -> None:
    con_base(tabla)
    mezclar_ambigua(tabla)


# ---- rules


def con_check(tabla: str) -> None:
    con_base(tabla)
    DeltaTable(tabla).alter.add_constraint({"positivo": "monto > 0"})
    rechazado(lambda: anadir(tabla, lote(NEGATIVA)))


def buena_y_negativa(tabla: str) -> None:
    anadir(tabla)
    rechazado(lambda: anadir(tabla, lote(NEGATIVA)))


def sin_id() -> pa.Table:
    return pa.table({"id": pa.array([None], pa.int64()), "region": ["este"], "monto": [1.0]})


def con_not_null(tabla: str) -> None:
    crear(tabla, Schema([Field("id", PrimitiveType("long"), nullable=False), *campos().fields[1:]]))
    anadir(tabla, lote(*BASE))
    rechazado(lambda: anadir(tabla, sin_id()))


def buena_y_nula(tabla: str) -> None:
    anadir(tabla)
    rechazado(lambda: anadir(tabla, sin_id()))


def con_invariante(tabla: str) -> None:
    regla = json.dumps({"expression": {"expression": "monto > 0"}})
    crear(tabla, campos(monto={"delta.invariants": regla}))
    anadir(tabla, lote(*BASE))
    rechazado(lambda: anadir(tabla, lote(NEGATIVA)))


def con_generada(tabla: str) -> None:
    expresion = {"delta.generationExpression": "CAST(monto * 100 AS BIGINT)"}
    crear(tabla, Schema([*campos().fields, Field("centavos", PrimitiveType("long"), metadata=expresion)]))
    anadir(tabla, lote(*BASE))


def anadir_generada(tabla: str) -> None:
    anadir(tabla)
    mala = lote((5, "este", 50.0)).append_column("centavos", pa.array([1], pa.int64()))
    rechazado(lambda: anadir(tabla, mala))


def con_identidad(tabla: str) -> None:
    numeros = {"delta.identity.start": 1, "delta.identity.step": 1, "delta.identity.allowExplicitInsert": False}
    crear(tabla, campos(id=numeros))
    for fila in BASE:
        anadir(tabla, lote(fila).drop_columns("id"))


def con_valor_por_omision(tabla: str) -> None:
    canal = Field("canal", PrimitiveType("string"), metadata={"CURRENT_DEFAULT": "'web'"})
    crear(tabla, Schema([*campos().fields, canal]), delta_feature_allowColumnDefaults="supported")
    anadir(tabla, lote(*BASE))


def borrar_uno(tabla: str) -> None:
    rechazado(lambda: DeltaTable(tabla).delete("id = 1"))


def solo_anadir(tabla: str) -> None:
    con_base(tabla, delta_appendOnly="true")
    borrar_uno(tabla)


def anadir_y_borrar(tabla: str) -> None:
    anadir(tabla)
    borrar_uno(tabla)


# ---- columns


def sql(tabla: str, nombre: str, *ordenes: str) -> None:
    """What the package has for statements."""
    constructor = QueryBuilder().register(nombre, DeltaTable(tabla))
    for orden in ordenes:
        constructor.execute(orden).read_all()


def renombrada(tabla: str) -> None:
    con_base(tabla, delta_columnMapping_mode="name")
    sql(tabla, "ventas", "ALTER TABLE ventas RENAME COLUMN region TO zona", "ALTER TABLE ventas DROP COLUMN monto")


def momentos(**filas: str) -> pa.Table:
    instantes = [datetime.fromisoformat(texto) for texto in filas.values()]
    return pa.table({"id": [int(n.lstrip("_")) for n in filas], "momento": pa.array(instantes, pa.timestamp("us"))})


def ensanchada(tabla: str) -> None:
    estrecha = pa.table({"id": pa.array([1], pa.int32()), "region": ["norte"]})
    esquema = Schema([Field("id", PrimitiveType("integer")), Field("region", PrimitiveType("string"))])
    crear(tabla, esquema, delta_enableTypeWidening="true")
    anadir(tabla, estrecha)
    ensanchar(tabla, 5_000_000_000, "sur")


def ensanchar(tabla: str, numero: int, region: str) -> None:
    anadir(tabla, pa.table({"id": pa.array([numero], pa.int64()), "region": [region]}), schema_mode="merge")


def variantes(*valores: tuple[int, bytes]) -> pa.Table:
    """Variants given as they are encoded, with an empty dictionary of names."""
    tipo = pa.struct([pa.field("metadata", pa.binary(), nullable=False), pa.field("value", pa.binary(), nullable=False)])
    extra = pa.array([{"metadata": b"\x01\x00\x00", "value": valor} for _, valor in valores], tipo)
    return pa.table({"id": pa.array([n for n, _ in valores], pa.int64()), "extra": extra})


def con_variante(tabla: str) -> None:
    crear(tabla, Schema([Field("id", PrimitiveType("long")), Field("extra", VariantType())]))
    anadir(tabla, variantes((1, b"\x0c\x07"), (2, b"\x10\x2c\x01"), (3, b"\x11hola")))


def de_variante(valor: dict | None) -> str | None:
    """The value as JSON, as far as the probes go: small integers and short texts."""
    if valor is None:
        return None
    cabeza, resto = valor["value"][0], valor["value"][1:]
    if cabeza & 0b11 == 1:
        return json.dumps(resto[: cabeza >> 2].decode(), ensure_ascii=False)
    if cabeza in (0x0C, 0x10):
        return str(int.from_bytes(resto, "little", signed=True))
    return valor["value"].hex()


# ---- files and log


def con_vectores(tabla: str) -> None:
    con_base(tabla, delta_enableDeletionVectors="true")
    DeltaTable(tabla).delete("id = 2")


def con_cambios(tabla: str) -> None:
    con_base(tabla, delta_enableChangeDataFeed="true")
    DeltaTable(tabla).update({"monto": "11.0"}, predicate="id = 1")
    DeltaTable(tabla).delete("id = 2")


def tres_archivos(tabla: str) -> None:
    crear(tabla)
    for fila in BASE:
        anadir(tabla, lote(fila))


def compactada(tabla: str) -> None:
    tres_archivos(tabla)
    DeltaTable(tabla).optimize.compact()


def ordenada(tabla: str) -> None:
    tres_archivos(tabla)
    DeltaTable(tabla).optimize.z_order(["region", "id"])


def anadir_y(tabla: str, como: str) -> None:
    anadir(tabla)
    optimizador = DeltaTable(tabla).optimize
    optimizador.compact() if como == "compactar" else optimizador.z_order(["region", "id"])


def con_checkpoint(tabla: str) -> None:
    con_base(tabla)
    DeltaTable(tabla).create_checkpoint()


def con_checkpoint_v2(tabla: str) -> None:
    con_base(tabla)
    abierta = DeltaTable(tabla)
    abierta.alter.add_feature(TableFeatures.V2Checkpoint, allow_protocol_versions_increase=True)
    abierta.alter.set_table_properties({"delta.checkpointPolicy": "v2"})
    DeltaTable(tabla).create_checkpoint()


def aspirar(tabla: str, fila: Fila) -> None:
    write_deltalake(tabla, lote(fila), mode="overwrite")
    DeltaTable(tabla).vacuum(retention_hours=0, dry_run=False, enforce_retention_duration=False)


def aspirada(tabla: str) -> None:
    con_base(tabla)
    aspirar(tabla, (7, "sur", 70.0))


def anadir_y_volver(tabla: str, fila: Fila) -> None:
    anadir(tabla, lote(fila))
    abierta = DeltaTable(tabla)
    abierta.restore(abierta.version() - 1)


def restaurada(tabla: str) -> None:
    con_base(tabla)
    anadir_y_volver(tabla, LUEGO)


def clonada(tabla: str) -> None:
    origen = str(Path(tabla).with_name("origen"))
    con_base(origen)
    sql(origen, "origen", "CREATE TABLE clon SHALLOW CLONE origen")


def con_manifiesto(tabla: str) -> None:
    con_base(tabla)
    DeltaTable(tabla).generate()


# ---- streams and transactions


def anadir_como(tabla: str, aplicacion: str, numero: int, *filas: Fila) -> None:
    propiedades = CommitProperties(app_transactions=[Transaction(aplicacion, numero)])
    anadir(tabla, lote(*filas), commit_properties=propiedades)


def dos_veces(tabla: str, aplicacion: str, fila: Fila) -> None:
    for _ in range(2):
        anadir_como(tabla, aplicacion, 1, fila)


def repetida(tabla: str) -> None:
    con_base(tabla)
    dos_veces(tabla, "ventas", LUEGO)


def una_vez(tabla: str, aplicacion: str, numero: int, *filas: Fila) -> None:
    """A batch of a stream: written unless the table has it already."""
    ultimo = DeltaTable(tabla).transaction_version(aplicacion)
    if ultimo is None or ultimo < numero:
        anadir_como(tabla, aplicacion, numero, *filas)


def por_lotes(tabla: str) -> None:
    crear(tabla)
    # The second batch comes twice, as after a crash.
    for numero, filas in [(0, BASE[:2]), (1, BASE[2:]), (1, BASE[2:])]:
        una_vez(tabla, "flujo", numero, *filas)


def lote_repetido(tabla: str) -> None:
    for _ in range(2):
        una_vez(tabla, "otro-flujo", 0, NUEVA)


def commit_a_commit(tabla: str) -> dict:
    """What a consumer sees that looks at every version: the rows of the files that it did not have before."""
    vistos: set[str] = set()
    filas: list[dict] = []
    for version in range(DeltaTable(tabla).version() + 1):
        archivos = set(DeltaTable(tabla, version=version).file_uris())
        for nuevo in archivos - vistos:
            filas += pq.ParquetFile(nuevo.removeprefix("file://")).read().to_pylist()
        vistos |= archivos
    return de_filas(["id", "region", "monto"], filas)


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
    "sin_zona": lambda t: write_deltalake(t, momentos(_1="2024-01-15T10:00:00", _2="2024-06-30T23:59:59")),
    "ensanchar": ensanchada,
    "variante": con_variante,
    "vectores": con_vectores,
    "cambios": con_cambios,
    "compactar": compactada,
    "zorder": ordenada,
    "agrupar": lambda t: con_base(t, delta_feature_clustering="supported"),
    "checkpoint": con_checkpoint,
    "checkpoint_v2": con_checkpoint_v2,
    "vacuum": aspirada,
    "restaurar": restaurada,
    "clonar": clonada,
    "rastreo": lambda t: con_base(t, delta_enableRowTracking="true"),
    "instante_en_commit": lambda t: con_base(t, delta_enableInCommitTimestamps="true"),
    "uniform": lambda t: con_base(t, delta_universalFormat_enabledFormats="iceberg"),
    "manifiesto": con_manifiesto,
    "transaccion": repetida,
    "escribir_flujo": por_lotes,
}

ESCRIBIR = {
    "overwrite": lambda t: write_deltalake(t, lote(NUEVA), mode="overwrite"),
    "replace_where": lambda t: reemplazar(t, "sur", (8, "sur", 80.0)),
    "evolucion": lambda t: anadir(t, lote(NUEVA, canal="app", nota="vip"), schema_mode="merge"),
    "delete": lambda t: DeltaTable(t).delete("id = 3"),
    "update": lambda t: DeltaTable(t).update({"region": "'centro'"}, predicate="id = 2"),
    "merge": lambda t: mezclar(t, (3, "norte", -1.0), (2, "sur", 5.0), (10, "este", 100.0)),
    "merge_evolucion": lambda t: mezclar_ampliando(t, lote((2, "sur", 22.0), canal="tel")),
    "merge_ambiguo": mezclar_ambigua,
    "check": buena_y_negativa,
    "invariante": buena_y_negativa,
    "not_null": buena_y_nula,
    "generada": anadir_generada,
    "identidad": lambda t: anadir(t, lote(NUEVA).drop_columns("id")),
    "solo_anadir": anadir_y_borrar,
    "renombrar": lambda t: anadir(t, pa.table({"id": pa.array([4], pa.int64()), "zona": ["este"]})),
    "sin_zona": lambda t: anadir(t, momentos(_4="2024-12-24T12:30:00")),
    "ensanchar": lambda t: ensanchar(t, 6_000_000_000, "este"),
    "variante": lambda t: anadir(t, variantes((4, bytes([6 << 2 | 1]) + "adiós".encode()))),
    "vectores": lambda t: DeltaTable(t).delete("id = 3"),
    "cambios": lambda t: DeltaTable(t).update({"monto": "33.0"}, predicate="id = 3"),
    "compactar": lambda t: anadir_y(t, "compactar"),
    "zorder": lambda t: anadir_y(t, "ordenar"),
    "vacuum": lambda t: aspirar(t, NUEVA),
    "restaurar": lambda t: anadir_y_volver(t, NUEVA),
    "transaccion": lambda t: dos_veces(t, "otra", NUEVA),
    "escribir_flujo": lote_repetido,
}


def hacer(funcion: str, tabla: str) -> None:
    os.makedirs(tabla, exist_ok=True)
    HACER[funcion](tabla)


def escribir(funcion: str, tabla: str) -> None:
    ESCRIBIR.get(funcion, anadir)(tabla)


def de_filas(columnas: list[str], filas: list[dict]) -> dict:
    return contenido(columnas, [[fila[c] for c in columnas] for fila in filas])


def leer(funcion: str, tabla: str) -> dict:
    if funcion == "leer_flujo":
        return commit_a_commit(tabla)
    abierta = DeltaTable(tabla)
    if funcion == "cambios":
        cambios = pa.table(abierta.load_cdf(starting_version=0)).rename_columns({"_change_type": "tipo"})
        return de_filas(["tipo", "id", "monto"], cambios.to_pylist())
    if funcion == "version":
        abierta.load_as_version(abierta.version() - 1)
    elif funcion == "fecha":
        abierta.load_as_version(entre_commits(tabla).replace(tzinfo=timezone.utc))
    # `scan` and not `to_pyarrow_table`, which refuses deletion vectors and column mapping.
    datos = pa.table(abierta.scan())
    filas = datos.to_pylist()
    if funcion == "variante":
        filas = [fila | {"extra": de_variante(fila["extra"])} for fila in filas]
    return de_filas(datos.column_names, filas)


def versiones() -> list[tuple[str, str]]:
    return [
        ("`deltalake` de Python", deltalake.__version__),
        ("su núcleo en Rust", deltalake.rust_core_version()),
        ("PyArrow", pa.__version__),
    ]


if __name__ == "__main__":
    servir(versiones, hacer, leer, escribir, lambda error: f"{type(error).__name__}: {error}")
    # Leaving the ordinary way can abort: threads of a reader outlive the interpreter.
    os._exit(0)
