"""Reference of the workload `etl`: the day's three tables straight from the Parquet files, by DuckDB and Python integers.

It shares neither engine nor code with the contestants. Money is summed as integers of cents and divided in Python, so
nothing in it depends on the order of the rows.

    python referencia_etl.py --fecha 2024-01-15 --entrada DIR --salida REFERENCIA [--zona America/Bogota]

Writes `metricas.lineas`, `productos.lineas` and `cuarentena.lineas` (rows rendered as in CONTENIDO.md) and
`resumen.json`, and prints the latter.
"""

from __future__ import annotations

import argparse
import json
import sys
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from pathlib import Path

import duckdb
import pyarrow as pa

import contenido

TEXTOS = ("evento_id", "tipo", "user_id", "session_id", "producto_id", "region", "pagina", "mensaje")
COLUMNAS = (
    "evento_id", "tipo", "user_id", "session_id", "producto_id", "monto",
    "region", "pagina", "mensaje", "timestamp", "lat", "lon",
)  # fmt: skip
FIN_DE_LOS_TIEMPOS = 4_102_444_800_000_000  # 2100-01-01T00:00:00Z in microseconds

CLASIFICAR = """
CREATE TEMP TABLE eventos AS
WITH crudo AS (
    SELECT substr(filename, $prefijo) AS archivo, file_row_number + 1 AS fila, {columnas}
    FROM read_parquet($archivos, filename = true, file_row_number = true, hive_partitioning = false)
), contado AS (
    SELECT *, row_number() OVER (PARTITION BY evento_id ORDER BY archivo, fila) AS aparicion FROM crudo
)
SELECT * EXCLUDE (aparicion), CASE
    WHEN {id_vacio} THEN 'falta_evento_id'
    WHEN aparicion > 1 THEN 'duplicado'
    WHEN tipo IS NULL OR tipo NOT IN ('compra', 'click', 'agregar_carrito', 'error') THEN 'tipo_desconocido'
    WHEN {texto_largo} THEN 'texto_demasiado_largo'
    WHEN "timestamp" IS NULL OR epoch_us("timestamp") < 0 OR epoch_us("timestamp") >= {fin} THEN 'timestamp_imposible'
    WHEN CAST("timestamp" AT TIME ZONE $zona AS DATE) <> CAST($fecha AS DATE) THEN 'fecha_fuera_de_la_particion'
    WHEN tipo <> 'error' AND {region_vacia} THEN 'falta_region'
    WHEN tipo = 'compra' AND {user_vacio} THEN 'falta_user_id'
    WHEN tipo = 'compra' AND monto IS NULL THEN 'falta_monto'
    WHEN tipo = 'compra' AND NOT isfinite(monto) THEN 'monto_no_finito'
    WHEN tipo = 'compra' AND (monto <= 0 OR round_even(monto * 100, 0) = 0) THEN 'monto_no_positivo'
    WHEN tipo = 'compra' AND monto > 1e9 THEN 'monto_fuera_de_rango'
    WHEN lat IS NOT NULL AND (NOT isfinite(lat) OR abs(lat) > 90) THEN 'coordenada_imposible'
    WHEN lon IS NOT NULL AND (NOT isfinite(lon) OR abs(lon) > 180) THEN 'coordenada_imposible'
END AS motivo
FROM contado
"""

VENTAS = """
CREATE TEMP VIEW ventas AS
SELECT region, producto_id, user_id, CAST(round_even(monto * 100, 0) AS BIGINT) AS centavos, monto > 1000.0 AS premium
FROM eventos WHERE motivo IS NULL AND tipo = 'compra'
"""

METRICAS = """
SELECT e.region, coalesce(v.revenue, 0), coalesce(v.revenue_premium, 0), coalesce(v.transacciones, 0),
    coalesce(v.transacciones_premium, 0), coalesce(v.usuarios_unicos, 0), e.visitantes, e.clicks, e.carritos,
    (SELECT count(DISTINCT user_id) FROM ventas)
FROM (
    SELECT region, count(DISTINCT CASE WHEN NOT {user_vacio} THEN user_id END) AS visitantes,
        count(*) FILTER (tipo = 'click') AS clicks, count(*) FILTER (tipo = 'agregar_carrito') AS carritos
    FROM eventos WHERE motivo IS NULL AND tipo <> 'error' GROUP BY region
) e LEFT JOIN (
    SELECT region, sum(centavos) AS revenue, sum(centavos) FILTER (premium) AS revenue_premium,
        count(*) AS transacciones, count(*) FILTER (premium) AS transacciones_premium,
        count(DISTINCT user_id) AS usuarios_unicos
    FROM ventas GROUP BY region
) v USING (region)
"""


@dataclass(frozen=True)
class Referencia:
    """The day's tables without the columns that start with an underscore, and the rows read."""

    metricas: pa.Table
    productos: pa.Table
    cuarentena: pa.Table
    filas: int

    def tablas(self) -> dict[str, pa.Table]:
        return {"metricas": self.metricas, "productos": self.productos, "cuarentena": self.cuarentena}


def vacio(columna: str) -> str:
    """SQL for null or blank: nothing left once ASCII white space (space, tab, LF, FF, CR) is trimmed."""
    return f"({columna} IS NULL OR trim({columna}, ' ' || chr(9) || chr(10) || chr(12) || chr(13)) = '')"


def mitad_arriba(numerador: int, denominador: int) -> int:
    """The quotient of two non-negative integers rounded to the nearest, halves up."""
    return (2 * numerador + denominador) // (2 * denominador)


def calcular(entrada: str | Path, fecha: str, zona: str = "UTC") -> Referencia:
    """The contract and the metrics of one day of `entrada`, a directory with `fecha=AAAA-MM-DD/*.parquet`."""
    dia = date.fromisoformat(fecha)
    raiz = Path(entrada).resolve()
    archivos = sorted(str(p) for p in (raiz / f"fecha={fecha}").glob("*.parquet"))
    if not archivos:
        raise FileNotFoundError(f"no hay archivos Parquet en {raiz / f'fecha={fecha}'}")
    con = duckdb.connect()
    con.execute("SET TimeZone = 'UTC'; SET preserve_insertion_order = false")
    piezas = {
        "columnas": ", ".join(f'"{c}"' for c in COLUMNAS),
        "id_vacio": vacio("evento_id"),
        "region_vacia": vacio("region"),
        "user_vacio": vacio("user_id"),
        "texto_largo": " OR ".join(f"coalesce(strlen({c}) > 4096, false)" for c in TEXTOS),
        "fin": FIN_DE_LOS_TIEMPOS,
    }
    valores = {"archivos": archivos, "prefijo": len(str(raiz)) + 2, "zona": zona, "fecha": fecha}
    con.execute(CLASIFICAR.format(**piezas), valores)
    con.execute(VENTAS)
    regiones = con.execute(METRICAS.format(**piezas)).fetchall()
    productos = con.execute("SELECT producto_id, sum(centavos), count(*) FROM ventas GROUP BY producto_id").fetchall()
    originales = ", ".join(f'"{c}"' for c in COLUMNAS)
    cuarentena = con.sql(
        f"SELECT CAST($dia AS DATE) AS fecha, archivo, fila, motivo, {originales} FROM eventos WHERE motivo IS NOT NULL",
        params={"dia": fecha},
    ).to_arrow_table()
    filas = con.execute("SELECT count(*) FROM eventos").fetchone()[0]
    return Referencia(_metricas(dia, regiones), _productos(dia, productos), cuarentena, filas)


def _metricas(dia: date, regiones: list[tuple]) -> pa.Table:
    dinero, tasa = pa.decimal128(18, 2), pa.decimal128(9, 6)
    esquema = pa.schema(
        [("fecha", pa.date32()), ("region", pa.string()), ("revenue", dinero), ("revenue_premium", dinero)]
        + [("transacciones", pa.int64()), ("transacciones_premium", pa.int64()), ("ticket_promedio", dinero)]
        + [(c, pa.int64()) for c in ("usuarios_unicos", "visitantes", "clicks", "carritos")]
        + [("tasa_conversion", tasa), ("usuarios_unicos_dia", pa.int64())]
    )
    filas = []
    for region, revenue, premium, ventas, ventas_premium, compradores, visitantes, clicks, carritos, del_dia in regiones:
        ticket = None if ventas == 0 else _decimal(mitad_arriba(int(revenue), ventas), 2)
        conversion = None if visitantes == 0 else _decimal(mitad_arriba(compradores * 10**6, visitantes), 6)
        filas.append(
            (dia, region, _decimal(revenue, 2), _decimal(premium, 2), ventas, ventas_premium, ticket)
            + (compradores, visitantes, clicks, carritos, conversion, del_dia)
        )
    return _tabla(filas, esquema)


def _productos(dia: date, productos: list[tuple]) -> pa.Table:
    esquema = pa.schema(
        [("fecha", pa.date32()), ("producto_id", pa.string()), ("revenue", pa.decimal128(18, 2))]
        + [("transacciones", pa.int64())]
    )
    return _tabla([(dia, producto, _decimal(centavos, 2), n) for producto, centavos, n in productos], esquema)


def _decimal(entero: int, escala: int) -> Decimal:
    return Decimal(int(entero)).scaleb(-escala)


def _tabla(filas: list[tuple], esquema: pa.Schema) -> pa.Table:
    columnas = zip(*filas) if filas else [[]] * len(esquema)
    return pa.table([pa.array(list(c), campo.type) for c, campo in zip(columnas, esquema)], schema=esquema)


def main(argumentos: list[str] | None = None) -> int:
    opciones = argparse.ArgumentParser(description="Referencia independiente del trabajo etl (DuckDB).")
    opciones.add_argument("--fecha", required=True)
    opciones.add_argument("--entrada", required=True)
    opciones.add_argument("--salida", required=True, help="directorio donde escribir la referencia")
    opciones.add_argument("--zona", default="UTC")
    elegido = opciones.parse_args(argumentos)

    referencia = calcular(elegido.entrada, elegido.fecha, elegido.zona)
    salida = Path(elegido.salida)
    salida.mkdir(parents=True, exist_ok=True)
    resumen: dict = {"filas": referencia.filas, "tablas": {}}
    for nombre, tabla in referencia.tablas().items():
        filas = contenido.lineas(tabla)
        (salida / f"{nombre}.lineas").write_bytes(b"\n".join(filas))
        resumen["tablas"][nombre] = {"hash": contenido.resumen(filas), "filas": len(filas)}
    (salida / "resumen.json").write_text(json.dumps(resumen))
    print(json.dumps(resumen))
    return 0


if __name__ == "__main__":
    sys.exit(main())
