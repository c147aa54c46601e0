"""Reference of the workloads `final` and `final-usuario`: the answer in whole numbers, by an engine that no contestant uses.

    python referencia_final.py --entrada VENTAS.parquet --salida DIRECTORIO --clave region

pyarrow reads one row group after the other; the amounts of the rows that pass become cents (`monto` × 100 rounded half to even) and
are added up by region *and* user, integers throughout. Both answers are sums over that: of how many different users a region has,
the number of pairs. Writes `respuesta.lineas` and `resumen.json`, as `referencia_etl.py` does for its tables.
"""

from __future__ import annotations

import argparse
import json
import sys
from pathlib import Path

import contenido
import final_comun
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

#: Partial sums are merged whenever so many rows of them have gathered.
JUNTAR = 4_000_000


def por_region_y_usuario(entrada: str | Path) -> tuple[pa.Table, int]:
    """Cents and sales by region and user, and how many rows were read."""
    archivo = pq.ParquetFile(entrada)
    parciales: list[pa.Table] = []
    for grupo in range(archivo.num_row_groups):
        tabla = archivo.read_row_group(grupo, columns=["region", "user_id", "monto"])
        # NaN compares false with everything.
        pasa = pc.and_kleene(pc.greater(tabla["monto"], 0.0), pc.less_equal(tabla["monto"], final_comun.MAXIMO))
        tabla = tabla.filter(pasa)
        centavos = pc.round(pc.multiply(tabla["monto"], 100.0), round_mode="half_to_even").cast(pa.int64())
        texto = [tabla[c].cast(pa.large_string()) for c in ("region", "user_id")]
        unos = pa.chunked_array([pa.array([1] * tabla.num_rows, pa.int64())])
        parciales.append(juntar([pa.table([*texto, centavos, unos], names=["region", "user_id", "centavos", "ventas"])]))
        if sum(p.num_rows for p in parciales) > JUNTAR:
            parciales = [juntar(parciales)]
    vacia = pa.schema([("region", pa.large_string()), ("user_id", pa.large_string()), ("centavos", pa.int64()), ("ventas", pa.int64())])
    return (juntar(parciales) if parciales else vacia.empty_table()), archivo.metadata.num_rows


def juntar(parciales: list[pa.Table]) -> pa.Table:
    todas = pa.concat_tables(parciales).group_by(["region", "user_id"]).aggregate([("centavos", "sum"), ("ventas", "sum")])
    return todas.select(["region", "user_id", "centavos_sum", "ventas_sum"]).rename_columns(["region", "user_id", "centavos", "ventas"])


def calcular(entrada: str | Path, clave: str) -> tuple[pa.Table, int]:
    """The answer by `clave`, and how many rows were read."""
    pares, leidas = por_region_y_usuario(entrada)
    columna = final_comun.CLAVES[clave]
    agrupado = pares.group_by(columna).aggregate(
        [("centavos", "sum"), ("ventas", "sum"), ("user_id", "count")] if clave == "region" else [("centavos", "sum"), ("ventas", "sum")]
    )
    centavos, ventas = agrupado["centavos_sum"], agrupado["ventas_sum"]
    doble = pc.multiply(ventas, 2)
    # Whole numbers divided: what is dropped is what half up drops.
    media = pc.divide(pc.add(pc.multiply(centavos, 2), ventas), doble)
    columnas = {columna: agrupado[columna], "centavos": centavos, "ventas": ventas, "media": media}
    if clave == "region":
        columnas["usuarios"] = agrupado["user_id_count"]
    return pa.table(columnas).select(final_comun.RESPUESTA[clave]), leidas


def main(argumentos: list[str] | None = None) -> int:
    opciones = argparse.ArgumentParser(description="Referencia independiente del trabajo final (centavos enteros).")
    opciones.add_argument("--entrada", required=True, type=Path)
    opciones.add_argument("--salida", required=True, type=Path, help="directorio donde escribir la referencia")
    opciones.add_argument("--clave", choices=list(final_comun.CLAVES), default="region")
    elegido = opciones.parse_args(argumentos)
    tabla, leidas = calcular(elegido.entrada, elegido.clave)
    filas = contenido.lineas(tabla)
    elegido.salida.mkdir(parents=True, exist_ok=True)
    (elegido.salida / "respuesta.lineas").write_bytes(b"\n".join(filas))
    resumen = {"filas": leidas, "tablas": {"respuesta": {"hash": contenido.resumen(filas), "filas": len(filas)}}}
    (elegido.salida / "resumen.json").write_text(json.dumps(resumen))
    print(json.dumps(resumen))
    return 0


if __name__ == "__main__":
    sys.exit(main())
