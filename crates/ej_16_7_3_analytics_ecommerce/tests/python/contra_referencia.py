"""Compares the three tables of a day with the reference of the duel, row by row.

    python contra_referencia.py PEERS ENTRADA FECHA TABLA
"""

import subprocess
import sys
import tempfile
from pathlib import Path


def main() -> None:
    peers, entrada, fecha, tabla = sys.argv[1:5]
    with tempfile.TemporaryDirectory() as dir:
        orden = [sys.executable, f"{peers}/referencia_etl.py", "--fecha", fecha, "--entrada", entrada, "--salida", dir]
        subprocess.run(orden, check=True, stdout=subprocess.DEVNULL)
        iguales = []
        for nombre, sufijo in [("cuarentena", "_cuarentena"), ("metricas", ""), ("productos", "_productos")]:
            lineas = Path(dir) / f"{nombre}.lineas"
            orden = [sys.executable, f"{peers}/contenido.py", tabla + sufijo, "--fecha", fecha, "--contra", str(lineas)]
            hecho = subprocess.run(orden, capture_output=True, text=True)
            if hecho.returncode != 0:
                sys.exit(f"{nombre}: {hecho.stdout}{hecho.stderr}")
            iguales.append(nombre)
    print("iguales:", *iguales)


main()
