"""The same statements to every engine: which of them does each one answer, and rightly?

    python sql.py duckdb|datafusion|polars|chdb

Two tables: t(k, n) with a 1, a 2, b 3, and u(k, m) with a 10, c 30. Every statement stands once, as the SQL standard or DuckDB
writes it, and has one right answer; an engine that has another word for the same thing does not count as having it.
Prints a JSON object: statement by name, and `si`, `distinto` (it answers something else) or `no` (it refuses).
"""

from __future__ import annotations

import json
import sys

T = [("a", 1), ("a", 2), ("b", 3)]
U = [("a", 10), ("c", 30)]

SENTENCIAS: dict[str, tuple[str, list[tuple]]] = {
    "ROW_NUMBER() OVER": ("SELECT k, n, ROW_NUMBER() OVER (PARTITION BY k ORDER BY n DESC) FROM t", [("a", 1, 2), ("a", 2, 1), ("b", 3, 1)]),
    "QUALIFY": ("SELECT k, n FROM t QUALIFY ROW_NUMBER() OVER (PARTITION BY k ORDER BY n DESC) = 1", [("a", 2), ("b", 3)]),
    "LAG() OVER": ("SELECT n, LAG(n) OVER (ORDER BY n) FROM t", [(1, None), (2, 1), (3, 2)]),
    "ROWS BETWEEN": ("SELECT n, SUM(n) OVER (ORDER BY n ROWS BETWEEN 1 PRECEDING AND CURRENT ROW) FROM t", [(1, 1), (2, 3), (3, 5)]),
    "RANGE BETWEEN": ("SELECT n, SUM(n) OVER (ORDER BY n RANGE BETWEEN 1 PRECEDING AND 1 FOLLOWING) FROM t", [(1, 3), (2, 6), (3, 5)]),
    "WINDOW con nombre": ("SELECT n, SUM(n) OVER w FROM t WINDOW w AS (PARTITION BY k)", [(1, 3), (2, 3), (3, 3)]),
    "FILTER (WHERE …)": ("SELECT SUM(n) FILTER (WHERE k = 'a') FROM t", [(3,)]),
    "COUNT(DISTINCT …)": ("SELECT COUNT(DISTINCT k) FROM t", [(2,)]),
    "GROUPING SETS": ("SELECT k, SUM(n) FROM t GROUP BY GROUPING SETS ((k), ())", [("a", 3), ("b", 3), (None, 6)]),
    "ROLLUP": ("SELECT k, SUM(n) FROM t GROUP BY ROLLUP (k)", [("a", 3), ("b", 3), (None, 6)]),
    "CUBE": ("SELECT k, SUM(n) FROM t GROUP BY CUBE (k)", [("a", 3), ("b", 3), (None, 6)]),
    "GROUP BY ALL": ("SELECT k, SUM(n) FROM t GROUP BY ALL", [("a", 3), ("b", 3)]),
    "WITH RECURSIVE": ("WITH RECURSIVE r(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM r WHERE i < 3) SELECT i FROM r", [(1,), (2,), (3,)]),
    "subconsulta escalar correlacionada": ("SELECT n FROM t WHERE n = (SELECT MAX(x.n) FROM t AS x WHERE x.k = t.k)", [(2,), (3,)]),
    "EXISTS correlacionado": ("SELECT n FROM t WHERE EXISTS (SELECT 1 FROM u WHERE u.k = t.k)", [(1,), (2,)]),
    "LATERAL": ("SELECT t.n, x.m FROM t, LATERAL (SELECT u.m FROM u WHERE u.k = t.k) AS x", [(1, 10), (2, 10)]),
    "FULL OUTER JOIN": ("SELECT t.n, u.m FROM t FULL OUTER JOIN u ON t.k = u.k", [(1, 10), (2, 10), (3, None), (None, 30)]),
    "NATURAL JOIN": ("SELECT n, m FROM t NATURAL JOIN u", [(1, 10), (2, 10)]),
    "JOIN con desigualdad": ("SELECT t.n, u.m FROM t JOIN u ON t.n * 10 >= u.m", [(1, 10), (2, 10), (3, 10), (3, 30)]),
    "ASOF JOIN": ("SELECT t.n, u.m FROM t ASOF JOIN u ON t.k = u.k AND t.n * 10 >= u.m", [(1, 10), (2, 10)]),
    "INTERSECT": ("SELECT k FROM t INTERSECT SELECT k FROM u", [("a",)]),
    "EXCEPT": ("SELECT k FROM t EXCEPT SELECT k FROM u", [("b",)]),
    "DISTINCT ON": ("SELECT DISTINCT ON (k) k, n FROM t ORDER BY k, n DESC", [("a", 2), ("b", 3)]),
    "SELECT * EXCLUDE": ("SELECT * EXCLUDE (k) FROM t", [(1,), (2,), (3,)]),
    "PIVOT": ("SELECT a, b FROM (PIVOT t ON k IN ('a', 'b') USING SUM(n)) AS p", [(3, 3)]),
    "VALUES": ("SELECT x FROM (VALUES (1), (2)) AS v(x)", [(1,), (2,)]),
    "PERCENTILE_CONT WITHIN GROUP": ("SELECT PERCENTILE_CONT(0.5) WITHIN GROUP (ORDER BY n) FROM t", [(2,)]),
    "STRING_AGG ORDER BY": ("SELECT STRING_AGG(k, ',' ORDER BY n DESC) FROM t", [("b,a,a",)]),
    "UNNEST": ("SELECT UNNEST([1, 2])", [(1,), (2,)]),
    "IGNORE NULLS": ("SELECT n, LAST_VALUE(m) IGNORE NULLS OVER (ORDER BY n) FROM (SELECT n, CASE WHEN n < 3 THEN n END AS m FROM t) AS x", [(1, 1), (2, 2), (3, 2)]),
}


def duckdb():
    import duckdb

    conexion = duckdb.connect()
    conexion.execute("CREATE TABLE t (k VARCHAR, n INTEGER)")
    conexion.execute("CREATE TABLE u (k VARCHAR, m INTEGER)")
    conexion.executemany("INSERT INTO t VALUES (?, ?)", T)
    conexion.executemany("INSERT INTO u VALUES (?, ?)", U)
    return lambda sql: conexion.execute(sql).fetchall()


def datafusion():
    import datafusion
    import pyarrow as pa

    contexto = datafusion.SessionContext()
    for nombre, filas, columna in (("t", T, "n"), ("u", U, "m")):
        claves, numeros = zip(*filas)
        tabla = pa.table({"k": list(claves), columna: pa.array(numeros, pa.int32())})
        contexto.register_record_batches(nombre, [tabla.to_batches()])

    def consultar(sql: str) -> list[tuple]:
        lotes = contexto.sql(sql).collect()
        return [tuple(fila) for lote in lotes for fila in zip(*(c.to_pylist() for c in lote.columns))]

    return consultar


def polars():
    import polars as pl

    tablas = {"t": pl.DataFrame(T, schema=["k", "n"], orient="row"), "u": pl.DataFrame(U, schema=["k", "m"], orient="row")}
    contexto = pl.SQLContext(tablas)
    return lambda sql: contexto.execute(sql).collect().rows()


def chdb():
    import chdb

    conexion = chdb.connect(":memory:")
    # As the standard has it: an outer join gives nulls, and so does a window without a row before.
    conexion.query("SET join_use_nulls = 1")
    for nombre, filas, columna in (("t", T, "n"), ("u", U, "m")):
        conexion.query(f"CREATE TABLE {nombre} (k Nullable(String), {columna} Nullable(Int32)) ENGINE = Memory")
        conexion.query(f"INSERT INTO {nombre} VALUES {', '.join(str(f) for f in filas)}")

    def consultar(sql: str) -> list[tuple]:
        dicho = conexion.query(sql, "JSONCompactEachRow").bytes().decode()
        return [tuple(json.loads(linea)) for linea in dicho.splitlines()]

    return consultar


def clave(fila: tuple) -> list:
    return [(celda is not None, str(celda)) for celda in fila]


def veredicto(consultar, sql: str, esperado: list[tuple]) -> str:
    try:
        filas = [tuple(fila) for fila in consultar(sql)]
    except BaseException as error:  # a panic of a library is no Exception
        if isinstance(error, KeyboardInterrupt):
            raise
        return "no"
    return "si" if sorted(filas, key=clave) == sorted(esperado, key=clave) else "distinto"


if __name__ == "__main__":
    consultar = {"duckdb": duckdb, "datafusion": datafusion, "polars": polars, "chdb": chdb}[sys.argv[1]]()
    print(json.dumps({nombre: veredicto(consultar, *caso) for nombre, caso in SENTENCIAS.items()}, ensure_ascii=False))
