"""Peer `chdb` of the workload `final`: one `INSERT INTO FUNCTION file(…) SELECT …`, in ClickHouse embedded in the process."""

from __future__ import annotations

import argparse
import os
import sys

import chdb
import final_comun


def abrir(elegido: argparse.Namespace) -> final_comun.Par:
    clave = final_comun.CLAVES[elegido.clave]
    usuarios = "toInt64(uniqExact(user_id)) AS usuarios," if clave == "region" else ""
    ventas = origen(elegido.entrada)
    consulta = f"""
        SELECT {clave}, sum(c) AS centavos, toInt64(count()) AS ventas, {usuarios}
               intDiv(2 * centavos + ventas, 2 * ventas) AS media
        FROM (
            SELECT region, user_id, toInt64(roundBankers(monto * 100)) AS c
            FROM {ventas} WHERE monto > 0 AND monto <= {final_comun.MAXIMO}
        )
        GROUP BY {clave}"""
    conexion = chdb.connect(":memory:")

    def leer() -> None:
        conexion.query(f"SELECT {', '.join(final_comun.COLUMNAS[elegido.clave])} FROM {ventas} FORMAT Null")

    def agregar() -> str:
        conexion.query("DROP TABLE IF EXISTS respuesta")
        conexion.query(f"CREATE TABLE respuesta ENGINE = Memory AS {consulta}")
        return "SELECT * FROM respuesta"

    def insertar(que: str, ruta: str) -> None:
        conexion.query(f"INSERT INTO FUNCTION file({literal(ruta)}, Parquet) {que}")

    return final_comun.Par(
        version=f"chdb {chdb.__version__}",
        leer=leer,
        agregar=agregar,
        escribir=insertar,
        trabajo=lambda ruta: insertar(consulta, ruta),
    )


def origen(entrada: str) -> str:
    """The table function of a file or of an object."""
    if final_comun.en_s3(entrada):
        claves = [os.environ[n] for n in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY")]
        url = os.environ["AWS_ENDPOINT_URL"].rstrip("/") + "/" + entrada.removeprefix("s3://")
        return f"s3({', '.join(literal(v) for v in (url, *claves, 'Parquet'))})"
    # A path, of which ClickHouse takes `*`, `?` and `{` for a pattern: such a one is refused.
    if set(entrada) & set("*?{"):
        raise ValueError("chdb toma ese nombre por un patrón")
    return f"file({literal(entrada)}, Parquet)"


def literal(valor: str) -> str:
    """A literal of ClickHouse's SQL."""
    escapado = valor.replace("\\", "\\\\").replace("'", "\\'")
    return f"'{escapado}'"


if __name__ == "__main__":
    sys.exit(final_comun.correr(final_comun.opciones("El trabajo final con chDB.").parse_args(), abrir))
