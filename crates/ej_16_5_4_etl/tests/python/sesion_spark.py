"""The day as the contestant `pyspark` of the duel does it, into one table after another, in one session.

    python sesion_spark.py PEERS FECHA ENTRADA TABLA...
"""

from __future__ import annotations

import os
import sys
from datetime import date
from pathlib import Path

peers, fecha, entrada, *tablas = sys.argv[1:]
sys.path.insert(0, peers)
import etl_diario_pyspark as par  # noqa: E402

archivos = sorted((Path(entrada) / f"fecha={fecha}").glob("*.parquet"), key=os.fsencode)
sesion = par.abrir_sesion()
try:
    for tabla in tablas:
        par.procesar(sesion, date.fromisoformat(fecha), archivos, str(Path(tabla).resolve()))
finally:
    sesion.stop()
