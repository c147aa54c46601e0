"""Peer `polars-python` of the workload `etl-diario`: the guide's pipeline_etl_diario, completed. Polars transforms, deltalake writes.

    python etl_diario_polars_python.py --fecha 2024-01-15 --entrada DIR --salida TABLA [--repeticiones N] [--segundos S]

What the guide's version lacks and this one has: the day is a date before it is a path or a predicate; a day is replaced, not
appended, so running it again changes nothing; the rows have the day they belong to; money is whole cents; what `monto > 0` lets
through and would spoil a sum (NaN, amounts beyond all reason, another day's rows, nobody's, nowhere's) is counted by reason; a day
without files, with other columns or without a sale is an error and leaves the table alone.

One lazy plan gives the groups and, beside them, the counts: the streaming engine reads four columns, and of all but `monto` only
the rows that have an amount above zero. Prints one JSON line with `consulta_s`, the first day, and `consultas_s`, all of them. Leaves
with 2 (usage), 3 (the input cannot be used), 4 (another writer kept winning) or 5 (the table cannot be read or written).
"""

from __future__ import annotations

import argparse
import json
import os
import sys
import time
import uuid
from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path

import deltalake
import polars as pl
from deltalake import CommitProperties, write_deltalake
from deltalake.exceptions import CommitFailedError, DeltaError

VERSION = f"polars {pl.__version__}, deltalake {deltalake.__version__}"
ESPACIOS = " \t\n\x0c\r"
EPOCA, FIN_DE_LOS_TIEMPOS = datetime(1970, 1, 1, tzinfo=UTC), datetime(2100, 1, 1, tzinfo=UTC)
TIPOS = {"user_id": pl.String, "monto": pl.Float64, "region": pl.String, "timestamp": pl.Datetime}
CENTAVOS = (pl.col("monto") * 100).round(0, mode="half_to_even")
DINERO = pl.Decimal(18, 2)
MAYOR_DINERO = 10**18 - 1
INTENTOS = 20
# Those of the table that the Rust pipeline creates.
PROPIEDADES = {"delta.checkpointInterval": "10", "delta.dataSkippingNumIndexedCols": "0"}


class EntradaInvalida(Exception):
    """The day cannot be replaced: no file, other columns, or no sale."""


class Conflicto(Exception):
    """Another writer kept replacing the same day."""


def vacio(columna: str) -> pl.Expr:
    """Null, or nothing left once ASCII white space is trimmed."""
    return pl.col(columna).is_null() | (pl.col(columna).str.strip_chars(ESPACIOS) == "")


def reglas(fecha: date) -> list[tuple[str, pl.Expr]]:
    """Why a row with an amount above zero does not count, in order. The day is UTC."""
    largo = lambda columna: pl.col(columna).str.len_bytes() > 4096  # noqa: E731
    posible = pl.col("timestamp").is_between(EPOCA, FIN_DE_LOS_TIEMPOS, closed="left")
    return [
        ("texto_demasiado_largo", (largo("user_id") | largo("region")).fill_null(False)),
        ("timestamp_imposible", ~posible.fill_null(False)),
        ("fecha_fuera_de_la_particion", pl.col("timestamp").dt.date() != fecha),
        ("falta_region", vacio("region")),
        ("falta_user_id", vacio("user_id")),
        ("monto_no_finito", ~pl.col("monto").is_finite()),
        ("monto_fuera_de_rango", pl.col("monto") > 1e9),
        ("monto_no_positivo", CENTAVOS == 0),
    ]


def archivos_del_dia(origen: Path, fecha: date) -> list[Path]:
    """The day's files, each with the columns it must have; the order of columns and others besides do not matter."""
    dia = origen / f"fecha={fecha}"
    archivos = sorted(dia.glob("*.parquet"), key=os.fsencode)
    if not archivos:
        raise EntradaInvalida(f"no hay archivos Parquet en {dia}")
    for archivo in archivos:
        try:
            esquema = pl.read_parquet_schema(archivo)
        except Exception as error:
            raise EntradaInvalida(f"{archivo.name}: {_una_linea(error)}") from error
        for columna, tipo in TIPOS.items():
            if columna not in esquema:
                raise EntradaInvalida(f"{archivo.name}: falta la columna {columna!r}")
            if esquema[columna] != tipo:
                raise EntradaInvalida(f"{archivo.name}: la columna {columna!r} es {esquema[columna]} y debe ser {tipo.__name__}")
    return archivos


def transformar(archivos: list[Path], fecha: date) -> pl.DataFrame:
    """One row per (motivo, region, segmento); `motivo` is null for the sales that count, and then the row is the table's."""
    contrato = reglas(fecha)
    motivo = pl.coalesce(pl.when(aplica).then(pl.lit(nombre)) for nombre, aplica in contrato)
    vale = pl.col("motivo").is_null()
    return (
        pl.scan_parquet(archivos, hive_partitioning=False, extra_columns="ignore")
        .select(list(TIPOS))
        .filter(pl.col("monto") > 0)
        .with_columns(motivo=motivo)
        .with_columns(
            region=pl.when(vale).then("region"),
            segmento=pl.when(vale).then(pl.when(pl.col("monto") > 1000).then(pl.lit("premium")).otherwise(pl.lit("standard"))),
            centavos=pl.when(vale).then(CENTAVOS).cast(pl.Int64, strict=False),
        )
        .group_by("motivo", "region", "segmento")
        .agg(pl.sum("centavos"), pl.n_unique("user_id").alias("usuarios"), pl.len().alias("transacciones"))
        .collect(engine="streaming")
    )


def pipeline_etl_diario(fecha: str, ruta_origen: str, ruta_destino: str) -> dict:
    """The guide's function: the day's sales by region and segment, replaced in the table. Gives what became of the rows."""
    try:
        dia = date.fromisoformat(fecha)
    except ValueError as error:
        raise EntradaInvalida(f"{fecha[:40]!r} no es una fecha de la forma AAAA-MM-DD") from error
    archivos = archivos_del_dia(Path(ruta_origen), dia)
    try:
        grupos = transformar(archivos, dia)
    except pl.exceptions.PolarsError as error:
        raise EntradaInvalida(f"{archivos[0].parent}: {_una_linea(error)}") from error
    buenos, malos = grupos.filter(pl.col("motivo").is_null()), grupos.filter(pl.col("motivo").is_not_null())
    motivos = dict(malos.group_by("motivo").agg(pl.sum("transacciones")).iter_rows())
    if buenos.is_empty():
        raise EntradaInvalida(f"ninguna venta válida el {dia}; fuera: {motivos}")
    total = sum(buenos["centavos"].to_list())
    if total > MAYOR_DINERO:
        raise EntradaInvalida(f"la suma del {dia} no cabe en Decimal(18,2)")
    filas = buenos.select(
        pl.lit(dia).alias("fecha"),
        "region",
        "segmento",
        (pl.col("centavos").cast(pl.Decimal(38, 0)) * Decimal("0.01")).cast(DINERO).alias("revenue"),
        pl.col("usuarios", "transacciones").cast(pl.Int64),
        pl.lit(datetime.now(UTC)).dt.cast_time_unit("us").alias("_procesado_en"),
        pl.lit(VERSION).alias("_version_pipeline"),
    )
    intentos = reemplazar(ruta_destino, filas, dia)
    return {
        "fecha": str(dia),
        "filas_procesadas": len(filas),
        "filas_validas": sum(filas["transacciones"].to_list()),
        "motivos": motivos,
        "revenue": f"{total // 100}.{total % 100:02d}",
        "intentos": intentos,
    }


def reemplazar(ruta: str, filas: pl.DataFrame, fecha: date) -> int:
    """Replaces the day in one commit, which also creates the table; tries again after another writer's. Gives the attempts.

    `fecha` is a date, so the predicate cannot be injected.
    """
    for intento in range(1, INTENTOS + 1):
        try:
            write_deltalake(
                ruta,
                filas,
                mode="overwrite",
                predicate=f"fecha = '{fecha}'",
                partition_by=["fecha"],
                configuration=PROPIEDADES,
                commit_properties=CommitProperties(custom_metadata={"run_id": str(uuid.uuid4())}, max_commit_retries=0),
            )
            return intento
        except CommitFailedError:
            time.sleep(0.01 * intento)
    raise Conflicto(f"{ruta}: otros escritores ganaron {INTENTOS} veces seguidas")


def _una_linea(error: Exception) -> str:
    return " ".join(str(error).split())[:300] or type(error).__name__


def main(argumentos: list[str] | None = None) -> int:
    opciones = argparse.ArgumentParser(description="Trabajo etl-diario con Polars y deltalake.")
    opciones.add_argument("--fecha", required=True)
    opciones.add_argument("--entrada", required=True)
    opciones.add_argument("--salida", required=True)
    opciones.add_argument("--repeticiones", type=int, default=1)
    opciones.add_argument("--segundos", type=float)
    elegido = opciones.parse_args(argumentos)

    tiempos: list[float] = []
    try:
        while len(tiempos) < elegido.repeticiones and (
            len(tiempos) < 2 or elegido.segundos is None or sum(tiempos) < elegido.segundos
        ):
            inicio = time.perf_counter()
            metricas = pipeline_etl_diario(elegido.fecha, elegido.entrada, elegido.salida)
            tiempos.append(round(time.perf_counter() - inicio, 6))
    except EntradaInvalida as error:
        return _error(error, 3)
    except Conflicto as error:
        return _error(error, 4)
    except (DeltaError, OSError) as error:
        return _error(f"no se puede leer o escribir {elegido.salida}: {_una_linea(error)}", 5)
    print(json.dumps(metricas | {"consulta_s": tiempos[0], "consultas_s": tiempos, "version": VERSION}))
    return 0


def _error(texto: object, codigo: int) -> int:
    print(f"error: {texto}", file=sys.stderr)
    return codigo


if __name__ == "__main__":
    sys.exit(main())
