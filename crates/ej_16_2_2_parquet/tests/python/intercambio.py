"""The other side of the exchange: the same table written, or a table read, by an engine that is not ours.

    python intercambio.py pyarrow|polars|duckdb|spark escribir|leer RUTA

`leer` prints a line per row, cells separated by `|`, in the notation of `tests/it/celdas.rs`. `escribir` writes the table
that `tests/it/intercambio.rs` builds in Rust, from a definition of its own.
"""

from __future__ import annotations

import math
import os
import struct
import sys
from datetime import date, datetime, timedelta, timezone
from decimal import Decimal

EPOCA = datetime(1970, 1, 1, tzinfo=timezone.utc)


def instante(micros: int | None) -> datetime | None:
    return None if micros is None else EPOCA + timedelta(microseconds=micros)


def dia(dias: int | None) -> date | None:
    return None if dias is None else EPOCA.date() + timedelta(days=dias)


FILAS = {
    "entero": [0, None, -(2**63), 2**63 - 1, 42, -1],
    "doble": [float("nan"), float("inf"), -float("inf"), -0.0, None, 0.1],
    "texto": ["", "ñandú 🦀", None, 'con "comillas" y \\', " ", "e\u0301\u202e\ufeff"],
    "instante": [instante(m) for m in [0, None, -1, 1_705_312_800_123_456, 4_102_444_799_999_999, 951_782_400_000_000]],
    "fecha": [dia(d) for d in [0, -1, None, 19_737, 11_016, 2_932_896]],
    "decimal": [None if d is None else Decimal(d).scaleb(-2) for d in [0, -1, None, 999_999_999_999_999_999, -999_999_999_999_999_999, 15_050]],
    "logico": [True, False, None, True, True, False],
    "binario": [b"", b"\x00\xff", None, b"a", b"abc", b"\x80"],
    "categoria": ["norte", "sur", "norte", None, "", "norte"],
    "lista": [[], [1, 2, 3], None, [None], [4, None], [5]],
    "registro": [
        {"a": 1, "b": "x"},
        {"a": None, "b": ""},
        None,
        {"a": 2, "b": None},
        {"a": None, "b": None},
        {"a": 3, "b": "ñ"},
    ],
}


def celda(valor: object) -> str:
    """A value in the notation of `celdas.rs`."""
    match valor:
        case None:
            return "∅"
        case bool():
            return str(valor).lower()
        case int():
            return str(valor)
        case float():
            return "fNaN" if math.isnan(valor) else "f" + struct.pack(">d", valor).hex()
        case str():
            return "s" + valor.encode().hex()
        case bytes() | bytearray():
            return "b" + bytes(valor).hex()
        case datetime():
            aware = valor if valor.tzinfo else valor.replace(tzinfo=timezone.utc)
            delta = aware - EPOCA
            return f"t{(delta.days * 86_400 + delta.seconds) * 1_000_000 + delta.microseconds}"
        case date():
            return f"d{(valor - EPOCA.date()).days}"
        case Decimal():
            return str(int(valor.scaleb(2)))
        case list():
            return "[" + ",".join(map(celda, valor)) + "]"
        case dict():
            return "{" + ",".join(map(celda, valor.values())) + "}"
    raise TypeError(f"{type(valor)}: {valor!r}")


def tabla():
    import pyarrow as pa

    esquema = pa.schema(
        [
            ("entero", pa.int64()),
            ("doble", pa.float64()),
            ("texto", pa.string()),
            ("instante", pa.timestamp("us", "UTC")),
            ("fecha", pa.date32()),
            ("decimal", pa.decimal128(18, 2)),
            ("logico", pa.bool_()),
            ("binario", pa.binary()),
            ("categoria", pa.dictionary(pa.int32(), pa.string())),
            ("lista", pa.list_(pa.int64())),
            ("registro", pa.struct([("a", pa.int64()), ("b", pa.string())])),
        ]
    )
    columnas = [pa.array(FILAS[campo.name], campo.type) for campo in esquema if campo.name != "categoria"]
    categoria = pa.array(FILAS["categoria"], pa.string()).dictionary_encode()
    columnas.insert(esquema.get_field_index("categoria"), categoria)
    return pa.Table.from_arrays(columnas, schema=esquema)


def escribir(motor: str, ruta: str) -> None:
    if motor == "pyarrow":
        import pyarrow.parquet as pq

        pq.write_table(tabla(), ruta)
    elif motor == "polars":
        import polars as pl

        esquema = {
            "entero": pl.Int64,
            "doble": pl.Float64,
            "texto": pl.String,
            "instante": pl.Datetime("us", "UTC"),
            "fecha": pl.Date,
            "decimal": pl.Decimal(18, 2),
            "logico": pl.Boolean,
            "binario": pl.Binary,
            "categoria": pl.Categorical,
            "lista": pl.List(pl.Int64),
            "registro": pl.Struct({"a": pl.Int64, "b": pl.String}),
        }
        pl.DataFrame(FILAS, schema=esquema, strict=True).write_parquet(ruta)
    elif motor == "duckdb":
        import duckdb

        conexion = duckdb.connect()
        conexion.register("t", tabla())
        conexion.execute(f"COPY t TO '{ruta}' (FORMAT parquet)")
    else:
        from pyspark.sql import types as T

        esquema = T.StructType(
            [
                T.StructField("entero", T.LongType()),
                T.StructField("doble", T.DoubleType()),
                T.StructField("texto", T.StringType()),
                T.StructField("instante", T.TimestampType()),
                T.StructField("fecha", T.DateType()),
                T.StructField("decimal", T.DecimalType(18, 2)),
                T.StructField("logico", T.BooleanType()),
                T.StructField("binario", T.BinaryType()),
                T.StructField("categoria", T.StringType()),
                T.StructField("lista", T.ArrayType(T.LongType())),
                T.StructField("registro", T.StructType([T.StructField("a", T.LongType()), T.StructField("b", T.StringType())])),
            ]
        )
        filas = [dict(zip(FILAS, fila)) for fila in zip(*FILAS.values())]
        chispa = sesion()
        chispa.createDataFrame(filas, esquema).coalesce(1).write.mode("overwrite").parquet(ruta)
        chispa.stop()


def leer(motor: str, ruta: str) -> list[list[object]]:
    if motor == "pyarrow":
        import pyarrow.parquet as pq

        columnas = pq.read_table(ruta).to_pydict()
        return [list(fila) for fila in zip(*columnas.values())]
    if motor == "polars":
        import polars as pl

        return [list(fila) for fila in pl.read_parquet(ruta).rows()]
    if motor == "duckdb":
        import duckdb

        # Through Arrow: as Python values DuckDB would want pytz for instants.
        columnas = duckdb.execute(f"FROM read_parquet('{ruta}')").to_arrow_table().to_pydict()
        return [list(fila) for fila in zip(*columnas.values())]
    chispa = sesion()
    filas = [[v.asDict() if hasattr(v, "asDict") else v for v in fila] for fila in chispa.read.parquet(ruta).collect()]
    chispa.stop()
    return filas


def sesion():
    os.environ["TZ"] = "UTC"
    os.environ.setdefault("SPARK_LOCAL_IP", "127.0.0.1")
    from pyspark.sql import SparkSession

    constructor = (
        SparkSession.builder.master("local[1]")
        .appName("intercambio")
        .config("spark.driver.host", "127.0.0.1")
        .config("spark.driver.bindAddress", "127.0.0.1")
        .config("spark.ui.enabled", "false")
        .config("spark.ui.showConsoleProgress", "false")
        .config("spark.sql.session.timeZone", "UTC")
    )
    if instantes := os.environ.get("INSTANTES"):
        constructor = constructor.config("spark.sql.parquet.outputTimestampType", instantes)
    return constructor.getOrCreate()


def main() -> None:
    motor, orden, ruta = sys.argv[1:]
    if orden == "escribir":
        escribir(motor, ruta)
        print("escrito")
    else:
        for fila in leer(motor, ruta):
            print("|".join(map(celda, fila)))
    sys.stdout.flush()
    # Some engines abort while the interpreter shuts down, after everything was said.
    os._exit(0)


if __name__ == "__main__":
    main()
