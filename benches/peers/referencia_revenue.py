"""Reference of the workload `revenue`: the answer in whole cents, without a float that is added to another.

    python referencia_revenue.py --entrada VENTAS.parquet --salida DIRECTORIO

pyarrow reads the two columns, one row group after the other; every amount becomes cents (`monto` × 100 rounded half to
even) and only integers are summed. No contestant computes like that: they add floats up and round the totals. Writes
`revenue.lineas` and `resumen.json`, as `referencia_etl.py` does for its tables, and `revenue.cotas`: how many cents a sum
of floats may be off, whatever the order of its additions (Higham, *Accuracy and Stability of Numerical Algorithms*, §4.2).
"""

from __future__ import annotations

import argparse
import json
import math
import sys
from collections import Counter
from pathlib import Path

import contenido
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

ESQUEMA = pa.schema([("region", pa.string()), pa.field("centavos", pa.int64(), nullable=False)])


#: Unit roundoff of a float: an addition is off by at most this part of its result.
REDONDEO = 2.0**-53


def cota(filas: int, centavos: int) -> int:
    """Cents by which the sum of so many positive floats may miss its total: n·u·Σ|x|, and the rounding to the cent."""
    return math.floor(filas * REDONDEO * centavos + 0.5)


def calcular(entrada: str | Path) -> tuple[pa.Table, Counter[str | None], int]:
    """Regions and cents of the rows with `monto > 0`, how many those are by region, and how many rows were read.

    NaN is not above zero.
    """
    archivo = pq.ParquetFile(entrada)
    suma: Counter[str | None] = Counter()
    filas: Counter[str | None] = Counter()
    for grupo in range(archivo.num_row_groups):
        tabla = archivo.read_row_group(grupo, columns=["monto", "region"])
        tabla = tabla.filter(pc.greater(tabla["monto"], 0.0))
        centavos = pc.round(pc.multiply(tabla["monto"], 100.0), round_mode="half_to_even").cast(pa.int64())
        parcial = pa.table({"region": tabla["region"].cast(pa.string()), "centavos": centavos})
        for fila in parcial.group_by("region").aggregate([("centavos", "sum"), ("centavos", "count")]).to_pylist():
            suma[fila["region"]] += fila["centavos_sum"]
            filas[fila["region"]] += fila["centavos_count"]
    columnas = [pa.array(list(suma), pa.string()), pa.array(list(suma.values()), pa.int64())]
    return pa.table(columnas, schema=ESQUEMA), filas, archivo.metadata.num_rows


def main(argumentos: list[str] | None = None) -> int:
    opciones = argparse.ArgumentParser(description="Referencia independiente del trabajo revenue (centavos enteros).")
    opciones.add_argument("--entrada", required=True, type=Path)
    opciones.add_argument("--salida", required=True, type=Path, help="directorio donde escribir la referencia")
    elegido = opciones.parse_args(argumentos)

    tabla, sumadas, leidas = calcular(elegido.entrada)
    filas = contenido.lineas(tabla)
    cotas = [cota(sumadas[fila["region"]], fila["centavos"]) for fila in tabla.to_pylist()]
    limites = contenido.lineas(tabla.set_column(1, "cota", pa.array(cotas, pa.int64())))
    elegido.salida.mkdir(parents=True, exist_ok=True)
    (elegido.salida / "revenue.lineas").write_bytes(b"\n".join(filas))
    (elegido.salida / "revenue.cotas").write_bytes(b"\n".join(limites))
    resumen = {"filas": leidas, "tablas": {"revenue": {"hash": contenido.resumen(filas), "filas": len(filas)}}}
    (elegido.salida / "resumen.json").write_text(json.dumps(resumen))
    print(json.dumps(resumen))
    return 0


if __name__ == "__main__":
    sys.exit(main())
