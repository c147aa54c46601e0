"""The definition in CONTENIDO.md, by its own worked example, and what must and must not change the hash."""

from __future__ import annotations

import json
import re
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from pathlib import Path

import contenido
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from deltalake import write_deltalake

DOCUMENTO = (Path(contenido.__file__).with_name("CONTENIDO.md")).read_text()
EPOCA = datetime(1970, 1, 1, tzinfo=UTC)


def ejemplo() -> pa.Table:
    ahora = datetime.now(UTC)
    micro = timedelta(microseconds=1)
    return pa.table(
        {
            "fecha": pa.array([date(2024, 1, 15)] * 3),
            "region": ["sur", None, "a\\b\nc"],
            "revenue": pa.array([Decimal("10.50"), Decimal("0.00"), Decimal("0.07")], pa.decimal128(18, 2)),
            "clicks": pa.array([3, -7, 0], pa.int64()),
            "peso": pa.array([1.5, float("nan"), -0.0]),
            "visto": pa.array([datetime(2024, 1, 15, tzinfo=UTC), None, EPOCA - micro], pa.timestamp("us", "UTC")),
            "_procesado_en": pa.array([ahora] * 3, pa.timestamp("us", "UTC")),
        }
    )


def test_the_worked_example_is_what_the_document_says(tmp_path):
    write_deltalake(str(tmp_path / "t"), ejemplo(), partition_by=["fecha"])
    filas = contenido.lineas(contenido.leer(tmp_path / "t"))
    escritas = re.search(r"ya ordenadas:\n\n```\n(.*?)\n```", DOCUMENTO, re.S).group(1)
    assert b"\n".join(filas).decode().replace("\x1f", "␟") == escritas
    assert contenido.resumen(filas) == re.search(r"SHA-256: `([0-9a-f]{64})`", DOCUMENTO).group(1)


def test_order_files_and_underscore_columns_do_not_count(tmp_path):
    datos = ejemplo()
    write_deltalake(str(tmp_path / "una"), datos)
    for fila in (2, 0, 1):
        write_deltalake(str(tmp_path / "otra"), datos.slice(fila, 1), mode="append", partition_by=["fecha"])
    otro_dia = datos.set_column(0, "fecha", pa.array([date(2024, 1, 16)] * 3))
    antes = contenido.contenido(tmp_path / "una")
    assert contenido.contenido(tmp_path / "otra") == antes
    write_deltalake(str(tmp_path / "otra"), otro_dia, mode="append")
    assert contenido.contenido(tmp_path / "otra") != antes
    assert contenido.contenido(tmp_path / "otra", "2024-01-15") == antes


def test_repeated_rows_count(tmp_path):
    datos = ejemplo()
    assert contenido.resumen(contenido.lineas(pa.concat_tables([datos, datos]))) != contenido.resumen(contenido.lineas(datos))


def test_texts_that_look_like_marks_stay_apart():
    def de(*textos):
        return contenido.lineas(pa.table({"a": pa.array([textos[0]], pa.string()), "b": pa.array([textos[1]], pa.string())}))[0]

    casos = [("\\N", "x"), (None, "x"), ("a\x1fb", "x"), ("a", "b\x1fx"), ("\\x1f", "x"), ("\n", "x"), ("\\n", "x"), ("", "x")]
    assert len({de(*caso) for caso in casos}) == len(casos)


def test_dictionaries_and_views_are_their_values():
    textos = ["sur", None, "sur"]
    llano = contenido.lineas(pa.table({"a": textos}))
    assert contenido.lineas(pa.table({"a": pa.array(textos).dictionary_encode()})) == llano
    assert contenido.lineas(pa.table({"a": pa.array(textos, pa.string_view())})) == llano


def test_a_missing_table_has_no_rows(tmp_path):
    assert contenido.contenido(tmp_path / "nada") == "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"


def test_undefined_types_are_refused():
    with pytest.raises(TypeError, match="list"):
        contenido.lineas(pa.table({"a": [[1], [2]]}))


def test_the_command_says_what_differs(tmp_path, capsys):
    write_deltalake(str(tmp_path / "t"), ejemplo())
    filas = contenido.lineas(contenido.leer(tmp_path / "t"))
    guardada = tmp_path / "r.lineas"
    guardada.write_bytes(b"\n".join(filas))
    assert contenido.main([str(tmp_path / "t"), "--contra", str(guardada)]) == 0
    guardada.write_bytes(b"\n".join(filas[:2] + [filas[2].replace(b"10.50", b"10.51")]))
    capsys.readouterr()
    assert contenido.main([str(tmp_path / "t"), "--contra", str(guardada)]) == 1
    informe = json.loads(capsys.readouterr().out)
    assert not informe["igual"]
    assert informe["diferencias"]["filas_de_mas"] == informe["diferencias"]["filas_de_menos"] == 1
    assert "10.50" in informe["diferencias"]["de_mas"][0] and "10.51" in informe["diferencias"]["de_menos"][0]


def test_a_bound_accepts_what_lies_within_it_and_says_how_far(tmp_path, capsys):
    guardada = tmp_path / "r.lineas"
    guardada.write_bytes(b"norte\x1f7\nsur\x1f1000")
    (tmp_path / "r.cotas").write_bytes(b"norte\x1f0\nsur\x1f2")

    def comparar(**filas: int) -> tuple[int, dict]:
        pq.write_table(pa.table({"region": list(filas), "centavos": list(filas.values())}), tmp_path / "t.parquet")
        codigo = contenido.main([str(tmp_path / "t.parquet"), "--contra", str(guardada)])
        return codigo, json.loads(capsys.readouterr().out)

    assert comparar(norte=7, sur=1000)[1]["desviacion"] == 0
    codigo, informe = comparar(norte=7, sur=998)
    assert (codigo, informe["igual"], informe["desviacion"]) == (0, True, 2)
    for filas in ({"norte": 8, "sur": 1000}, {"norte": 7, "sur": 1003}, {"norte": 7}, {"norte": 7, "sur": 1000, "este": 0}):
        codigo, informe = comparar(**filas)
        assert (codigo, informe["igual"]) == (1, False)
        assert informe["diferencias"]["de_mas"] or informe["diferencias"]["de_menos"]
