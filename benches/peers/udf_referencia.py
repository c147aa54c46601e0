"""The percentiles and sessions of 16.4.2 by NumPy and Pandas, compared with those that Rust wrote.

    python udf_referencia.py EVENTOS.parquet PERCENTILES.parquet SESIONES.parquet

Prints one JSON line: how many were compared, and how many differ.
"""

from __future__ import annotations

import json
import sys

import numpy as np
import pandas as pd

EXACTOS = {"p10": 10, "p50": 50, "p95": 95}


def main(eventos: str, percentiles: str, sesiones: str) -> None:
    filas = pd.read_parquet(eventos)
    montos = filas.dropna(subset="monto").groupby("region", dropna=False)["monto"]
    de_rust = pd.read_parquet(percentiles).set_index("region")
    distintos, peor = 0, 0.0
    for region, valores in montos:
        fila = de_rust.loc[region]
        distintos += sum(float(fila[c]) != float(np.percentile(valores.to_numpy(), p)) for c, p in EXACTOS.items())
        exacto = float(np.percentile(valores.to_numpy(), 95))
        peor = max(peor, abs(float(fila["a95"]) - exacto) / exacto)

    en_orden = filas.sort_values(["user_id", "ts"], kind="stable")
    hueco = en_orden.groupby("user_id")["ts"].diff() > pd.Timedelta(minutes=30)
    en_orden["de_pandas"] = hueco.groupby(en_orden["user_id"]).cumsum() + 1
    juntas = en_orden.merge(pd.read_parquet(sesiones), on="id", validate="one_to_one")
    print(
        json.dumps(
            {
                "regiones": len(de_rust),
                "percentiles_distintos": distintos,
                "peor_aproximado": peor,
                "eventos": len(juntas),
                "sesiones_distintas": int((juntas["de_pandas"] != juntas["sesion"]).sum()),
                "mas_sesiones": int(juntas["sesion"].max()),
            }
        )
    )


if __name__ == "__main__":
    main(*sys.argv[1:])
