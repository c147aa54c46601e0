"""Every peer of the workload `etl` gives the reference's three tables, cell by cell, and replaces a day without trace."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from decimal import Decimal
from pathlib import Path

import contenido
import eventos
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
import referencia_etl

PEERS = Path(referencia_etl.__file__).parent
TABLAS = {"metricas": "", "productos": "_productos", "cuarentena": "_cuarentena"}
PARES = [
    "etl_polars_python.py",
    pytest.param("etl_pyspark.py", marks=pytest.mark.jvm),
    pytest.param("EtlJava", marks=pytest.mark.jvm),
    pytest.param("analytics-ecommerce", marks=pytest.mark.binario),
]


@pytest.fixture(scope="session")
def referencia(entrada):
    return referencia_etl.calcular(entrada, eventos.FECHA)


def correr(par: str, entrada: Path, salida: Path, fecha: str = eventos.FECHA, codigo: int = 0) -> str:
    orden = [sys.executable, str(PEERS / par)]
    if "spark" in par:
        orden[0] = os.environ.get("ECOMMERCE_PYTHON_SPARK") or pytest.skip("ECOMMERCE_PYTHON_SPARK is not set")
    elif par == "EtlJava":
        orden = en_java(par)
    elif par == "analytics-ecommerce":
        orden = [os.environ.get("ECOMMERCE_BINARIO") or pytest.skip("ECOMMERCE_BINARIO is not set"), "--json"]
    orden += ["--fecha", fecha, "--entrada", str(entrada), "--salida", str(salida)]
    hecho = subprocess.run(orden, capture_output=True, text=True, timeout=600)
    assert hecho.returncode == codigo, hecho.stderr[-3000:]
    return hecho.stdout


def en_java(clase: str) -> list[str]:
    """A class of peers/jvm as the duel runs it."""
    python = os.environ.get("ECOMMERCE_PYTHON_SPARK") or pytest.skip("ECOMMERCE_PYTHON_SPARK is not set")
    jar = os.environ.get("ECOMMERCE_JVM_JAR") or pytest.skip("ECOMMERCE_JVM_JAR is not set")
    jars = Path(os.environ.get("ECOMMERCE_SPARK_JARS", PEERS.parents[1] / "target/jars/spark"))
    donde = subprocess.run([python, "-c", "import pyspark; print(pyspark.__path__[0])"], capture_output=True, text=True, check=True)
    return [f"{donde.stdout.strip()}/bin/spark-submit", "--driver-class-path", f"{jars}/*", "--class", clase, jar]


def comparar(salida: Path, referencia: referencia_etl.Referencia, fecha: str | None = eventos.FECHA) -> None:
    for nombre, tabla in referencia.tablas().items():
        escrita = contenido.leer(f"{salida}{TABLAS[nombre]}", fecha)
        assert contenido.columnas(escrita) == tabla.column_names
        tipos = {c: str(escrita.schema.field(c).type) for c in tabla.column_names}
        assert tipos == {c: str(tabla.schema.field(c).type) for c in tabla.column_names}
        assert [c for c in escrita.column_names if c.startswith("_")] == ["_procesado_en", "_version_pipeline"]
        obtenidas, esperadas = contenido.lineas(escrita), contenido.lineas(tabla)
        assert obtenidas == esperadas, json.dumps(contenido.diferencias(obtenidas, esperadas), ensure_ascii=False, indent=1)


# --- the reference itself, against what can be told by hand


def test_every_row_is_in_exactly_one_place_and_every_reason_occurs(entrada, referencia):
    leidas = sum(pq.read_metadata(p).num_rows for p in (entrada / f"fecha={eventos.FECHA}").glob("*.parquet"))
    assert referencia.filas == leidas
    motivos = set(referencia.cuarentena["motivo"].to_pylist())
    assert len(motivos) == 13
    lugares = list(zip(referencia.cuarentena["archivo"].to_pylist(), referencia.cuarentena["fila"].to_pylist()))
    assert len(set(lugares)) == len(lugares)


def motivos_de(filas: list[dict], tmp_path: Path) -> list[str | None]:
    dia = tmp_path / f"fecha={eventos.FECHA}"
    dia.mkdir(parents=True)
    pq.write_table(pa.Table.from_pylist(filas, schema=eventos.ESQUEMA), dia / "a.parquet")
    cuarentena = referencia_etl.calcular(tmp_path, eventos.FECHA).cuarentena
    hallados = dict(zip(cuarentena["fila"].to_pylist(), cuarentena["motivo"].to_pylist()))
    return [hallados.get(n) for n in range(1, len(filas) + 1)]


@pytest.mark.parametrize(
    ("cambio", "motivo"),
    [
        ({}, None),
        ({"evento_id": " \t\x0c"}, "falta_evento_id"),
        ({"evento_id": "\x0b"}, None),
        ({"tipo": "Compra"}, "tipo_desconocido"),
        ({"mensaje": "ñ" * 2049}, "texto_demasiado_largo"),
        ({"timestamp": 4_102_444_800_000_000}, "timestamp_imposible"),
        ({"timestamp": eventos.MEDIODIA + eventos.DIA // 2}, "fecha_fuera_de_la_particion"),
        ({"region": "", "tipo": "click"}, "falta_region"),
        ({"region": None, "tipo": "error"}, None),
        ({"user_id": None, "monto": None}, "falta_user_id"),
        ({"user_id": None, "tipo": "click"}, None),
        ({"monto": None}, "falta_monto"),
        ({"monto": float("-inf")}, "monto_no_finito"),
        ({"monto": 0.005}, "monto_no_positivo"),
        ({"monto": -1.0, "tipo": "click"}, None),
        ({"monto": 1e9}, None),
        ({"monto": 1_000_000_000.01}, "monto_fuera_de_rango"),
        ({"lat": float("nan"), "tipo": "error"}, "coordenada_imposible"),
    ],
)
def test_the_reference_knows_each_reason(cambio, motivo, tmp_path):
    assert motivos_de([eventos.fila(1, **cambio)], tmp_path) == [motivo]


def test_a_rejected_row_still_makes_the_next_one_a_duplicate(tmp_path):
    filas = [eventos.fila(1, tipo="nada"), eventos.fila(1), eventos.fila(2, evento_id=" "), eventos.fila(3, evento_id=" ")]
    assert motivos_de(filas, tmp_path) == ["tipo_desconocido", "duplicado", "falta_evento_id", "falta_evento_id"]


def test_a_day_worked_out_by_hand(tmp_path):
    # Cents 100 (1.005 is below its tie), 12 (0.125, a tie, to even) and 100001; two buyers of three visitors.
    filas = [
        eventos.fila(1, region="r", user_id="a", monto=1.005, producto_id=None),
        eventos.fila(2, region="r", user_id="b", monto=0.125, producto_id="p"),
        eventos.fila(3, region="r", user_id="b", monto=1000.01, producto_id="p"),
        eventos.fila(4, region="r", user_id="c", tipo="click", monto=None),
        eventos.fila(5, region="r", user_id=" ", tipo="agregar_carrito", monto=None),
        eventos.fila(6, region="otra", user_id="d", tipo="error", monto=None),
    ]
    dia = tmp_path / f"fecha={eventos.FECHA}"
    dia.mkdir()
    pq.write_table(pa.Table.from_pylist(filas, schema=eventos.ESQUEMA), dia / "a.parquet")
    referencia = referencia_etl.calcular(tmp_path, eventos.FECHA)
    (unica,) = referencia.metricas.to_pylist()
    assert unica == {
        "fecha": eventos.dia_de(),
        "region": "r",
        "revenue": Decimal("1001.13"),
        "revenue_premium": Decimal("1000.01"),
        "transacciones": 3,
        "transacciones_premium": 1,
        "ticket_promedio": Decimal("333.71"),
        "usuarios_unicos": 2,
        "visitantes": 3,
        "clicks": 1,
        "carritos": 1,
        "tasa_conversion": Decimal("0.666667"),
        "usuarios_unicos_dia": 2,
    }
    productos = {p["producto_id"]: (p["revenue"], p["transacciones"]) for p in referencia.productos.to_pylist()}
    assert productos == {None: (Decimal("1.00"), 1), "p": (Decimal("1000.13"), 2)}


# --- the peers against the reference


@pytest.mark.parametrize("par", PARES)
def test_a_peer_gives_the_reference_cell_by_cell(par, entrada, referencia, tmp_path):
    dicho = json.loads(correr(par, entrada, tmp_path / "metricas").splitlines()[-1])
    assert dicho.get("consulta_s", dicho.get("segundos", 0)) > 0
    comparar(tmp_path / "metricas", referencia)


@pytest.mark.parametrize("par", PARES)
def test_running_again_replaces_the_day_and_only_the_day(par, entrada, referencia, tmp_path):
    vecino = "2024-01-16"
    otra = tmp_path / "entrada"
    shutil.copytree(entrada, otra)
    limpias = [eventos.fila(n, timestamp=eventos.MEDIODIA + eventos.DIA) for n in range(1, 4)]
    (otra / f"fecha={vecino}").mkdir()
    pq.write_table(pa.Table.from_pylist(limpias, schema=eventos.ESQUEMA), otra / f"fecha={vecino}" / "a.parquet")
    salida = tmp_path / "metricas"
    for fecha in (vecino, eventos.FECHA, eventos.FECHA):
        correr(par, otra, salida, fecha)
    comparar(salida, referencia)
    comparar(salida, referencia_etl.calcular(otra, vecino), vecino)


@pytest.mark.parametrize("par", PARES)
def test_a_day_without_a_valid_row_is_refused_and_nothing_is_written(par, tmp_path):
    dia = tmp_path / "entrada" / f"fecha={eventos.FECHA}"
    dia.mkdir(parents=True)
    pq.write_table(pa.Table.from_pylist([eventos.fila(1, monto=-1.0)], schema=eventos.ESQUEMA), dia / "a.parquet")
    correr(par, tmp_path / "entrada", tmp_path / "metricas", codigo=3)
    assert sorted(p.name for p in tmp_path.iterdir()) == ["entrada"]
    correr(par, tmp_path / "entrada", tmp_path / "metricas", fecha="2030-01-01", codigo=3)
    assert sorted(p.name for p in tmp_path.iterdir()) == ["entrada"]
