"""The peers of TPC-H on data of another generator: what they write, and that they agree."""

from __future__ import annotations

import datetime as dt
import decimal
import json
import subprocess
import sys
import sysconfig
from pathlib import Path

import consultas_tpch
import pytest

PEERS = Path(consultas_tpch.__file__).parent
PARES = ["tpch_duckdb.py", "tpch_polars.py"]


@pytest.fixture(scope="session")
def datos(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Six thousand lines of orders, by tpchgen-cli."""
    directorio = tmp_path_factory.mktemp("tpch")
    programa = Path(sysconfig.get_path("scripts")) / "tpchgen-cli"
    orden = [str(programa), "parquet", "--scale-factor", "0.001", "--output-dir", str(directorio)]
    hecho = subprocess.run(orden, capture_output=True, text=True, timeout=300)
    assert hecho.returncode == 0, hecho.stderr
    (directorio / "tpch.json").write_text(json.dumps({"escala": 0.001}))
    return directorio


def correr(par: str, datos: Path, salida: Path, *mas: str) -> dict:
    orden = [sys.executable, str(PEERS / par), "--datos", str(datos), "--json", str(salida), *mas]
    hecho = subprocess.run(orden, capture_output=True, text=True, timeout=300)
    assert hecho.returncode == 0, hecho.stderr
    return json.loads(salida.read_text())


def iguales(una: str | None, otra: str | None) -> bool:
    """The same text, or numbers with decimals to half a cent."""
    if una == otra or una is None or otra is None:
        return una == otra
    try:
        return ("." in una + otra) and abs(float(una) - float(otra)) <= 0.005
    except ValueError:
        return False


def test_the_peers_do_all_queries_and_agree(datos, tmp_path):
    dichos = [correr(par, datos, tmp_path / f"{par}.json") for par in PARES]
    assert [d["motor"] for d in dichos] == ["duckdb", "polars"]
    for una, otra in zip(*(d["consultas"] for d in dichos), strict=True):
        assert "error" not in una and "error" not in otra, (una, otra)
        assert len(una["resultado"]) == len(otra["resultado"]), una["consulta"]
        for fila, suya in zip(una["resultado"], otra["resultado"], strict=True):
            assert all(map(iguales, fila, suya)), (una["consulta"], fila, suya)


@pytest.mark.parametrize("par", PARES)
def test_repetitions_are_counted_and_queries_chosen(par, datos, tmp_path):
    dicho = correr(par, datos, tmp_path / "r.json", "--consulta", "6", "1", "--repeticiones", "3")
    assert [c["consulta"] for c in dicho["consultas"]] == [6, 1]
    assert all(len(c["segundos"]) == 3 and min(c["segundos"]) > 0 for c in dicho["consultas"])
    dicho = correr(par, datos, tmp_path / "r.json", "--consulta", "6", "--repeticiones", "9", "--segundos", "0")
    assert len(dicho["consultas"][0]["segundos"]) == 1


@pytest.mark.parametrize("par", PARES)
def test_without_data_a_peer_leaves_with_3_and_without_a_place_to_write_with_5(par, datos, tmp_path):
    for donde, salida, codigo in ((tmp_path / "no", tmp_path / "r.json", 3), (datos, tmp_path / "no" / "r.json", 5)):
        orden = [sys.executable, str(PEERS / par), "--datos", str(donde), "--json", str(salida), "--consulta", "6"]
        hecho = subprocess.run(orden, capture_output=True, text=True, timeout=300)
        assert (hecho.returncode, hecho.stdout) == (codigo, "")
        assert hecho.stderr.splitlines()[-1].startswith("error: ")


def test_an_error_of_an_engine_is_a_result():
    def hacer(sql: str) -> None:
        raise RuntimeError("no\n  sé")

    dicho = consultas_tpch.repetir(hacer, lambda r: ([], []), "SELECT", 3, None)
    assert dicho == {"error": "RuntimeError: no sé"}
    with pytest.raises(MemoryError):
        consultas_tpch.repetir(lambda sql: (_ for _ in ()).throw(MemoryError()), lambda r: ([], []), "", 1, None)


def test_query_11_follows_the_scale_and_no_other_does():
    assert "* 0.0000100000" in consultas_tpch.consulta(11, 10.0)
    assert "* 0.0100000000" in consultas_tpch.consulta(11, 0.01)
    for numero in range(1, 23):
        if numero != 11:
            assert consultas_tpch.consulta(numero, 10.0) == consultas_tpch.consulta(numero, 1.0)


def test_cells_are_texts_that_mean_the_same_everywhere():
    for valor, texto in (
        (None, None),
        (7, "7"),
        (decimal.Decimal("1E+2"), "100"),
        (decimal.Decimal("3.50"), "3.50"),
        (0.1, "0.1"),
        (dt.date(1995, 3, 5), "1995-03-05"),
        (dt.datetime(1995, 3, 5), "1995-03-05"),
        ("a|b", "a|b"),
    ):
        assert consultas_tpch.celda(valor) == texto
