"""The reference of the workload `revenue`, worked out by hand, and every Python peer beside it."""

from __future__ import annotations

import io
import json
import subprocess
import sys
from pathlib import Path

import consulta_repetida
import contenido
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
import referencia_revenue

PEERS = Path(referencia_revenue.__file__).parent
PARES = [
    ["revenue_polars_python.py"],
    ["revenue_polars_python.py", "--motor", "memoria"],
    ["revenue_pandas.py"],
    ["revenue_pandas.py", "--solo-columnas"],
    ["revenue_duckdb.py"],
    ["revenue_chdb.py"],
]
FILAS = [
    ("sur", 10.25),
    ("sur", -3.0),
    ("sur", 0.0),
    ("norte", None),
    ("norte", 0.01),
    ("ñandú 🏝", 1e9),
    ("it's \\N", 2.5),
    ("", 7.0),
]
CENTAVOS = {"": 700, "it's \\N": 250, "norte": 1, "sur": 1025, "ñandú 🏝": 10**11}


def escribir(ruta: Path, filas: list[tuple]) -> Path:
    regiones, montos = (list(c) for c in zip(*filas)) if filas else ([], [])
    columnas = {"extra": pa.nulls(len(filas), pa.string())}
    columnas |= {"monto": pa.array(montos, pa.float64()), "region": pa.array(regiones, pa.string())}
    pq.write_table(pa.table(columnas), ruta, row_group_size=3)
    return ruta


def correr(par: list[str], entrada: Path, salida: Path, *mas: str) -> subprocess.CompletedProcess:
    orden = [sys.executable, str(PEERS / par[0]), *par[1:], "--entrada", str(entrada), "--salida", str(salida), *mas]
    return subprocess.run(orden, capture_output=True, text=True, timeout=300)


def test_the_reference_adds_whole_cents_across_row_groups(tmp_path):
    tabla, sumadas, leidas = referencia_revenue.calcular(escribir(tmp_path / "v.parquet", FILAS))
    assert leidas == len(FILAS)
    assert {f["region"]: f["centavos"] for f in tabla.to_pylist()} == CENTAVOS
    assert sumadas == dict.fromkeys(CENTAVOS, 1)


def test_the_bound_is_none_for_few_rows_and_less_than_a_row_for_many():
    assert referencia_revenue.cota(10_000, 1_000_000_00) == 0
    # A region of the 100 million sales: 19.4 million rows that add up to 2 813 million; a row has 144 on average.
    assert referencia_revenue.cota(19_400_000, 281_318_235_227) == 606 < 281_318_235_227 // 19_400_000


def test_repetitions_may_differ_by_an_order_of_additions_and_by_no_row():
    assert consulta_repetida.misma({"sur": 281_318_235_228}, {"sur": 281_318_235_227})
    assert not consulta_repetida.misma({"sur": 281_318_235_227 - 14_400}, {"sur": 281_318_235_227})
    assert not consulta_repetida.misma({"sur": 101}, {"sur": 100})
    assert not consulta_repetida.misma({"sur": 100}, {"sur": 100, None: 0})


@pytest.mark.parametrize("par", PARES, ids=" ".join)
def test_a_peer_gives_the_reference_cell_by_cell(par, tmp_path):
    entrada = escribir(tmp_path / "v.parquet", FILAS)
    hecho = correr(par, entrada, tmp_path / "r.parquet", "--repeticiones", "3")
    assert hecho.returncode == 0, hecho.stderr
    tabla = contenido.leer(tmp_path / "r.parquet")
    assert {f["region"]: f["centavos"] for f in tabla.to_pylist()} == CENTAVOS
    assert contenido.lineas(tabla) == contenido.lineas(referencia_revenue.calcular(entrada)[0])
    dicho = json.loads(hecho.stdout.splitlines()[-1])
    assert len(dicho["consultas_s"]) == 3
    assert dicho["consulta_s"] == dicho["consultas_s"][0] > 0
    assert dicho["version"].split()[0] in par[0] or par[0].startswith("revenue_polars")


@pytest.mark.parametrize("par", PARES, ids=" ".join)
def test_a_peer_overwrites_its_output_and_keeps_it_when_it_fails(par, tmp_path):
    salida = tmp_path / "r.parquet"
    for filas, esperado in ((FILAS, CENTAVOS), ([("sur", 1.0)], {"sur": 100})):
        assert correr(par, escribir(tmp_path / "v.parquet", filas), salida).returncode == 0
        assert {f["region"]: f["centavos"] for f in pq.read_table(salida).to_pylist()} == esperado
    (tmp_path / "v.parquet").write_text("no es parquet")
    assert correr(par, tmp_path / "v.parquet", salida).returncode == 3
    assert pq.read_table(salida).num_rows == 1


def test_totals_become_cents_or_an_error():
    assert consulta_repetida.centavos([("b", 0.1 + 0.2), (None, 1.005), ("a", 3.0)]) == {None: 100, "a": 300, "b": 30}
    for total in (float("nan"), float("inf"), 2.0**46):
        with pytest.raises(consulta_repetida.NoEsDinero):
            consulta_repetida.centavos([("a", total)])


def test_repetitions_stop_at_the_number_or_at_the_time_and_must_agree():
    filas = lambda resultado: [("a", resultado)]  # noqa: E731
    assert len(consulta_repetida.repetir(lambda: 1.0, filas, 5, None)[1]) == 5
    assert len(consulta_repetida.repetir(lambda: 1.0, filas, 5, 0.0)[1]) == 2
    # A last digit may change, a cent may not.
    respuestas = iter([1.0, 1.0000000001, 1.01])
    with pytest.raises(RuntimeError, match="repetición 3"):
        consulta_repetida.repetir(lambda: next(respuestas), filas, 3, None)


def test_the_input_keeps_every_row_in_groups_of_a_mebirow(tmp_path):
    por_grupo, por_lote = 1 << 20, 1 << 16
    flujo = io.BytesIO()
    with pa.ipc.new_stream(flujo, pa.schema([("n", pa.int64())])) as escritor:
        for lote in range(18):
            cuantas = por_lote if lote < 17 else 5
            desde = lote * por_lote
            escritor.write_batch(pa.record_batch([pa.array(range(desde, desde + cuantas))], names=["n"]))
    orden = [sys.executable, str(PEERS / "revenue_entrada.py"), "--salida", str(tmp_path / "d")]
    hecho = subprocess.run(orden, input=flujo.getvalue(), capture_output=True, timeout=300)
    assert hecho.returncode == 0, hecho.stderr
    archivo = pq.ParquetFile(tmp_path / "d" / "ventas.parquet")
    grupos = [archivo.metadata.row_group(g).num_rows for g in range(archivo.num_row_groups)]
    assert grupos == [por_grupo, por_lote + 5]
    assert archivo.read()["n"].to_pylist() == list(range(por_grupo + por_lote + 5))
