"""The input, the reference and the peers of the workload `motores`, on few rows."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import contenido
import motores_comun
import motores_entrada
import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
import referencia_motores

PEERS = Path(motores_comun.__file__).parent
FILAS = 60_000


@pytest.fixture(scope="module")
def entrada(tmp_path_factory: pytest.TempPathFactory) -> Path:
    carpeta = tmp_path_factory.mktemp("motores")
    assert motores_entrada.main(["--filas", str(FILAS), "--salida", str(carpeta)]) == 0
    return carpeta


@pytest.fixture(scope="module")
def referencia(entrada: Path) -> dict[str, pa.Table]:
    return referencia_motores.calcular(entrada)


def correr(par: str, entrada: Path, salida: Path, memoria_mb: int = 2048, interprete: str = sys.executable):
    orden = [interprete, str(PEERS / par), "--entrada", str(entrada), "--salida", str(salida), "--memoria-mb", str(memoria_mb)]
    return subprocess.run(orden, capture_output=True, text=True, timeout=300)


def comprobar(hecho, salida: Path, referencia: dict[str, pa.Table]) -> dict:
    assert hecho.returncode == 0, hecho.stderr
    for nombre, tabla in referencia.items():
        escrita = contenido.leer(f"{salida}_{nombre}")
        assert contenido.lineas(escrita) == contenido.lineas(tabla), nombre
    dicho = json.loads(hecho.stdout.splitlines()[-1])
    assert list(dicho["partes_s"]) == list(motores_comun.CONSULTAS)
    return dicho


def test_the_same_seed_gives_the_same_rows_and_another_seed_others():
    una, otra = motores_entrada.grupo_de_ventas(0, 1000, 7), motores_entrada.grupo_de_ventas(0, 1000, 7)
    assert una.equals(otra)
    assert not una.equals(motores_entrada.grupo_de_ventas(0, 1000, 8))


def test_the_decoded_size_is_what_arrow_takes(entrada):
    dicho = json.loads((entrada / "_entrada.json").read_text())
    leido = sum(pq.read_table(entrada / f"{t}.parquet").nbytes for t in motores_comun.TABLAS)
    assert dicho["filas"] == FILAS
    assert abs(dicho["decodificados"] - leido) < 0.01 * leido
    # The figure by which a run chooses its rows.
    assert 72 <= dicho["decodificados"] / FILAS <= 78


def test_sessions_are_texts_of_32_digits_that_several_sales_share(entrada):
    sesiones = pq.read_table(entrada / "ventas.parquet", columns=["session_id"])["session_id"]
    assert {len(s) for s in sesiones.to_pylist()} == {32}
    distintas = len(set(sesiones.to_pylist()))
    assert FILAS / 6 < distintas < FILAS / 3
    # Hexadecimal of SplitMix64's finalizer, worked out apart.
    assert motores_entrada.mezclar(np.array([0]))[0] == 0xE220A8397B1DCDAF
    assert motores_entrada.hexadecimal(np.array([0]))[0].as_py().startswith("e220a8397b1dcdaf")


def test_the_reference_is_the_answer_worked_out_by_hand(tmp_path):
    ventas = {
        "venta_id": [0, 1, 2, 3, 4, 5],
        "user_id": [1, 2, 1, 9, 1, 2],
        "producto_id": [0, 0, 1, 0, 0, 1],
        "centavos": [5, 100, 7, 1000, 5, 20],
        "dia": [10, 11, 13, 13, 13, 20],
        "session_id": ["x", "y", "x", "z", "w", "y"],
    }
    pq.write_table(pa.table(ventas), tmp_path / "ventas.parquet")
    pq.write_table(pa.table({"id": [1, 2, 3], "region": ["norte", "norte", "sur"]}), tmp_path / "clientes.parquet")
    pq.write_table(pa.table({"id": [0, 1], "categoria": ["c0", "c1"]}), tmp_path / "productos.parquet")
    hecho = referencia_motores.calcular(tmp_path)
    # User 9 is no customer; user 3 has bought nothing, and so the south has no row.
    assert hecho["tops"].to_pylist() == [
        {"region": "norte", "puesto": 1, "user_id": 2, "centavos": 120, "compras": 2, "categorias": 2},
        {"region": "norte", "puesto": 2, "user_id": 1, "centavos": 17, "compras": 3, "categorias": 2},
    ]
    assert hecho["sesiones"].to_pylist() == [
        {"region": "norte", "categoria": "c0", "sesiones": 3, "usuarios": 2, "centavos": 110},
        {"region": "norte", "categoria": "c1", "sesiones": 2, "usuarios": 2, "centavos": 27},
    ]
    assert hecho["recurrencia"].to_pylist() == [{"region": "norte", "dias": 12, "pares": 3, "mayor": 9}]


@pytest.mark.parametrize("par", ["motores_duckdb.py", "motores_datafusion.py", "motores_polars.py", "motores_chdb.py"])
def test_a_peer_gives_the_reference_cell_by_cell(par, entrada, referencia, tmp_path):
    comprobar(correr(par, entrada, tmp_path / "r"), tmp_path / "r", referencia)


@pytest.mark.jvm
def test_spark_gives_the_reference_and_tells_when_its_session_was_there(entrada, referencia, tmp_path):
    interprete = os.environ.get("ECOMMERCE_PYTHON_SPARK") or pytest.skip("ECOMMERCE_PYTHON_SPARK is not set")
    dicho = comprobar(correr("motores_pyspark.py", entrada, tmp_path / "r", interprete=interprete), tmp_path / "r", referencia)
    assert dicho["sesion_s"] > 0


def test_a_missing_table_is_named(tmp_path):
    hecho = correr("motores_duckdb.py", tmp_path, tmp_path / "r")
    assert (hecho.returncode, "ventas.parquet" in hecho.stderr) == (3, True)


def test_engines_words_for_too_little_memory_are_known():
    assert motores_comun.sin_memoria(RuntimeError("Out of Memory Error: could not allocate block"))
    assert motores_comun.sin_memoria(RuntimeError("Resources exhausted: Failed to allocate additional 8 MB"))
    assert motores_comun.sin_memoria(MemoryError())
    assert not motores_comun.sin_memoria(RuntimeError("Parser Error: syntax error"))
