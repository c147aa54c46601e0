"""Vacuum: what it says, what it removes, and what time travel then has lost."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import polars as pl
import pytest
from deltalake import DeltaTable, write_deltalake
from deltalake.exceptions import DeltaError

DIA_MS = 86_400_000
NUEVO = pl.DataFrame({"user_id": ["alice"], "monto": [100.0], "region": ["norte"]})


@pytest.fixture
def sobrescrita(tabla: Path) -> Path:
    """Rust wrote four files; Python put one in their place."""
    write_deltalake(tabla, NUEVO, mode="overwrite")
    return tabla


def envejecer(tabla: Path, dias: int) -> None:
    """Sets back by so many days when files left the table: what vacuum goes by."""
    for commit in (tabla / "_delta_log").glob("*.json"):
        acciones = [json.loads(linea) for linea in commit.read_text().splitlines()]
        for accion in acciones:
            if "remove" in accion:
                accion["remove"]["deletionTimestamp"] -= dias * DIA_MS
        commit.write_text("".join(json.dumps(accion) + "\n" for accion in acciones))


def archivos(tabla: Path) -> int:
    return len(list(tabla.glob("*.parquet")))


def test_por_omision_es_un_ensayo_y_no_borra_nada(sobrescrita: Path) -> None:
    envejecer(sobrescrita, 30)
    # The guide's call, with files that are older than its seven days.
    sobran = DeltaTable(sobrescrita).vacuum(retention_hours=168)
    assert len(sobran) == 4
    assert archivos(sobrescrita) == 5
    assert len(DeltaTable(sobrescrita, version=3).to_pandas()) == 16


def test_con_dry_run_false_borra_lo_que_paso_de_la_retencion(sobrescrita: Path, rust: Callable[..., dict]) -> None:
    envejecer(sobrescrita, 6)
    assert DeltaTable(sobrescrita).vacuum(retention_hours=168, dry_run=False) == []
    envejecer(sobrescrita, 2)
    assert len(DeltaTable(sobrescrita).vacuum(retention_hours=168, dry_run=False)) == 4
    assert archivos(sobrescrita) == 1
    assert rust("leer", sobrescrita)["filas"] == 1


def test_despues_la_version_vieja_se_abre_pero_no_se_lee(sobrescrita: Path) -> None:
    envejecer(sobrescrita, 8)
    DeltaTable(sobrescrita).vacuum(dry_run=False)
    vieja = DeltaTable(sobrescrita, version=3)
    assert len(vieja.file_uris()) == 4
    with pytest.raises(FileNotFoundError):
        vieja.to_pandas()
    assert DeltaTable(sobrescrita).to_pandas()["user_id"].to_list() == ["alice"]


def test_lo_que_la_tabla_usa_todavia_no_se_pierde_en_ninguna_version_que_lo_comparta(tabla: Path) -> None:
    """Versions 0 to 3 only add: vacuum has nothing to take."""
    assert DeltaTable(tabla).vacuum(retention_hours=0, dry_run=False, enforce_retention_duration=False) == []
    assert [len(DeltaTable(tabla, version=v).to_pandas()) for v in range(4)] == [4, 8, 12, 16]


def test_compactar_tambien_deja_archivos_que_vacuum_se_lleva(tabla: Path) -> None:
    DeltaTable(tabla).optimize.compact()
    borrados = DeltaTable(tabla).vacuum(retention_hours=0, dry_run=False, enforce_retention_duration=False)
    assert (len(borrados), archivos(tabla)) == (4, 1)
    assert len(DeltaTable(tabla).to_pandas()) == 16
    with pytest.raises(FileNotFoundError):
        DeltaTable(tabla, version=3).to_pandas()


def test_una_retencion_menor_que_la_de_la_tabla_se_rechaza_salvo_que_se_insista(sobrescrita: Path) -> None:
    with pytest.raises(DeltaError, match="(?i)retention"):
        DeltaTable(sobrescrita).vacuum(retention_hours=0, dry_run=False)
    assert archivos(sobrescrita) == 5
    insistiendo = DeltaTable(sobrescrita).vacuum(retention_hours=0, dry_run=False, enforce_retention_duration=False)
    assert (len(insistiendo), archivos(sobrescrita)) == (4, 1)


def test_la_retencion_que_se_quiere_se_escribe_en_la_tabla(sobrescrita: Path) -> None:
    abierta = DeltaTable(sobrescrita)
    abierta.alter.set_table_properties({"delta.deletedFileRetentionDuration": "interval 30 days"})
    envejecer(sobrescrita, 20)
    # Nobody has to remember the number, and a smaller one is refused.
    assert DeltaTable(sobrescrita).vacuum(dry_run=False) == []
    with pytest.raises(DeltaError, match="(?i)retention"):
        DeltaTable(sobrescrita).vacuum(retention_hours=168)
    envejecer(sobrescrita, 11)
    assert len(DeltaTable(sobrescrita).vacuum(dry_run=False)) == 4


def test_lo_que_dejo_un_escritor_muerto_solo_lo_ve_la_limpieza_entera(sobrescrita: Path) -> None:
    huerfano = sobrescrita / "part-00000-huerfano.parquet"
    huerfano.write_bytes(b"PAR1")
    sin_espera = {"retention_hours": 0, "dry_run": True, "enforce_retention_duration": False}
    assert huerfano.name not in DeltaTable(sobrescrita).vacuum(**sin_espera)
    assert huerfano.name in DeltaTable(sobrescrita).vacuum(full=True, **sin_espera)


def test_se_pueden_guardar_unas_versiones_y_limpiar_las_demas(tabla: Path) -> None:
    for marca in ("uno", "dos"):
        write_deltalake(tabla, NUEVO.with_columns(user_id=pl.lit(marca)), mode="overwrite")
    DeltaTable(tabla).vacuum(retention_hours=0, dry_run=False, enforce_retention_duration=False, keep_versions=[3])
    assert len(DeltaTable(tabla, version=3).to_pandas()) == 16
    with pytest.raises(FileNotFoundError):
        DeltaTable(tabla, version=4).to_pandas()
