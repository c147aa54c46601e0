"""How Spark's answers become text; the comparison itself is a test of the exercise's crate."""

from __future__ import annotations

import datetime as dt
import decimal
import subprocess
import sys
from pathlib import Path

import spark_sql_spark


class Fila(tuple):
    """As pyspark's Row: a tuple that knows its names."""

    def asDict(self) -> dict:  # noqa: N802
        return {"a": self[0], "b": self[1]}


def test_cells_are_written_as_arrow_writes_them():
    for valor, texto in (
        (None, "NULL"),
        (True, "true"),
        (3, "3"),
        (3.0, "3.0"),
        (float("nan"), "NaN"),
        (float("-inf"), "-inf"),
        (decimal.Decimal("0.3000"), "0.3000"),
        (dt.date(2024, 1, 15), "2024-01-15"),
        (dt.datetime(2024, 1, 15, 10, 20, 30), "2024-01-15T10:20:30"),
        (dt.timedelta(days=29), "29 days"),
        ([1, None], "[1, NULL]"),
        ({"a": 1}, "{a: 1}"),
        (Fila((1, "x")), "{a: 1, b: x}"),
        (b"\x01\xff", "01ff"),
    ):
        assert spark_sql_spark.celda(valor) == texto


def test_an_error_is_told_without_its_stack_and_its_position():
    error = ValueError("[CAST_OVERFLOW] The value\n  overflows. SQLSTATE: 22003\n== SQL (line 1) ==\nSELECT")
    assert spark_sql_spark.primera_linea(error) == "[CAST_OVERFLOW] The value overflows."
    assert len(spark_sql_spark.primera_linea(ValueError("x" * 500))) == spark_sql_spark.LARGO


def test_a_list_that_cannot_be_read_leaves_with_3(tmp_path):
    lista = tmp_path / "s.json"
    lista.write_text("no es json")
    for cual in (lista, tmp_path / "no.json"):
        orden = [sys.executable, str(Path(spark_sql_spark.__file__)), "--sentencias", str(cual), "--salida", "x"]
        hecho = subprocess.run(orden, capture_output=True, text=True, timeout=60)
        assert (hecho.returncode, hecho.stdout) == (3, "")
