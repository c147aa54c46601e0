"""What 16.6.1 says with figures, measured where it is said: inside Python.

    python medir.py [--salida CIFRAS.json] [--corto] [--repeticiones N] [--semilla S]

The interpreter is one with the wheel installed (`cargo xtask rueda`). Inputs come from a seed; contestants take turns (A B C A B C …) after a round that is
not counted, and their answers are compared with numpy's before anything is timed. Times are of the monotonic clock; a figure is the median of its samples.
`--salida` gets all samples in seconds (`muestras`) and the medians as the page writes them (`cifras`).
"""

from __future__ import annotations

import argparse
import asyncio
import json
import os
import platform
import statistics
import subprocess
import sys
import threading
from array import array
from collections.abc import Callable
from time import perf_counter

import mi_modulo_rust
import numpy as np
import pandas as pd
import polars as pl
import pyarrow as pa

EJERCICIO = "16.6.1"
P = 95.0
Contendientes = dict[str, Callable[[], object]]


class Medidas:
    """Samples by key, and what follows from them."""

    def __init__(self, repeticiones: int) -> None:
        self.repeticiones = repeticiones
        self.muestras: dict[str, list[float]] = {}
        self.razones: dict[str, float] = {}

    def turnos(self, contendientes: Contendientes, repeticiones: int | None = None) -> None:
        """Times each in turn, as often as asked; short ones in batches of at least a millisecond."""
        lotes = {}
        for clave, llamar in contendientes.items():
            inicio = perf_counter()
            llamar()
            lotes[clave] = max(1, min(1000, int(0.001 / max(perf_counter() - inicio, 1e-7))))
        for _ in range(repeticiones or self.repeticiones):
            for clave, llamar in contendientes.items():
                inicio = perf_counter()
                for _ in range(lotes[clave]):
                    llamar()
                self.anotar(clave, (perf_counter() - inicio) / lotes[clave])

    def anotar(self, clave: str, segundos: float) -> None:
        self.muestras.setdefault(f"{EJERCICIO}/{clave}", []).append(segundos)

    def mediana(self, clave: str) -> float:
        return statistics.median(self.muestras[f"{EJERCICIO}/{clave}"])

    def razon(self, clave: str, arriba: str, abajo: str) -> None:
        """The ratio of two medians of this run."""
        self.razones[f"{EJERCICIO}/{clave}"] = self.mediana(arriba) / self.mediana(abajo)

    def cifras(self) -> dict[str, str]:
        tiempos = {clave: tiempo(statistics.median(valores)) for clave, valores in self.muestras.items()}
        return tiempos | {clave: coma(f"{razon:.3g}" if razon < 100 else f"{razon:.0f}") for clave, razon in self.razones.items()}


def coma(texto: str) -> str:
    return texto.replace(".", ",")


def tiempo(segundos: float) -> str:
    for unidad, cuantos in (("s", 1.0), ("ms", 1e-3), ("µs", 1e-6), ("ns", 1e-9)):
        if segundos >= cuantos or unidad == "ns":
            valor = segundos / cuantos
            return coma(f"{valor:.2f}" if valor < 10 else f"{valor:.1f}" if valor < 100 else f"{valor:.0f}") + f" {unidad}"
    raise AssertionError("unreachable")


def iguales(obtenido: float, esperado: float, que: str) -> None:
    if obtenido != esperado:
        raise SystemExit(f"{que}: {obtenido!r} en lugar de {esperado!r}")


def nombre(n: int) -> str:
    return f"1e{len(str(n)) - 1}"


def percentiles(medidas: Medidas, azar: np.random.Generator, tamanos: list[int]) -> None:
    """One percentile of a NumPy column: ours, ours with one thread, numpy's, and the guide's copy and sort."""
    for n in tamanos:
        datos = azar.lognormal(3.0, 1.0, n)
        for metodo in mi_modulo_rust.METODOS:
            suyo = float(np.percentile(datos, P, method=metodo))
            iguales(mi_modulo_rust.calcular_percentil(datos, P, metodo=metodo), suyo, f"{metodo}, {n}")
        iguales(mi_modulo_rust.percentil_ordenando(datos, P), mi_modulo_rust.calcular_percentil(datos, P), "guía")
        clave = f"percentil/{nombre(n)}"
        medidas.turnos(
            {
                f"{clave}/nuestro": lambda: mi_modulo_rust.calcular_percentil(datos, P),
                f"{clave}/un_hilo": lambda: mi_modulo_rust.calcular_percentil(datos, P, hilos=1),
                f"{clave}/linear": lambda: mi_modulo_rust.calcular_percentil(datos, P, metodo="linear"),
                f"{clave}/numpy": lambda: np.percentile(datos, P, method="lower"),
                f"{clave}/numpy_linear": lambda: np.percentile(datos, P),
                f"{clave}/guia": lambda: mi_modulo_rust.percentil_ordenando(datos, P),
            }
        )
        medidas.razon(f"{clave}/guia_entre_nuestro", f"{clave}/guia", f"{clave}/nuestro")
        medidas.razon(f"{clave}/numpy_entre_nuestro", f"{clave}/numpy", f"{clave}/nuestro")
        medidas.razon(f"{clave}/numpy_entre_un_hilo", f"{clave}/numpy", f"{clave}/un_hilo")


def entradas(medidas: Medidas, azar: np.random.Generator, n: int) -> None:
    """The same column, held by one library after the other: what reaching Rust costs."""
    datos = azar.lognormal(3.0, 1.0, n)
    formas = {
        "lista": datos.tolist(),
        "tupla": tuple(datos.tolist()),
        "array": array("d", datos),
        "numpy": datos,
        "numpy_con_paso": np.repeat(datos, 2)[::2],
        "numpy_big_endian": datos.astype(">f8"),
        "pyarrow": pa.array(datos),
        "pyarrow_int64": pa.array(datos.astype(np.int64)),
        "polars": pl.Series(datos),
        "pandas": pd.Series(datos),
    }
    esperado = float(np.percentile(datos, P, method="lower"))
    for forma, columna in formas.items():
        if forma != "pyarrow_int64":
            iguales(mi_modulo_rust.calcular_percentil(columna, P), esperado, forma)
    medidas.turnos(
        {
            f"entrada/{nombre(n)}/{forma}": lambda columna=columna: mi_modulo_rust.calcular_percentil(columna, P)
            for forma, columna in formas.items()
        }
    )
    # The other direction: a Python list of as many floats out.
    pocos = np.linspace(0, 100, min(n, 100_000))
    clave = f"salida/{nombre(len(pocos))}"
    medidas.turnos({f"{clave}/lista": lambda: mi_modulo_rust.percentiles(datos[:1], pocos), f"{clave}/tolist": pocos.tolist})
    medidas.razon(f"entrada/{nombre(n)}/lista_entre_numpy", f"entrada/{nombre(n)}/lista", f"entrada/{nombre(n)}/numpy")


def gil(medidas: Medidas, azar: np.random.Generator, n: int, llamadas: int) -> None:
    """Two Python threads against the same calls one after the other; each call with one thread of Rust, so that it is Python's that are measured."""
    columnas = [azar.lognormal(3.0, 1.0, n) for _ in range(2)]
    cortas = [columna[: n // 10] for columna in columnas]
    trabajos: dict[str, Callable[[int], object]] = {
        "percentil": lambda i: [mi_modulo_rust.calcular_percentil(columnas[i], P, hilos=1) for _ in range(llamadas)],
        "ordenar": lambda i: mi_modulo_rust.percentil_ordenando(cortas[i], P),
        # Uses both cores by itself: a second thread has nothing to gain.
        "percentil_dos_hilos": lambda i: [mi_modulo_rust.calcular_percentil(columnas[i], P) for _ in range(llamadas)],
        # Holds the GIL: the control.
        "python": lambda i: sum(range(n // 10)),
    }
    for trabajo, llamar in trabajos.items():
        medidas.turnos(
            {
                f"gil/{trabajo}/serie": lambda: [llamar(i) for i in range(2)],
                f"gil/{trabajo}/hilos": lambda: en_hilos(llamar),
            }
        )
        medidas.razon(f"gil/{trabajo}/razon", f"gil/{trabajo}/hilos", f"gil/{trabajo}/serie")


def en_hilos(llamar: Callable[[int], object]) -> None:
    hilos = [threading.Thread(target=llamar, args=(i,)) for i in range(2)]
    for hilo in hilos:
        hilo.start()
    for hilo in hilos:
        hilo.join()


CTRL_C = """
import os, signal, sys, threading, time
import mi_modulo_rust
import numpy as np
datos = np.random.default_rng(7).random(int(sys.argv[1]))
todos = np.linspace(0, 100, 500_001)
enviada = []
def ctrl_c():
    time.sleep(0.1)
    enviada.append(time.perf_counter())
    os.kill(os.getpid(), signal.SIGINT)
threading.Thread(target=ctrl_c).start()
try:
    mi_modulo_rust.percentiles(datos, todos)
except KeyboardInterrupt:
    print(time.perf_counter() - enviada[0])
"""


def ctrl_c(medidas: Medidas, n: int) -> None:
    """From the signal to the exception, in a process of its own."""
    for _ in range(medidas.repeticiones):
        hijo = subprocess.run([sys.executable, "-c", CTRL_C, str(n)], capture_output=True, text=True, check=True, timeout=600)
        medidas.anotar("ctrl_c", float(hijo.stdout))


def asincronas(medidas: Medidas, azar: np.random.Generator, n: int) -> None:
    """Eight awaited together against eight in a row."""
    datos = azar.lognormal(3.0, 1.0, n)
    ps = [float(p) for p in range(10, 90, 10)]

    async def juntas() -> list[float]:
        return await asyncio.gather(*(mi_modulo_rust.calcular_percentil_async(datos, p, hilos=1) for p in ps))

    en_fila = [mi_modulo_rust.calcular_percentil(datos, p, hilos=1) for p in ps]
    if asyncio.run(juntas()) != en_fila:
        raise SystemExit("las asíncronas dan otra cosa")
    medidas.turnos(
        {
            "async/ocho_en_fila": lambda: [mi_modulo_rust.calcular_percentil(datos, p, hilos=1) for p in ps],
            "async/ocho_juntas": lambda: asyncio.run(juntas()),
        }
    )


def main() -> int:
    argumentos = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    argumentos.add_argument("--salida", help="archivo JSON con las muestras y las cifras")
    argumentos.add_argument("--corto", action="store_true", help="columnas pequeñas y dos repeticiones: para probar el programa")
    argumentos.add_argument("--repeticiones", type=int, default=11)
    argumentos.add_argument("--semilla", type=int, default=16)
    elegido = argumentos.parse_args()

    azar = np.random.default_rng(elegido.semilla)
    medidas = Medidas(2 if elegido.corto else max(elegido.repeticiones, 1))
    grande = 100_000 if elegido.corto else 10_000_000
    percentiles(medidas, azar, [1000, 100_000] if elegido.corto else [1000, 100_000, 1_000_000, 10_000_000])
    entradas(medidas, azar, grande // 10)
    gil(medidas, azar, grande, 2 if elegido.corto else 10)
    asincronas(medidas, azar, grande // 10)
    ctrl_c(medidas, 10_000_000)

    cifras = medidas.cifras()
    ancho = max(map(len, cifras))
    for clave, cifra in cifras.items():
        muestras = medidas.muestras.get(clave)
        margen = f"  {tiempo(min(muestras))} … {tiempo(max(muestras))}" if muestras else ""
        print(f"{clave:<{ancho}}  {cifra:>9}{margen}")
    if elegido.salida:
        versiones = {modulo.__name__: modulo.__version__ for modulo in (mi_modulo_rust, np, pa, pl, pd)}
        hecho = {
            "descripcion": __doc__.splitlines()[0],
            "python": platform.python_version(),
            "versiones": versiones,
            "nucleos": os.cpu_count(),
            "semilla": elegido.semilla,
            "corto": elegido.corto,
            "percentil": P,
            "cifras": dict(sorted(cifras.items())),
            "muestras": dict(sorted(medidas.muestras.items())),
        }
        with open(elegido.salida, "w", encoding="utf-8") as archivo:
            json.dump(hecho, archivo, ensure_ascii=False, indent=2)
            archivo.write("\n")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
