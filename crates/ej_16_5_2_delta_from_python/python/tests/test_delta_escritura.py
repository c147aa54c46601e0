"""The guide's writing, as it is written today, on tables that Rust made."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pandas as pd
import polars as pl
import pyarrow as pa
import pytest
from deltalake import DeltaTable, write_deltalake
from deltalake.exceptions import DeltaError, SchemaMismatchError

NUEVO = pl.DataFrame({"user_id": ["alice", "bob"], "monto": [100.0, 200.0], "region": ["norte", "sur"]})


@pytest.mark.parametrize(
    "datos",
    [NUEVO.to_arrow(), NUEVO, pd.DataFrame(NUEVO.to_dict(as_series=False))],
    ids=["arrow", "polars", "pandas"],
)
def test_se_anade_con_cualquier_biblioteca_y_rust_lo_lee(tabla: Path, rust: Callable[..., dict], datos: object) -> None:
    antes = rust("leer", tabla)
    write_deltalake(tabla, datos, mode="append")
    leida = rust("leer", tabla)
    assert (leida["version"], leida["filas"]) == (4, 18)
    assert leida["suma"] == pytest.approx(antes["suma"] + 300.0, rel=1e-12)


def test_el_modo_por_omision_es_fallar_si_la_tabla_existe(tabla: Path, rust: Callable[..., dict]) -> None:
    with pytest.raises(DeltaError, match="already exists"):
        write_deltalake(tabla, NUEVO)
    assert rust("leer", tabla)["version"] == 3


def test_time_travel_por_version(tabla: Path, esperadas: Callable[[int], list[tuple]]) -> None:
    columnas = ["user_id", "monto", "region"]
    for version in range(4):
        historico = DeltaTable(tabla, version=version).to_pandas()
        assert sorted(historico[columnas].itertuples(index=False, name=None)) == esperadas(version)


def test_sobrescribir_es_una_version_mas_y_la_anterior_sigue(tabla: Path, rust: Callable[..., dict]) -> None:
    write_deltalake(tabla, NUEVO, mode="overwrite")
    assert (rust("leer", tabla)["version"], rust("leer", tabla)["filas"]) == (4, 2)
    assert len(DeltaTable(tabla, version=3).to_pandas()) == 16
    archivos = {uri.rsplit("/", 1)[1] for uri in DeltaTable(tabla, version=3).file_uris()}
    assert archivos <= {ruta.name for ruta in tabla.glob("*.parquet")}


def test_compactar_deja_un_archivo_con_las_mismas_filas(tabla: Path, rust: Callable[..., dict]) -> None:
    abierta = DeltaTable(tabla)
    antes = rust("leer", tabla)
    medida = abierta.optimize.compact()
    assert (medida["numFilesRemoved"], medida["numFilesAdded"]) == (4, 1)
    assert len(abierta.file_uris()) == 1
    despues = rust("leer", tabla)
    assert (despues["version"], despues["filas"]) == (4, 16)
    assert despues["suma"] == pytest.approx(antes["suma"], rel=1e-12)


def test_una_columna_de_otro_tipo_no_entra(tabla: Path, rust: Callable[..., dict]) -> None:
    malo = pa.table({"user_id": ["ana"], "monto": ["mucho"], "region": ["norte"]})
    with pytest.raises(Exception, match="(?i)cast|mucho|type"):
        write_deltalake(tabla, malo, mode="append")
    assert rust("leer", tabla)["version"] == 3


def test_una_columna_de_mas_no_entra_sin_pedirlo_y_con_schema_mode_si(tabla: Path, rust: Callable[..., dict]) -> None:
    con_canal = NUEVO.with_columns(canal=pl.lit("web"))
    with pytest.raises(SchemaMismatchError):
        write_deltalake(tabla, con_canal, mode="append")
    assert rust("leer", tabla)["version"] == 3
    write_deltalake(tabla, con_canal, mode="append", schema_mode="merge")
    assert rust("leer", tabla)["filas"] == 18
    assert DeltaTable(tabla).to_pyarrow_table()["canal"].null_count == 16


def test_un_lote_que_falla_a_mitad_no_deja_version(tabla: Path, rust: Callable[..., dict]) -> None:
    """The data come from a generator that breaks after the first batch, as a source that goes away does."""
    esquema = NUEVO.to_arrow().cast(pa.schema([("user_id", pa.string()), ("monto", pa.float64()), ("region", pa.string())])).schema

    def lotes():
        yield pa.record_batch({"user_id": ["eva"], "monto": [1.0], "region": ["sur"]}, schema=esquema)
        raise OSError("la fuente se fue")

    with pytest.raises(Exception, match="la fuente se fue"):
        write_deltalake(tabla, pa.RecordBatchReader.from_batches(esquema, lotes()), mode="overwrite")
    leida = rust("leer", tabla)
    assert (leida["version"], leida["filas"]) == (3, 16)
