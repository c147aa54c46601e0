"""Peer `pandas` of the workload `final`: the columns that the query needs, then the frame operations one after the other."""

from __future__ import annotations

import argparse
import sys

import final_comun
import pandas as pd


def abrir(elegido: argparse.Namespace) -> final_comun.Par:
    clave, columnas = final_comun.CLAVES[elegido.clave], final_comun.COLUMNAS[elegido.clave]

    def leer() -> pd.DataFrame:
        return pd.read_parquet(elegido.entrada, columns=columnas)

    def procesar(ventas: pd.DataFrame) -> pd.DataFrame:
        ventas = ventas[(ventas["monto"] > 0) & (ventas["monto"] <= final_comun.MAXIMO)]
        # round() on floats is numpy's rint: half to even.
        ventas = ventas.assign(centavos=(ventas["monto"] * 100).round().astype("int64"))
        que = {"centavos": ("centavos", "sum"), "ventas": ("centavos", "size"), "usuarios": ("user_id", "nunique")}
        if clave == "user_id":
            del que["usuarios"]
        respuesta = ventas.groupby(clave, dropna=False, sort=False).agg(**que).reset_index()
        respuesta["media"] = (2 * respuesta["centavos"] + respuesta["ventas"]) // (2 * respuesta["ventas"])
        return respuesta

    return final_comun.Par(
        version=f"pandas {pd.__version__}",
        leer=leer,
        procesar=procesar,
        agregar=lambda: procesar(leer()),
        escribir=lambda respuesta, ruta: respuesta.to_parquet(ruta, index=False),
    )


if __name__ == "__main__":
    sys.exit(final_comun.correr(final_comun.opciones("El trabajo final con Pandas.").parse_args(), abrir))
