"""The process of 16.3.2 answers what it is asked, and its forms agree."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import polars as pl
import pytest

PROGRAMA = Path(__file__).parent.parent / "expresiones_haversine.py"
FORMAS = ("nativa-in-memory", "nativa-streaming", "map_batches", "numpy", "map_elements")


def pregunta(*ordenes: str) -> list[str]:
    texto = "".join(f"{orden}\n" for orden in ordenes)
    mandato = [sys.executable, "-W", "ignore", PROGRAMA]
    proceso = subprocess.run(mandato, input=texto, capture_output=True, text=True, check=True)
    return proceso.stdout.splitlines()


@pytest.fixture
def pares(tmp_path: Path) -> Path:
    ruta = tmp_path / "pares.parquet"
    pl.DataFrame(
        {
            "lat_origen": [0.0, 90.0, 40.4168],
            "lon_origen": [0.0, 0.0, -3.7038],
            "lat_destino": [0.0, -90.0, -34.6037],
            "lon_destino": [90.0, 0.0, -58.3816],
        }
    ).write_parquet(ruta)
    return ruta


def test_todas_las_formas_dan_la_misma_suma_y_miden_en_segundos(pares: Path):
    cuarto = 6371.0 * 3.141592653589793 / 2
    for forma in FORMAS:
        suma, segundos = pregunta(f"abre {forma} {pares}", f"mide {forma} 3")
        assert float(suma) == pytest.approx(3 * cuarto + 10044.945, abs=1e-3)
        assert 0 < float(segundos) < 60


def test_lo_desconocido_no_pasa_en_silencio(pares: Path):
    for orden in ("resta 3", f"abre otra {pares}"):
        proceso = subprocess.run([sys.executable, PROGRAMA], input=f"{orden}\n", capture_output=True, text=True)
        assert proceso.returncode != 0
        assert "desconocida" in proceso.stderr
