"""numpy's process of 16.1.4 answers what it is asked, line by line."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import numpy as np

PROGRAMA = Path(__file__).parent.parent / "suma_numpy.py"


def pregunta(*ordenes: str) -> list[str]:
    texto = "".join(f"{orden}\n" for orden in ordenes)
    proceso = subprocess.run([sys.executable, PROGRAMA], input=texto, capture_output=True, text=True, check=True)
    return proceso.stdout.splitlines()


def test_las_sumas_son_las_de_los_enteros_y_los_tiempos_son_segundos():
    filas = 100_001
    montos = [fila % 3000 - 1000 for fila in range(filas)]
    version, sumas, suma, positivos = pregunta("version", f"prepara {filas}", "suma 3", "positivos 3")
    assert version == np.__version__
    assert sumas == f"{sum(montos)} {sum(monto for monto in montos if monto > 0)}"
    assert 0 < float(suma) < 60
    assert 0 < float(positivos) < 60


def test_la_columna_empieza_en_un_multiplo_de_64_bytes():
    sys.path.insert(0, str(PROGRAMA.parent))
    from suma_numpy import prepara

    for filas in (0, 1, 1000, 100_000):
        columna = prepara(filas)
        assert len(columna) == filas
        assert columna.ctypes.data % 64 == 0 or filas == 0


def test_una_orden_desconocida_no_pasa_en_silencio():
    proceso = subprocess.run([sys.executable, PROGRAMA], input="resta 3\n", capture_output=True, text=True)
    assert proceso.returncode != 0
    assert "orden desconocida" in proceso.stderr
