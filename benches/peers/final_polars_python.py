"""Peer `polars-python` of the workload `final`: one lazy plan, collected by the engine that `.collect()` takes by itself."""

from __future__ import annotations

import argparse
import sys

import final_comun
import polars as pl


def abrir(elegido: argparse.Namespace) -> final_comun.Par:
    clave = final_comun.CLAVES[elegido.clave]
    monto, ventas = pl.col("monto"), pl.len().cast(pl.Int64)
    en_centavos = lambda valor: (valor * 100).round(0, mode="half_to_even").cast(pl.Int64)  # noqa: E731
    suma = en_centavos(monto).sum() if elegido.suma == "centavos" else en_centavos(monto.sum())
    que = [suma.alias("centavos"), ventas.alias("ventas")]
    if clave == "region":
        que.append(pl.col("user_id").drop_nulls().n_unique().cast(pl.Int64).alias("usuarios"))

    def plan() -> pl.LazyFrame:
        # A literal bucket or path: its name is no pattern.
        return pl.scan_parquet(elegido.entrada, glob=False)

    def agregar() -> pl.DataFrame:
        media = (2 * pl.col("centavos") + pl.col("ventas")) // (2 * pl.col("ventas"))
        consulta = plan().filter((monto > 0) & (monto <= final_comun.MAXIMO)).group_by(clave).agg(que)
        return consulta.with_columns(media.alias("media")).collect()

    return final_comun.Par(
        version=f"polars {pl.__version__}",
        leer=lambda: plan().select(final_comun.COLUMNAS[elegido.clave]).collect(),
        agregar=agregar,
        escribir=lambda respuesta, ruta: respuesta.write_parquet(ruta),
    )


if __name__ == "__main__":
    sys.exit(final_comun.correr(final_comun.con_suma(final_comun.opciones("El trabajo final con Polars.")).parse_args(), abrir))
