"""Compares a result with DuckDB's answer to the same question, row by row.

    python comparar_duckdb.py agregar|unir|ordenar EVENTOS CLIENTES RESULTADO
"""

import sys

import duckdb

operacion, eventos, clientes, resultado = sys.argv[1:5]
base = duckdb.connect(config={"threads": 2})
base.execute("SET preserve_insertion_order = true")
base.sql(f"CREATE VIEW eventos AS SELECT * FROM read_parquet('{eventos}')")
base.sql(f"CREATE VIEW clientes AS SELECT * FROM read_parquet('{clientes}')")
base.sql(f"CREATE VIEW resultado AS SELECT * FROM read_parquet('{resultado}', file_row_number = true)")

if operacion == "agregar":
    esperado = """
        SELECT region, count(*) AS eventos,
               sum(CASE WHEN monto > 0 AND isfinite(monto) THEN round_even(monto * 100, 0)::BIGINT ELSE 0 END) AS centavos,
               sum(strlen(mensaje)) AS bytes
        FROM eventos GROUP BY region"""
    orden = "ORDER BY region NULLS FIRST"
elif operacion == "unir":
    esperado = "SELECT e.*, c.segmento, c.alta FROM eventos e JOIN clientes c USING (user_id)"
    orden = None
else:
    esperado = "SELECT * FROM eventos"
    orden = "ORDER BY evento_id"

# Wide texts by their hash: the comparison is of rows, not of memory.
def filas(tabla: str) -> str:
    columnas = base.sql(f"SELECT * FROM ({esperado}) LIMIT 0").columns
    valores = ", ".join(f"md5({c}) AS {c}" if c == "mensaje" else c for c in columnas)
    return f"SELECT {valores} FROM ({tabla})"


iguales = base.sql("SELECT count(*) FROM resultado").fetchall()[0][0]
assert base.sql(f"SELECT count(*) FROM ({esperado})").fetchall()[0][0] == iguales
for una, otra in [("SELECT * FROM resultado", esperado), (esperado, "SELECT * FROM resultado")]:
    sobran = base.sql(f"{filas(una)} EXCEPT ALL {filas(otra)}").fetchall()
    assert not sobran, sobran[:3]
if orden:
    clave = orden.split()[2]
    nuestro = base.sql(f"SELECT {clave} FROM resultado ORDER BY file_row_number").fetchall()
    suyo = base.sql(f"SELECT {clave} FROM ({esperado}) {orden}").fetchall()
    assert nuestro == suyo
print(f"{iguales} filas iguales")
