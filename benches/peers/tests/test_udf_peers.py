"""Every form of every peer of 16.4.2 gives the same count, sum and maximum, and says its times."""

from __future__ import annotations

import importlib.util
import json
import math
import os
import subprocess
import sys
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
import udf_medida

PEERS = Path(udf_medida.__file__).parent
sin_datafusion = pytest.mark.skipif(importlib.util.find_spec("datafusion") is None, reason="datafusion is not installed")
FORMAS = [
    ("udf_duckdb.py", "nativa"),
    ("udf_duckdb.py", "arrow"),
    ("udf_duckdb.py", "sql"),
    ("udf_polars_python.py", "map_elements"),
    ("udf_polars_python.py", "map_batches"),
    ("udf_polars_python.py", "nativa"),
    pytest.param("udf_datafusion_python.py", "python", marks=sin_datafusion),
    pytest.param("udf_datafusion_python.py", "sql", marks=sin_datafusion),
    pytest.param("udf_pyspark.py", "python", marks=pytest.mark.jvm),
    pytest.param("udf_pyspark.py", "pandas", marks=pytest.mark.jvm),
    pytest.param("udf_pyspark.py", "sql", marks=pytest.mark.jvm),
]


@pytest.fixture(scope="module")
def pares(tmp_path_factory: pytest.TempPathFactory) -> Path:
    azar = np.random.default_rng(1642)
    anchos = dict(zip(udf_medida.COLUMNAS, (80.0, 180.0, 80.0, 180.0)))
    ruta = tmp_path_factory.mktemp("udf") / "pares.parquet"
    pq.write_table(pa.table({c: azar.uniform(-ancho, ancho, 5_000) for c, ancho in anchos.items()}), ruta)
    return ruta


@pytest.mark.parametrize(("par", "forma"), FORMAS)
def test_todas_las_formas_dan_lo_mismo_y_miden_cada_repeticion(par: str, forma: str, pares: Path):
    interprete = sys.executable
    if "spark" in par:
        interprete = os.environ.get("ECOMMERCE_PYTHON_SPARK") or pytest.skip("ECOMMERCE_PYTHON_SPARK is not set")
    orden = [interprete, "-W", "ignore", PEERS / par, "--entrada", pares, "--forma", forma, "--repeticiones", "2"]
    hecho = subprocess.run(orden, capture_output=True, text=True, timeout=300)
    assert hecho.returncode == 0, hecho.stderr[-3000:]
    dicho = json.loads(hecho.stdout.splitlines()[-1])
    filas = [udf_medida.una_fila(*fila.values()) for fila in pq.read_table(pares).to_pylist()]
    assert dicho["forma"] == forma
    assert dicho["filas"] == len(filas)
    assert dicho["suma_km"] == pytest.approx(math.fsum(filas), rel=1e-12)
    assert dicho["maximo_km"] == pytest.approx(max(filas), rel=1e-9)
    assert len(dicho["segundos"]) == 2 and all(0 < s < 300 for s in dicho["segundos"])


def test_la_fila_y_el_lote_son_la_misma_formula():
    casos = [(40.4168, -3.7038, -34.6037, -58.3816), (0.0, 0.0, 0.0, 90.0), (12.5, 7.25, 12.5, 7.25)]
    lote = udf_medida.en_numpy(*(np.array(columna) for columna in zip(*casos)))
    assert list(lote) == pytest.approx([udf_medida.una_fila(*caso) for caso in casos], rel=1e-14)
    assert lote[0] == pytest.approx(10_044.945, abs=1e-3)
    assert lote[1] == pytest.approx(6371.0 * math.pi / 2, rel=1e-15)


def test_dos_respuestas_son_la_misma_salvo_por_el_orden_de_las_sumas():
    assert udf_medida.misma((3, 1e9, 20_000.0), (3, 1e9 + 1e-4, 20_000.0))
    assert not udf_medida.misma((3, 1e9, 20_000.0), (2, 1e9, 20_000.0))
    assert not udf_medida.misma((3, 1e9, 20_000.0), (3, 1e9 + 1.0, 20_000.0))
