"""Peer `polars` of 16.4.2: a Python function for each row (`map_elements`) or for each batch (`map_batches`), and Polars' own expressions (`nativa`).

See udf_medida.py for the command line and what is timed.
"""

from __future__ import annotations

import sys
import warnings

import polars as pl
import udf_medida


def nativa() -> pl.Expr:
    lat1, lon1, lat2, lon2 = map(pl.col, udf_medida.COLUMNAS)
    phi1, phi2 = lat1.radians(), lat2.radians()
    a = ((phi2 - phi1) / 2.0).sin().pow(2.0) + phi1.cos() * phi2.cos() * ((lon2 - lon1).radians() / 2.0).sin().pow(2.0)
    return pl.lit(2.0 * udf_medida.RADIO_KM) * a.clip(upper_bound=1.0).sqrt().arcsin()


def por_fila(par: dict[str, float]) -> float:
    return udf_medida.una_fila(*par.values())


def por_lote(columnas: list[pl.Series]) -> pl.Series:
    return pl.Series(udf_medida.en_numpy(*(columna.to_numpy() for columna in columnas)))


def main() -> int:
    elegido = udf_medida.opciones("La distancia con Polars.", ("map_elements", "map_batches", "nativa"))
    # That it is slow is what is measured.
    warnings.simplefilter("ignore")
    columnas = list(udf_medida.COLUMNAS)
    expresion = {
        "map_elements": lambda: pl.struct(columnas).map_elements(por_fila, return_dtype=pl.Float64),
        "map_batches": lambda: pl.map_batches(columnas, por_lote, return_dtype=pl.Float64),
        "nativa": nativa,
    }[elegido.forma]

    def responder() -> udf_medida.Respuesta:
        km = pl.col("km")
        distancias = pl.scan_parquet(elegido.entrada).select(expresion().alias("km"))
        return distancias.select(km.count().alias("n"), km.sum().alias("suma"), km.max().alias("maximo")).collect().row(0)

    return udf_medida.correr(elegido, f"polars {pl.__version__}", responder)


if __name__ == "__main__":
    sys.exit(main())
