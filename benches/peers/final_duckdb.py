"""Peer `duckdb` of the workload `final`: one `COPY (SELECT …) TO …`."""

from __future__ import annotations

import argparse
import sys

import duckdb
import final_comun


def abrir(elegido: argparse.Namespace) -> final_comun.Par:
    clave = final_comun.CLAVES[elegido.clave]
    columnas = ", ".join(c for c in final_comun.RESPUESTA[elegido.clave] if c != "media")
    usuarios = "CAST(count(DISTINCT user_id) AS BIGINT) AS usuarios," if clave == "region" else ""
    en_centavos = "CAST(round_even({} * 100, 0) AS BIGINT)".format
    suma = f"CAST(sum({en_centavos('monto')}) AS BIGINT)" if elegido.suma == "centavos" else en_centavos("sum(monto)")
    # The mean, half up: whole numbers divided.
    consulta = f"""
        SELECT {columnas}, (2 * centavos + ventas) // (2 * ventas) AS media FROM (
            SELECT {clave}, {usuarios} {suma} AS centavos, count(*) AS ventas
            FROM ventas WHERE monto > 0 AND monto <= {final_comun.MAXIMO}
            GROUP BY {clave}
        )"""
    conexion = duckdb.connect()
    # A view binds the file's footer once per statement, as a path in the query does.
    conexion.execute("CREATE VIEW ventas AS SELECT * FROM read_parquet(" + texto(elegido.entrada) + ")")

    def leer() -> None:
        # Batches as DuckDB hands them out, thrown away: decoded, never held together.
        necesarias = ", ".join(final_comun.COLUMNAS[elegido.clave])
        for _ in conexion.execute(f"SELECT {necesarias} FROM ventas").to_arrow_reader(1 << 17):
            pass

    def agregar() -> str:
        conexion.execute(f"CREATE OR REPLACE TEMP TABLE respuesta AS {consulta}")
        return "respuesta"

    def copiar(que: str, ruta: str) -> None:
        conexion.execute(f"COPY {que} TO {texto(ruta)} (FORMAT parquet)")

    return final_comun.Par(
        version=f"duckdb {duckdb.__version__}",
        leer=leer,
        agregar=agregar,
        escribir=copiar,
        trabajo=lambda ruta: copiar(f"({consulta})", ruta),
    )


def texto(valor: str) -> str:
    """A literal of SQL."""
    return "'" + valor.replace("'", "''") + "'"


if __name__ == "__main__":
    sys.exit(final_comun.correr(final_comun.con_suma(final_comun.opciones("El trabajo final con DuckDB.")).parse_args(), abrir))
