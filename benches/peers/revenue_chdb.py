"""Peer `chdb` of the workload `revenue`: the query in SQL, in ClickHouse embedded in the process."""

from __future__ import annotations

import json
import sys

import chdb
import consulta_repetida

# Numbers that JSON cannot write come as texts, and float() reads those.
AJUSTES = "SETTINGS output_format_json_quote_denormals = 1"


def texto(valor: str) -> str:
    """A literal of ClickHouse's SQL."""
    escapado = valor.replace("\\", "\\\\").replace("'", "\\'")
    return f"'{escapado}'"


def archivo(ruta: str) -> str:
    """A path, of which ClickHouse takes `*`, `?` and `{` for a pattern: such a one is refused."""
    if set(ruta) & set("*?{"):
        raise ValueError(f"chdb toma {ruta} por un patrón de nombres")
    return texto(ruta)


def main(argumentos: list[str] | None = None) -> int:
    elegido = consulta_repetida.opciones("Revenue por región con chDB.").parse_args(argumentos)
    elegido.entrada, elegido.salida = elegido.entrada.absolute(), elegido.salida.absolute()
    conexion = chdb.connect(":memory:")

    def consulta(entrada: str) -> bytes:
        tabla = f"file({archivo(entrada)}, Parquet)"
        orden = f"SELECT region, sum(monto) FROM {tabla} WHERE monto > 0 GROUP BY region {AJUSTES}"
        return conexion.query(orden, "JSONCompactEachRow").bytes()

    def filas(resultado: bytes) -> consulta_repetida.Totales:
        lineas = [json.loads(linea) for linea in resultado.splitlines()]
        return [(region, float(total)) for region, total in lineas]

    def escribir(regiones: list[str | None], centavos: list[int], salida: str) -> None:
        columnas = "region Nullable(String), centavos Int64"
        datos = "\n".join(json.dumps({"region": r, "centavos": c}) for r, c in zip(regiones, centavos, strict=True))
        conexion.query(
            f"INSERT INTO FUNCTION file({archivo(salida)}, Parquet, '{columnas}') "
            f"SELECT * FROM format(JSONEachRow, '{columnas}', {texto(datos)}) SETTINGS engine_file_truncate_on_insert = 1"
        )

    return consulta_repetida.correr(elegido, f"chdb {chdb.__version__}", consulta, filas, escribir)


if __name__ == "__main__":
    sys.exit(main())
