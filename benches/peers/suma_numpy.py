"""numpy's side of the sums of 16.1.4: it times itself, and is asked through its standard input.

    version             → the version of numpy
    prepara FILAS       → makes the array; its sum and the sum of what is above zero
    suma VECES          → the seconds that this many `x.sum()` took
    positivos VECES     → the seconds that this many filtered sums and counts took

One line each, one line of answer. The bench `16.1.4/suma` runs it; ends with its input.
"""

from __future__ import annotations

import sys
from time import perf_counter

import numpy as np


def prepara(filas: int) -> np.ndarray:
    """Whole amounts from -1000 to 1999 over and over, at a multiple of 64 bytes."""
    memoria = np.empty(filas + 8)
    desde = -memoria.ctypes.data // 8 % 8
    columna = memoria[desde : desde + filas]
    columna[:] = np.arange(filas) % 3000 - 1000
    return columna


def cronometra(funcion, veces: int) -> float:
    """The seconds that this many calls take, the loop's own share included."""
    inicio = perf_counter()
    for _ in range(veces):
        funcion()
    return perf_counter() - inicio


def positivos(columna: np.ndarray) -> tuple[float, int]:
    """The sum and the count of what is above zero, as one writes it with numpy."""
    elegidos = columna[columna > 0]
    return elegidos.sum(), len(elegidos)


def main() -> None:
    columna = prepara(0)
    for linea in sys.stdin:
        orden, _, argumento = linea.strip().partition(" ")
        if orden == "version":
            respuesta = np.__version__
        elif orden == "prepara":
            columna = prepara(int(argumento))
            respuesta = f"{int(columna.sum())} {int(positivos(columna)[0])}"
        elif orden == "suma":
            respuesta = repr(cronometra(columna.sum, int(argumento)))
        elif orden == "positivos":
            respuesta = repr(cronometra(lambda: positivos(columna), int(argumento)))
        else:
            sys.exit(f"orden desconocida: {orden}")
        print(respuesta, flush=True)


if __name__ == "__main__":
    main()
