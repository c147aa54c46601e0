"""Memory: a large column is not copied, and a hundred thousand calls leave nothing behind."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import mi_modulo_rust
import numpy as np
import pyarrow as pa
import pytest

PAGINA = os.sysconf("SC_PAGE_SIZE")
MIB = 1 << 20


def residente() -> int:
    return int(Path("/proc/self/statm").read_text().split()[1]) * PAGINA


# The high-water mark of this program: `ru_maxrss` begins with what the process that started it occupied.
SIN_COPIA = """
import re
from pathlib import Path

import mi_modulo_rust
import numpy as np
import pyarrow as pa

datos = np.random.default_rng(7).random(10_000_000)
columna = {forma}
mi_modulo_rust.calcular_percentil(datos[:1000], 50)

def pico():
    return int(re.search(r"VmHWM:\\s+(\\d+) kB", Path("/proc/self/status").read_text())[1])

antes = pico()
mi_modulo_rust.calcular_percentil(columna, 50)
print(pico() - antes)
"""


@pytest.mark.skipif(sys.platform != "linux", reason="lee /proc")
@pytest.mark.parametrize(
    ("forma", "se_copia"), [("datos", False), ("pa.array(datos)", False), ("memoryview(datos)", False), ("datos[::-1]", True)]
)
def test_una_columna_de_80_mb_solo_se_copia_si_no_es_contigua(forma, se_copia):
    hijo = subprocess.run([sys.executable, "-c", SIN_COPIA.format(forma=forma)], capture_output=True, text=True, timeout=120)
    assert hijo.returncode == 0, hijo.stderr
    crecio = int(hijo.stdout) * 1024
    assert (crecio > 70 * MIB) if se_copia else (crecio < 30 * MIB), f"{crecio / MIB:.1f} MiB"


@pytest.mark.skipif(sys.platform != "linux", reason="lee /proc")
def test_cien_mil_llamadas_no_dejan_memoria():
    columna = np.random.default_rng(8).random(1000)
    flecha = pa.array(columna)
    lista = columna[:20].tolist()

    def mil():
        for i in range(200):
            mi_modulo_rust.calcular_percentil(columna, i % 101, metodo="linear")
            mi_modulo_rust.calcular_percentil(flecha, 50)
            mi_modulo_rust.percentiles(lista, [1, 50, 99])
            mi_modulo_rust.ProcesadorDatos(lista).media()
            try:
                mi_modulo_rust.calcular_percentil(lista, 101)
            except ValueError:
                pass

    for _ in range(10):
        mil()
    antes = residente()
    for _ in range(100):
        mil()
    crecio = residente() - antes
    assert crecio < 2 * MIB, f"{crecio} bytes tras 100 000 llamadas"


def test_el_programa_que_mide_lo_hace_y_lo_escribe(tmp_path):
    """`medir.py --corto`: the figures of the page exist under their keys; how large they are is no test."""
    medir = Path(__file__).resolve().parents[3] / "ej_16_6_1_pyo3/python/medir.py"
    salida = tmp_path / "cifras.json"
    hijo = subprocess.run([sys.executable, medir, "--corto", "--salida", salida], capture_output=True, text=True, timeout=600)
    assert hijo.returncode == 0, hijo.stderr
    cifras = json.loads(salida.read_text())["cifras"]
    for clave in ("percentil/1e5/numpy_entre_nuestro", "entrada/1e4/lista", "gil/percentil/razon", "async/ocho_juntas", "ctrl_c"):
        assert f"16.6.1/{clave}" in cifras
