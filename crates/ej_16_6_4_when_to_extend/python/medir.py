"""The four cases of 16.6.4, measured where their decision is taken: inside Python.

    python medir.py [--salida CIFRAS.json] [--corto] [--casos mayor,scoring,huella,percentil]

The interpreter is one with the wheel installed (`cargo xtask rueda`). Inputs come from seeds; contestants take turns (A B C A B C …) after a round that
is not counted, and their answers are compared before anything is timed. A figure is the median of its samples; what is divided are medians of this run.
`--salida` gets all samples in seconds (`muestras`) and the figures as the page writes them (`cifras`).
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import statistics
import sys
from collections.abc import Callable
from time import perf_counter

import mi_modulo_rust as mi
import numpy as np
import pandas as pd
import polars as pl
import pyarrow as pa

import huella_en_python
import mayor_en_python

EJERCICIO = "16.6.4"
#: What the guide asks of each case, a second.
BYTES_AL_DIA = 100e9
SOLICITUDES_POR_SEGUNDO = 100_000 / 86_400
REGISTROS_POR_SEGUNDO = 1e9 / 3_600
Contendientes = dict[str, Callable[[], object]]


class Medidas:
    """Samples by key, in seconds, and the figures that follow from them."""

    def __init__(self, repeticiones: int) -> None:
        self.repeticiones = repeticiones
        self.muestras: dict[str, list[float]] = {}
        self.cifras: dict[str, str] = {}

    def turnos(self, contendientes: Contendientes) -> None:
        """Times each in turn; short ones in batches of at least a millisecond."""
        lotes = {}
        for clave, llamar in contendientes.items():
            inicio = perf_counter()
            llamar()
            lotes[clave] = max(1, min(1000, int(0.001 / max(perf_counter() - inicio, 1e-7))))
        for _ in range(self.repeticiones):
            for clave, llamar in contendientes.items():
                inicio = perf_counter()
                for _ in range(lotes[clave]):
                    llamar()
                segundos = (perf_counter() - inicio) / lotes[clave]
                self.muestras.setdefault(f"{EJERCICIO}/{clave}", []).append(segundos)
        for clave in contendientes:
            self.cifras[f"{EJERCICIO}/{clave}"] = tiempo(self.mediana(clave))

    def mediana(self, clave: str) -> float:
        return statistics.median(self.muestras[f"{EJERCICIO}/{clave}"])

    def decir(self, clave: str, texto: str) -> None:
        self.cifras[f"{EJERCICIO}/{clave}"] = texto

    def razon(self, clave: str, arriba: float, abajo: float) -> None:
        self.decir(clave, numero(arriba / abajo))


def coma(texto: str) -> str:
    return texto.replace(".", ",")


def numero(valor: float) -> str:
    """Three figures; thousands apart."""
    if valor < 100:
        return coma(f"{valor:.3g}")
    return f"{float(f'{valor:.3g}'):,.0f}".replace(",", " ")


def tiempo(segundos: float) -> str:
    for unidad, cuantos in (("s", 1.0), ("ms", 1e-3), ("µs", 1e-6)):
        if segundos >= cuantos:
            return f"{numero(segundos / cuantos)} {unidad}"
    return f"{numero(segundos / 1e-9)} ns"


def duracion(segundos: float) -> str:
    if segundos >= 3_600:
        return f"{numero(segundos / 3_600)} h"
    if segundos >= 60:
        return f"{numero(segundos / 60)} min"
    return tiempo(segundos)


def cuantos(valor: float) -> str:
    return f"{numero(valor / 1e6)} M" if valor >= 1e6 else numero(valor)


def caudal(bytes_por_segundo: float) -> str:
    return f"{numero(bytes_por_segundo / 1e9)} GB/s" if bytes_por_segundo >= 1e9 else f"{numero(bytes_por_segundo / 1e6)} MB/s"


def comprobar(que: str, bien: bool) -> None:
    if not bien:
        raise SystemExit(f"{que}: no da lo mismo")


def mayor(medidas: Medidas, corto: bool) -> None:
    """Case 1: a legacy file into columns."""
    archivo = mi.generar_mayor(5_000 if corto else 300_000)
    nuestro = pl.DataFrame(mi.leer_mayor(archivo).movimientos)
    comprobar("csv", nuestro.equals(mayor_en_python.columnas_con_csv(archivo)))
    comprobar("polars", nuestro.equals(mayor_en_python.con_polars(archivo)))
    de_pandas = mayor_en_python.con_pandas(archivo)
    for columna in ("numero", "cuenta", "importe", "saldo", "clave", "concepto", "contrapartida"):
        comprobar(f"pandas, {columna}", nuestro[columna].to_list() == de_pandas[columna].tolist())
    del nuestro, de_pandas
    caminos: Contendientes = {
        "un_nucleo": lambda: mi.leer_mayor(archivo, hilos=1),
        "todos_los_nucleos": lambda: mi.leer_mayor(archivo),
        "csv": lambda: mayor_en_python.filas_con_csv(archivo),
        "csv_en_columnas": lambda: mayor_en_python.columnas_con_csv(archivo),
        "polars": lambda: mayor_en_python.con_polars(archivo),
        "pandas": lambda: mayor_en_python.con_pandas(archivo),
    }
    medidas.turnos({f"mayor/{camino}": llamar for camino, llamar in caminos.items()})
    medidas.decir("mayor/tamano", f"{numero(len(archivo) / 1e6)} MB")
    mejor = medidas.mediana("mayor/un_nucleo")
    for camino in caminos:
        segundos = medidas.mediana(f"mayor/{camino}")
        medidas.decir(f"mayor/{camino}/caudal", caudal(len(archivo) / segundos))
        medidas.decir(f"mayor/{camino}/dia", duracion(BYTES_AL_DIA / len(archivo) * segundos))
        medidas.razon(f"mayor/{camino}_entre_un_nucleo", segundos, mejor)


def scoring(medidas: Medidas, corto: bool) -> None:
    """Case 2: `predict_proba`, one request at a time and in batches."""
    from sklearn.datasets import make_classification
    from sklearn.ensemble import HistGradientBoostingClassifier, RandomForestClassifier
    from sklearn.linear_model import LogisticRegression
    from sklearn.pipeline import make_pipeline
    from sklearn.preprocessing import StandardScaler

    filas, arboles = (500, 10) if corto else (20_000, 100)
    x, y = make_classification(n_samples=filas, n_features=20, n_informative=12, weights=[0.93], random_state=7)
    modelos = {
        "logistica": make_pipeline(StandardScaler(), LogisticRegression(max_iter=500)),
        "gradient_boosting": HistGradientBoostingClassifier(max_iter=arboles, random_state=7),
        "bosque": RandomForestClassifier(n_estimators=arboles, random_state=7),
    }
    lote = 1_000 if not corto else 100
    una, muchas = x[:1], x[:lote]
    for nombre, modelo in modelos.items():
        modelo.fit(x, y)
        comprobar(nombre, np.allclose(modelo.predict_proba(una), modelo.predict_proba(muchas)[:1], rtol=1e-12))
    turnos: Contendientes = {}
    for nombre, modelo in modelos.items():
        turnos[f"scoring/{nombre}/una"] = lambda modelo=modelo: modelo.predict_proba(una)
        turnos[f"scoring/{nombre}/lote"] = lambda modelo=modelo: modelo.predict_proba(muchas)
    medidas.turnos(turnos)
    medidas.decir("scoring/solicitudes_por_segundo", numero(SOLICITUDES_POR_SEGUNDO))
    for nombre in modelos:
        segundos = medidas.mediana(f"scoring/{nombre}/una")
        medidas.decir(f"scoring/{nombre}/una/ritmo", cuantos(1 / segundos))
        medidas.decir(f"scoring/{nombre}/una/dia", duracion(100_000 * segundos))
        medidas.decir(f"scoring/{nombre}/una/ocupado", f"{coma(f'{100 * SOLICITUDES_POR_SEGUNDO * segundos:.2g}')} %")
        medidas.decir(f"scoring/{nombre}/lote/dia", duracion(100_000 / lote * medidas.mediana(f"scoring/{nombre}/lote")))


def huella(medidas: Medidas, corto: bool) -> None:
    """Case 3: a hash of a composite key, byte for byte the one that another system has."""
    filas = 2_000 if corto else 1_000_000
    azar = np.random.default_rng(9)
    clientes = azar.integers(0, 10_000_000, filas)
    comercios = [f"tienda-{x:05}" for x in azar.integers(0, 50_000, filas)]
    sal = 42
    en_arrow = (pa.array(clientes), pa.array(comercios))
    en_polars = pl.DataFrame({"cliente": clientes, "comercio": comercios})
    # As many as take about a second: what is told is a rate.
    pocas = min(filas, 100_000)
    de_cliente, de_comercio = clientes[:pocas].tolist(), comercios[:pocas]
    nuestras = pa.array(mi.huella(*en_arrow, sal=sal)).to_numpy()
    comprobar("python", nuestras[:pocas].tolist() == huella_en_python.con_python(sal, de_cliente, de_comercio))
    comprobar("numpy", np.array_equal(nuestras, huella_en_python.con_numpy(sal, clientes, comercios)))
    comprobar("repetidas", len(set(nuestras.tolist())) == en_polars.n_unique())
    caminos: dict[str, tuple[int, Callable[[], object]]] = {
        "un_nucleo": (filas, lambda: mi.huella(*en_arrow, sal=sal, hilos=1)),
        "todos_los_nucleos": (filas, lambda: mi.huella(*en_arrow, sal=sal)),
        "xxh3": (filas, lambda: mi.huella(*en_arrow, sal=sal, algoritmo="xxh3", hilos=1)),
        "python": (pocas, lambda: huella_en_python.con_python(sal, de_cliente, de_comercio)),
        "hashlib": (pocas, lambda: huella_en_python.con_hashlib(sal, de_cliente, de_comercio)),
        "numpy": (filas, lambda: huella_en_python.con_numpy(sal, clientes, comercios)),
        "polars": (filas, lambda: en_polars.hash_rows(seed=sal)),
    }
    medidas.turnos({f"huella/{camino}": llamar for camino, (_, llamar) in caminos.items()})
    for camino, (cuantas, _) in caminos.items():
        ritmo = cuantas / medidas.mediana(f"huella/{camino}")
        medidas.decir(f"huella/{camino}/ritmo", cuantos(ritmo))
        medidas.razon(f"huella/{camino}/veces_lo_pedido", ritmo, REGISTROS_POR_SEGUNDO)
        medidas.decir(f"huella/{camino}/mil_millones", duracion(1e9 / ritmo))


def percentil(medidas: Medidas, corto: bool) -> None:
    """Case 4: a percentile over a sliding window."""
    q = 0.95
    valores = 3_000 if corto else 500_000
    datos = np.random.default_rng(7).lognormal(3.0, 1.0, valores)
    de_pandas, de_polars = pd.Series(datos), pl.Series(datos)
    for ventana in (8, 32, 100, 1_000) if corto else (8, 32, 100, 1_000, 10_000, 100_000):
        suyo = de_pandas.rolling(ventana).quantile(q).to_numpy()
        nuestro = pa.array(mi.percentil_movil(datos, ventana, q)).to_numpy()
        comprobar(f"pandas, {ventana}", np.array_equal(nuestro.view(np.uint64)[ventana - 1 :], suyo.view(np.uint64)[ventana - 1 :]))
        otro = de_polars.rolling_quantile(q, interpolation="linear", window_size=ventana)
        comprobar(f"polars, {ventana}", np.allclose(nuestro[ventana - 1 :], otro[ventana - 1 :].to_numpy(), rtol=1e-14))
        clave = f"percentil/{ventana}"
        medidas.turnos(
            {
                f"{clave}/un_nucleo": lambda ventana=ventana: mi.percentil_movil(datos, ventana, q, hilos=1),
                f"{clave}/todos_los_nucleos": lambda ventana=ventana: mi.percentil_movil(datos, ventana, q),
                f"{clave}/pandas": lambda ventana=ventana: de_pandas.rolling(ventana).quantile(q),
                f"{clave}/polars": lambda ventana=ventana: de_polars.rolling_quantile(q, interpolation="linear", window_size=ventana),
            }
        )
        medidas.razon(f"{clave}/pandas_entre_polars", medidas.mediana(f"{clave}/pandas"), medidas.mediana(f"{clave}/polars"))
        for rival in ("pandas", "polars"):
            for nucleos in ("un_nucleo", "todos_los_nucleos"):
                segundos = medidas.mediana(f"{clave}/{nucleos}")
                medidas.razon(f"{clave}/{rival}_entre_{nucleos}", medidas.mediana(f"{clave}/{rival}"), segundos)


CASOS = {"mayor": mayor, "scoring": scoring, "huella": huella, "percentil": percentil}


def main() -> None:
    argumentos = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    argumentos.add_argument("--salida", help="el JSON con las muestras y las cifras")
    argumentos.add_argument("--corto", action="store_true", help="entradas pequeñas: comprueba y no mide nada que valga")
    argumentos.add_argument("--casos", default=",".join(CASOS), help="cuáles, separados por comas")
    argumentos.add_argument("--repeticiones", type=int, default=7)
    pedido = argumentos.parse_args()
    medidas = Medidas(1 if pedido.corto else pedido.repeticiones)
    for caso in pedido.casos.split(","):
        CASOS[caso](medidas, pedido.corto)
    ancho = max(map(len, medidas.cifras), default=0)
    for clave, cifra in medidas.cifras.items():
        print(f"{clave:<{ancho}}  {cifra}")
    if pedido.salida:
        import sklearn

        versiones = {
            "python": platform.python_version(),
            "numpy": np.__version__,
            "pandas": pd.__version__,
            "polars": pl.__version__,
            "pyarrow": pa.__version__,
            "scikit-learn": sklearn.__version__,
            "mi_modulo_rust": mi.__version__,
        }
        hecho = {"versiones": versiones, "nucleos": os.cpu_count(), "muestras": medidas.muestras, "cifras": medidas.cifras}
        with open(pedido.salida, "w", encoding="utf-8") as archivo:
            json.dump(hecho, archivo, ensure_ascii=False, indent=1)
            archivo.write("\n")


if __name__ == "__main__":
    sys.exit(main())
