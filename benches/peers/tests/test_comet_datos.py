"""The tables of exercise 16.4.3: the same for the same seed, with what the queries need in them."""

from __future__ import annotations

import datetime

import comet_datos
import pyarrow.compute as pc
import pyarrow.parquet as pq


def test_the_same_seed_gives_the_same_tables(tmp_path):
    leidas = []
    for carpeta in ("una", "otra"):
        orden = ["--salida", str(tmp_path / carpeta), "--ventas", "5000", "--clientes", "300", "--sf", "0"]
        assert comet_datos.main(orden) == 0
        leidas.append({n: pq.read_table(tmp_path / carpeta / f"{n}.parquet") for n in ("ventas", "clientes")})
    assert leidas[0]["ventas"].equals(leidas[1]["ventas"])
    assert leidas[0]["clientes"].equals(leidas[1]["clientes"])
    assert not (tmp_path / "una" / "lineitem.parquet").exists()


def test_sales_have_refunds_nulls_strangers_and_days_on_both_sides_of_the_filter():
    ventas = comet_datos.ventas(20_000, 500, 42)
    monto, usuario, fecha = ventas["monto"], ventas["user_id"], ventas["fecha"]
    assert 200 < monto.null_count < 600
    assert 600 < pc.sum(pc.less(monto, 0)).as_py() < 1_400
    assert 0 < pc.sum(pc.greater_equal(usuario, 500)).as_py() < 400
    corte = datetime.date(2024, 1, 1)
    assert pc.min(fecha).as_py() < corte <= pc.max(fecha).as_py()
    # Cents: no amount has a third decimal.
    assert pc.all(pc.less(pc.abs(pc.subtract(monto, pc.round(monto, 2))), 1e-9)).as_py()
