"""Reference of the workload `etl-diario`: the day's sales by region and segment straight from the Parquet files, by DuckDB.

It shares neither engine nor code with the contestants; money is summed as integers of cents, so nothing depends on an order.

    python referencia_etl_diario.py --fecha 2024-01-15 --entrada DIR --salida REFERENCIA

Writes `segmentos.lineas` (rows rendered as in CONTENIDO.md) and `resumen.json`, and prints the latter.
"""

from __future__ import annotations

import argparse
import json
import sys
from datetime import date
from decimal import Decimal
from pathlib import Path

import contenido
import duckdb
import pyarrow as pa

FIN_DE_LOS_TIEMPOS = 4_102_444_800_000_000  # 2100-01-01T00:00:00Z in microseconds
ESQUEMA = pa.schema(
    [("fecha", pa.date32()), ("region", pa.string()), ("segmento", pa.string()), ("revenue", pa.decimal128(18, 2))]
    + [("usuarios", pa.int64()), ("transacciones", pa.int64())]
)

VENTAS = """
SELECT region, CASE WHEN monto > 1000.0 THEN 'premium' ELSE 'standard' END AS segmento,
    sum(CAST(round_even(monto * 100, 0) AS HUGEINT)) AS centavos, count(DISTINCT user_id) AS usuarios, count(*) AS transacciones
FROM read_parquet($archivos, hive_partitioning = false)
WHERE monto > 0 AND isfinite(monto) AND monto <= 1e9 AND round_even(monto * 100, 0) >= 1
    AND epoch_us("timestamp") >= 0 AND epoch_us("timestamp") < {fin}
    AND CAST("timestamp" AT TIME ZONE 'UTC' AS DATE) = CAST($fecha AS DATE)
    AND {region} AND {usuario}
GROUP BY ALL
"""


def lleno(columna: str) -> str:
    """SQL for a text that says something once ASCII white space is trimmed, in no more than 4096 bytes."""
    return f"trim({columna}, ' ' || chr(9) || chr(10) || chr(12) || chr(13)) <> '' AND strlen({columna}) <= 4096"


def calcular(entrada: str | Path, fecha: str) -> tuple[pa.Table, int]:
    """The rows of the day's table, and the rows read."""
    archivos = sorted(str(p) for p in (Path(entrada) / f"fecha={fecha}").glob("*.parquet"))
    if not archivos:
        raise FileNotFoundError(f"no hay archivos Parquet en {Path(entrada) / f'fecha={fecha}'}")
    con = duckdb.connect()
    con.execute("SET TimeZone = 'UTC'; SET preserve_insertion_order = false")
    consulta = VENTAS.format(fin=FIN_DE_LOS_TIEMPOS, region=lleno("region"), usuario=lleno("user_id"))
    grupos = con.execute(consulta, {"archivos": archivos, "fecha": fecha}).fetchall()
    leidas = con.execute("SELECT count(*) FROM read_parquet($archivos, hive_partitioning = false)", {"archivos": archivos})
    dia = date.fromisoformat(fecha)
    filas = [(dia, region, segmento, Decimal(c).scaleb(-2), usuarios, n) for region, segmento, c, usuarios, n in sorted(grupos)]
    columnas = zip(*filas) if filas else [[]] * len(ESQUEMA)
    tabla = pa.table([pa.array(list(c), campo.type) for c, campo in zip(columnas, ESQUEMA)], schema=ESQUEMA)
    return tabla, leidas.fetchone()[0]


def main(argumentos: list[str] | None = None) -> int:
    opciones = argparse.ArgumentParser(description="Referencia independiente del trabajo etl-diario (DuckDB).")
    opciones.add_argument("--fecha", required=True)
    opciones.add_argument("--entrada", required=True)
    opciones.add_argument("--salida", required=True, help="directorio donde escribir la referencia")
    elegido = opciones.parse_args(argumentos)

    tabla, leidas = calcular(elegido.entrada, elegido.fecha)
    salida = Path(elegido.salida)
    salida.mkdir(parents=True, exist_ok=True)
    filas = contenido.lineas(tabla)
    (salida / "segmentos.lineas").write_bytes(b"\n".join(filas))
    resumen = {"filas": leidas, "tablas": {"segmentos": {"hash": contenido.resumen(filas), "filas": len(filas)}}}
    (salida / "resumen.json").write_text(json.dumps(resumen))
    print(json.dumps(resumen))
    return 0


if __name__ == "__main__":
    sys.exit(main())
