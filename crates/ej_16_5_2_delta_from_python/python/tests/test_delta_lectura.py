"""A table of Rust read from Python: as Arrow, Polars, Pandas and in DuckDB; what is loaded at once and what is not."""

from __future__ import annotations

import json
import os
from collections.abc import Callable
from pathlib import Path

import deltalake
import duckdb
import pandas as pd
import polars as pl
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.dataset as ds
import pytest
from deltalake import DeltaTable, write_deltalake
from deltalake.exceptions import DeltaProtocolError, TableNotFoundError

COLUMNAS = ["user_id", "monto", "region"]
Esperadas = Callable[[int], list[tuple]]


def filas(datos: pa.Table | pl.DataFrame | pd.DataFrame) -> list[tuple]:
    if isinstance(datos, pl.DataFrame):
        return sorted(datos.select(COLUMNAS).rows())
    if isinstance(datos, pd.DataFrame):
        return sorted(datos[COLUMNAS].itertuples(index=False, name=None))
    return sorted(tuple(fila[c] for c in COLUMNAS) for fila in datos.to_pylist())


def particionada(ruta: Path) -> list[Path]:
    """A table with a file for each region; returns the files of `sur`."""
    datos = pa.table({"region": ["norte", "norte", "sur"], "monto": [1.0, 2.0, 3.0]})
    write_deltalake(ruta, datos, partition_by=["region"])
    return list(ruta.glob("region=sur/*.parquet"))


def test_el_paquete_es_delta_rs() -> None:
    assert deltalake.rust_core_version() == f"py-{deltalake.__version__}"
    assert Path(deltalake.__file__).with_name("_internal.abi3.so").is_file()


def test_to_pyarrow_no_existe() -> None:
    assert not hasattr(DeltaTable, "to_pyarrow")
    assert {"to_pyarrow_table", "to_pyarrow_dataset", "to_pandas", "scan"} <= set(dir(DeltaTable))


def test_como_arrow_polars_y_pandas_hay_las_mismas_filas(tabla: Path, esperadas: Esperadas) -> None:
    abierta = DeltaTable(tabla)
    arrow = abierta.to_pyarrow_table()
    assert (abierta.version(), arrow.num_rows) == (3, 16)
    for leida in (arrow, pl.from_arrow(arrow), abierta.to_pandas(), pl.read_delta(str(tabla)), pa.table(abierta.scan())):
        assert filas(leida) == esperadas(3)


def test_polars_lee_sin_pasar_por_una_tabla_de_arrow(tabla: Path) -> None:
    perezosa = pl.scan_delta(str(tabla)).filter(pl.col("region") == "norte").select(pl.len())
    assert perezosa.collect().item() == 4


def test_duckdb_consulta_el_conjunto_de_datos_de_arrow(tabla: Path) -> None:
    ventas = DeltaTable(tabla).to_pyarrow_dataset()  # noqa: F841: DuckDB finds it by its name
    consulta = "SELECT region, count(*) FROM ventas WHERE region IN ('norte', 'sur') GROUP BY region ORDER BY region"
    assert duckdb.sql(consulta).fetchall() == [("norte", 4), ("sur", 4)]


def test_la_extension_delta_de_duckdb_no_viene_en_el_paquete(tmp_path: Path) -> None:
    """It is downloaded when it is first wanted; here nothing may be."""
    sin_red = {"extension_directory": str(tmp_path), "autoinstall_known_extensions": "false", "autoload_known_extensions": "false"}
    with duckdb.connect(config=sin_red) as conexion, pytest.raises(duckdb.Error, match="(?i)delta"):
        conexion.execute("LOAD delta")


def test_to_pyarrow_table_carga_todo_y_el_conjunto_de_datos_nada(tmp_path: Path, rust: Callable[..., dict]) -> None:
    ruta = tmp_path / "grande"
    rust("anadir", ruta, filas=200_000)
    abierta = DeltaTable(ruta)
    antes = pa.total_allocated_bytes()
    conjunto = abierta.to_pyarrow_dataset()
    assert pa.total_allocated_bytes() - antes < 100_000
    todo = abierta.to_pyarrow_table()
    assert todo.nbytes > 4_000_000
    assert pa.total_allocated_bytes() - antes > 0.8 * todo.nbytes
    # A column of it, or its rows by the batch, are had without the rest.
    assert conjunto.to_table(columns=["monto"]).nbytes < 0.5 * todo.nbytes
    assert sum(lote.num_rows for lote in conjunto.to_batches(batch_size=10_000)) == 200_000


def test_abrir_el_conjunto_de_datos_no_lee_ningun_archivo(tmp_path: Path) -> None:
    for archivo in particionada(tmp_path):
        archivo.unlink()
    abierta = DeltaTable(tmp_path)
    conjunto = abierta.to_pyarrow_dataset()
    # The other partition's file is not there, and nobody asks for it.
    assert conjunto.to_table(filter=ds.field("region") == "norte").num_rows == 2
    assert pl.scan_delta(str(tmp_path)).filter(pl.col("region") == "norte").collect().height == 2
    assert pa.table(abierta.scan(predicate="region = 'norte'")).num_rows == 2
    with pytest.raises(FileNotFoundError):
        abierta.to_pyarrow_table()


def test_to_pyarrow_table_tambien_poda_si_se_le_dice_que(tmp_path: Path) -> None:
    for archivo in particionada(tmp_path):
        archivo.unlink()
    norte = DeltaTable(tmp_path).to_pyarrow_table(columns=["monto"], filters=[("region", "=", "norte")])
    assert pc.sum(norte["monto"]).as_py() == 3.0


@pytest.mark.parametrize("propiedad", ["delta.enableDeletionVectors=true", "delta.columnMapping.mode=name"])
def test_lo_que_pyarrow_no_sabe_se_rechaza_y_scan_lo_lee(tmp_path: Path, propiedad: str) -> None:
    clave, valor = propiedad.split("=")
    datos = pa.table({"id": pa.array([1, 2, 3], pa.int64())})
    # Features are named in the protocol from version 3 and 7 on.
    configuracion = {clave: valor, "delta.minReaderVersion": "3", "delta.minWriterVersion": "7"}
    abierta = DeltaTable.create(tmp_path, datos.schema, configuration=configuracion)
    write_deltalake(abierta, datos, mode="append")
    abierta = DeltaTable(tmp_path)
    with pytest.raises(DeltaProtocolError, match="not yet supported by the deltalake reader"):
        abierta.to_pyarrow_table()
    assert sorted(pa.table(abierta.scan())["id"].to_pylist()) == [1, 2, 3]


def test_con_mapeo_de_columnas_y_protocolo_2_pyarrow_da_nulos_sin_avisar(tmp_path: Path) -> None:
    """The feature is then implied by the version and named nowhere, and the check goes by names. Polars and `scan` know better."""
    datos = pa.table({"id": pa.array([1, 2, 3], pa.int64())})
    DeltaTable.create(tmp_path, datos.schema, configuration={"delta.columnMapping.mode": "name"})
    write_deltalake(tmp_path, datos, mode="append")
    abierta = DeltaTable(tmp_path)
    assert abierta.protocol()[:2] == (2, 5)
    assert abierta.to_pyarrow_table()["id"].to_pylist() == [None, None, None]
    assert abierta.to_pandas()["id"].isna().all()
    assert sorted(pa.table(abierta.scan())["id"].to_pylist()) == [1, 2, 3]
    with pytest.raises(Exception, match="column mapping"):
        pl.read_delta(str(tmp_path))


def test_una_tabla_de_iceberg_no_es_una_tabla_delta(tmp_path: Path) -> None:
    """What Iceberg lays down: metadata and data, and no `_delta_log`."""
    (tmp_path / "metadata").mkdir()
    (tmp_path / "data").mkdir()
    metadatos = {"format-version": 2, "location": str(tmp_path), "snapshots": []}
    (tmp_path / "metadata/v1.metadata.json").write_text(json.dumps(metadatos))
    assert not DeltaTable.is_deltatable(str(tmp_path))
    with pytest.raises(TableNotFoundError):
        DeltaTable(tmp_path)
    assert sorted(os.listdir(tmp_path)) == ["data", "metadata"]
