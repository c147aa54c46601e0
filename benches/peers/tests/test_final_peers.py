"""The reference of the workload `final`, worked out by hand, and what the peers do with awkward calls."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import contenido
import final_comun
import ids_opacos
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
import referencia_final

PEERS = Path(referencia_final.__file__).parent
PARES = ["final_pandas.py", "final_polars_python.py", "final_duckdb.py", "final_chdb.py"]
NAN, INF = float("nan"), float("inf")
FILAS = [
    ("sur", "a", 10.25),
    ("sur", "b", 0.01),
    ("sur", "a", 0.01),
    ("sur", "z", -3.0),
    ("sur", "z", 0.0),
    ("norte", None, 2.0),
    ("norte", "z", None),
    ("norte", "z", NAN),
    ("norte", "z", INF),
    ("norte", "z", -INF),
    (None, "a", 1e9),
    (None, "z", 1e9 + 0.01),
    ("", "", 0.125),
]
#: 0.125 is 12 cents, half to even; three sales of 1027 cents are 342.33 each, and 0.125 alone 12.
POR_REGION = {"sur": (1027, 3, 2, 342), "norte": (200, 1, 0, 200), None: (10**11, 1, 1, 10**11), "": (12, 1, 1, 12)}
POR_USUARIO = {"a": (10**11 + 1026, 3, 33333333675), "b": (1, 1, 1), None: (200, 1, 200), "": (12, 1, 12)}


def escribir(ruta: Path, filas: list[tuple] = FILAS) -> Path:
    regiones, usuarios, montos = (list(c) for c in zip(*filas)) if filas else ([], [], [])
    columnas = {"user_id": pa.array(usuarios, pa.string()), "producto_id": pa.nulls(len(filas), pa.string())}
    columnas |= {"monto": pa.array(montos, pa.float64()), "region": pa.array(regiones, pa.string())}
    pq.write_table(pa.table(columnas), ruta, row_group_size=4)
    return ruta


def correr(par: str, entrada: Path | str, salida: Path, *mas: str, interprete: str = sys.executable) -> subprocess.CompletedProcess:
    orden = [interprete, str(PEERS / par), "--entrada", str(entrada), "--salida", str(salida), *mas]
    return subprocess.run(orden, capture_output=True, text=True, timeout=300)


def test_the_reference_is_the_answer_worked_out_by_hand(tmp_path):
    entrada = escribir(tmp_path / "v.parquet")
    for clave, esperado in (("region", POR_REGION), ("usuario", POR_USUARIO)):
        tabla, leidas = referencia_final.calcular(entrada, clave)
        assert leidas == len(FILAS)
        assert tabla.column_names == final_comun.RESPUESTA[clave]
        filas = {tuple(f.values())[0]: tuple(f.values())[1:] for f in tabla.to_pylist()}
        assert filas == esperado


def test_the_reference_merges_partial_sums(tmp_path, monkeypatch):
    entrada = escribir(tmp_path / "v.parquet", FILAS * 7)
    entera = referencia_final.calcular(entrada, "region")[0]
    monkeypatch.setattr(referencia_final, "JUNTAR", 2)
    assert contenido.lineas(referencia_final.calcular(entrada, "region")[0]) == contenido.lineas(entera)
    vacia = referencia_final.calcular(escribir(tmp_path / "n.parquet", []), "region")[0]
    assert vacia.num_rows == 0


@pytest.mark.parametrize("par", PARES)
@pytest.mark.parametrize("clave", ["region", "usuario"])
def test_a_peer_gives_the_reference_cell_by_cell(par, clave, tmp_path):
    entrada = escribir(tmp_path / "v.parquet")
    esperada = contenido.lineas(referencia_final.calcular(entrada, clave)[0])
    for partes in ("0", "1"):
        hecho = correr(par, entrada, tmp_path / "r", "--clave", clave, "--repeticiones", "3", "--partes", partes)
        assert hecho.returncode == 0, hecho.stderr
        assert contenido.lineas(contenido.leer(tmp_path / "r")) == esperada
        dicho = json.loads(hecho.stdout.splitlines()[-1])
        if partes == "0":
            assert len(dicho["consultas_s"]) == 3 and dicho["consulta_s"] == dicho["consultas_s"][0] > 0
        else:
            assert {"leer", "agregar", "escribir"} <= dicho["partes_s"].keys()
            assert ("procesar" in dicho["partes_s"]) == (par == "final_pandas.py")
    assert sorted(p.name for p in tmp_path.iterdir()) == ["r", "v.parquet"]


@pytest.mark.parametrize("par", PARES)
def test_a_bad_call_has_its_code_and_writes_nothing(par, tmp_path):
    entrada = escribir(tmp_path / "v.parquet")
    (tmp_path / "texto.parquet").write_text("no es parquet")
    antes = {p.name: p.read_bytes() for p in tmp_path.iterdir()}
    for donde, salida, mas, codigo in [
        (tmp_path / "no.parquet", tmp_path / "r", [], 3),
        (tmp_path / "texto.parquet", tmp_path / "r", [], 3),
        (tmp_path, tmp_path / "r", [], 3),
        (entrada, tmp_path / "no" / "r", [], 5),
        (entrada, entrada, [], 2),
        (entrada, tmp_path / "r", ["--clave", "producto"], 2),
        (entrada, tmp_path / "r", ["--repeticiones", "0"], 2),
    ]:
        hecho = correr(par, donde, salida, *mas)
        assert hecho.returncode == codigo, (mas, hecho.stderr)
        assert "error: " in hecho.stderr and "Traceback" not in hecho.stderr
    assert {p.name: p.read_bytes() for p in tmp_path.iterdir()} == antes


def test_an_answer_takes_the_place_of_a_directory_or_of_a_file(tmp_path):
    salida = tmp_path / "r"
    for nueva in ("archivo", "carpeta", "archivo", "carpeta", "carpeta"):
        hecha = tmp_path / "hecha"
        if nueva == "carpeta":
            if salida.is_file():
                salida.unlink()
            hecha.mkdir()
            (hecha / "parte").write_text(nueva)
        else:
            hecha.write_text(nueva)
        final_comun.mover(hecha, salida)
        assert not hecha.exists()
        assert (salida / "parte" if nueva == "carpeta" else salida).read_text() == nueva


@pytest.mark.jvm
@pytest.mark.parametrize("ajuste", ["ninguno", "local"])
def test_spark_gives_the_reference_and_writes_one_file(ajuste, tmp_path):
    interprete = os.environ.get("ECOMMERCE_PYTHON_SPARK") or pytest.skip("ECOMMERCE_PYTHON_SPARK is not set")
    entrada = escribir(tmp_path / "v.parquet")
    hecho = correr("final_pyspark.py", entrada, tmp_path / "r", "--ajuste", ajuste, interprete=interprete)
    assert hecho.returncode == 0, hecho.stderr[-2000:]
    assert contenido.lineas(contenido.leer(tmp_path / "r")) == contenido.lineas(referencia_final.calcular(entrada, "region")[0])
    assert len(list((tmp_path / "r").glob("*.parquet"))) == 1
    assert json.loads(hecho.stdout.splitlines()[-1])["sesion_s"] > 0


def test_opaque_users_are_as_many_in_the_same_rows(tmp_path):
    entrada = escribir(tmp_path / "v.parquet")
    assert ids_opacos.main(["--entrada", str(entrada), "--salida", str(tmp_path / "o")]) == 0
    antes, despues = pq.read_table(entrada), pq.read_table(tmp_path / "o" / "ventas.parquet")
    assert despues.schema.equals(antes.schema)
    # As text: NaN is not equal to itself.
    assert str(despues.drop_columns("user_id").to_pylist()) == str(antes.drop_columns("user_id").to_pylist())
    parejas = set(zip(antes["user_id"].to_pylist(), despues["user_id"].to_pylist()))
    # One for each, nobody stays nobody, and none ends in its number: sixteen hexadecimal digits.
    assert len(parejas) == len({a for a, _ in parejas}) == len({b for _, b in parejas})
    assert all((a is None) == (b is None) and (b is None or len(b) == 16) for a, b in parejas)
    por_region = [referencia_final.calcular(f, "region")[0] for f in (entrada, tmp_path / "o" / "ventas.parquet")]
    assert por_region[0].sort_by("centavos").equals(por_region[1].sort_by("centavos"))
