"""What is no column, no percentile or no method: the exception says which argument, and why. Never a PanicException."""

from __future__ import annotations

import asyncio
import decimal
import math
import re

import mi_modulo_rust
import numpy as np
import pandas as pd
import polars as pl
import pyarrow as pa
import pytest

BUENOS = [1.0, 2.0, 3.0]
ENORME = 10**400
FECHAS = np.array(["2024-01-01", "2024-01-02"], dtype="datetime64[D]")

DATOS = {
    "lista vacía": ([], ValueError, "datos: no puede estar vacío"),
    "numpy vacío": (np.array([]), ValueError, "datos: no puede estar vacío"),
    "pyarrow vacío": (pa.array([], pa.float64()), ValueError, "datos: no puede estar vacío"),
    "pyarrow sin trozos": (pa.chunked_array([], pa.float64()), ValueError, "datos: no puede estar vacío"),
    "polars vacía": (pl.Series([], dtype=pl.Float64), ValueError, "datos: no puede estar vacío"),
    "NaN en una lista": ([1.0, math.nan], ValueError, "datos[1]: es NaN"),
    "NaN en numpy": (np.array([1.0, np.nan, np.nan]), ValueError, "datos[1]: es NaN"),
    "NaN al final de muchos": (np.append(np.ones(50_000), np.nan), ValueError, "datos[50000]: es NaN"),
    "todo NaN": (np.full(50_000, np.nan), ValueError, "datos[0]: es NaN"),
    "NaN en pyarrow": (pa.array([math.nan, 1.0]), ValueError, "datos[0]: es NaN"),
    "NaN en polars": (pl.Series([math.nan, 1.0]), ValueError, "datos[0]: es NaN"),
    "NaN en pandas": (pd.Series([math.nan, 1.0]), ValueError, "datos"),
    "NaN de Decimal": ([decimal.Decimal("NaN")], ValueError, "datos[0]: es NaN"),
    "NaN que señala": ([decimal.Decimal("sNaN")], ValueError, "datos[0]:"),
    "None": ([1.0, None], TypeError, "datos[1]: se esperaba un número, no NoneType"),
    "pd.NA": ([pd.NA, 1.0], TypeError, "datos[0]: se esperaba un número"),
    "nulo en pyarrow": (pa.array([1.0, None]), ValueError, "datos: tiene 1 nulos"),
    "nulos en pyarrow": (pa.nulls(2), ValueError, "datos: tiene 2 nulos"),
    "nulo en polars": (pl.Series([1, None]), ValueError, "datos: tiene 1 nulos"),
    "un número": (5.0, TypeError, "datos: se esperaba una columna de números"),
    "None por datos": (None, TypeError, "datos: se esperaba una columna de números"),
    "un objeto": (object(), TypeError, "datos: se esperaba una columna de números"),
    "una función": (len, TypeError, "datos: se esperaba una columna de números"),
    "una clase": (pl.Series, TypeError, "datos: se esperaba una columna de números"),
    "un generador": ((x for x in BUENOS), TypeError, "datos: se esperaba una columna de números"),
    "str": ("123", TypeError, "datos: se esperaba una columna de números"),
    "bytes": (b"123", TypeError, "datos: se esperaba una columna de números"),
    "bytearray": (bytearray(b"123"), TypeError, "datos: se esperaba una columna de números"),
    "dict": ({1.0: 2.0}, TypeError, "datos: se esperaba una columna de números"),
    "set": ({1.0, 2.0}, TypeError, "datos: se esperaba una columna de números"),
    "frozenset": (frozenset(BUENOS), TypeError, "datos: se esperaba una columna de números"),
    "un texto en la lista": ([1.0, "2"], TypeError, "datos[1]: se esperaba un número, no str"),
    "un complejo": ([1.0, 2j], TypeError, "datos[1]: se esperaba un número, no complex"),
    "un bool": ([1.0, True], TypeError, "datos[1]: se esperaba un número, no bool"),
    "un bool de numpy": ([np.True_], TypeError, "datos[0]: se esperaba un número, no bool"),
    "bool en numpy": (np.array([True, False]), TypeError, "datos: se esperaba una columna de números, no de bool"),
    "bool en pyarrow": (pa.array([True]), TypeError, "datos: se esperaba una columna de números, no de Boolean"),
    "texto en numpy": (np.array(["1"]), TypeError, "datos[0]: se esperaba un número"),
    "texto en pyarrow": (pa.array(["1"]), TypeError, "datos: se esperaba una columna de números"),
    "texto en objetos": (np.array([1.0, "2"], dtype=object), TypeError, "datos[1]: se esperaba un número, no str"),
    "complejos en numpy": (np.array([1j]), TypeError, "datos[0]: se esperaba un número"),
    "fechas en numpy": (FECHAS, TypeError, "datos[0]: se esperaba un número"),
    "duraciones en numpy": (FECHAS - FECHAS[0], TypeError, "datos[0]: se esperaba un número, no timedelta64"),
    "MaskedArray": (np.ma.masked_array(BUENOS, [0, 1, 0]), TypeError, "datos: es un MaskedArray, que oculta valores"),
    "fechas en polars": (pl.Series(FECHAS), TypeError, "datos: se esperaba una columna de números"),
    "registros en numpy": (np.zeros(2, dtype=[("a", "f8")]), TypeError, "datos[0]: se esperaba un número"),
    "una tabla": (pa.table({"a": BUENOS}), TypeError, "datos: se esperaba una columna de números"),
    "un DataFrame": (pl.DataFrame({"a": BUENOS}), TypeError, "datos: se esperaba una columna de números"),
    "un escalar de numpy": (np.array(1.0), TypeError, "datos: se esperaba una columna de números"),
    "dos dimensiones": (np.ones((2, 2)), ValueError, "datos: tiene 2 dimensiones: se espera una"),
    "dos dimensiones sin valores": (np.ones((0, 2)), ValueError, "datos: tiene 2 dimensiones: se espera una"),
    "dos dimensiones de enteros": (np.ones((2, 2), dtype=int), ValueError, "datos: tiene 2 dimensiones"),
    "dos dimensiones de objetos": (np.ones((2, 2), dtype=object), ValueError, "datos: tiene 2 dimensiones"),
    "dos dimensiones big-endian": (np.ones((2, 2), dtype=">f8"), ValueError, "datos: tiene 2 dimensiones"),
    "una lista de listas": ([BUENOS, BUENOS], TypeError, "datos[0]: se esperaba un número, no list"),
    "un entero enorme": ([1, ENORME], OverflowError, "datos[1]: no cabe en un float de 64 bits"),
    "un entero enorme en objetos": (np.array([ENORME], dtype=object), OverflowError, "datos[0]: no cabe"),
}
PERCENTILES = {
    "negativo": (-1, ValueError, "percentil: debe estar entre 0 y 100, y es -1"),
    "mayor que cien": (100.5, ValueError, "percentil: debe estar entre 0 y 100, y es 100.5"),
    "NaN": (math.nan, ValueError, "percentil: debe estar entre 0 y 100, y es NaN"),
    "infinito": (math.inf, ValueError, "percentil: debe estar entre 0 y 100, y es inf"),
    "texto": ("50", TypeError, "percentil: se esperaba un número, no str"),
    "None": (None, TypeError, "percentil: se esperaba un número, no NoneType"),
    "bool": (True, TypeError, "percentil: se esperaba un número, no bool"),
    "lista": ([50], TypeError, "percentil: se esperaba un número, no list"),
    "complejo": (50j, TypeError, "percentil: se esperaba un número, no complex"),
    "enorme": (ENORME, OverflowError, "percentil: no cabe en un float de 64 bits"),
}
METODOS = {
    "desconocido": ("mediana", ValueError, 'metodo: no hay ninguno que se llame "mediana"; hay: inverted_cdf, '),
    "en mayúsculas": ("LOWER", ValueError, "metodo: no hay ninguno"),
    "vacío": ("", ValueError, "metodo: no hay ninguno"),
    "que no es texto": ("\ud800", ValueError, "metodo: no hay ninguno"),
    "un número": (7, TypeError, "metodo: se esperaba un str, no int"),
    "bytes": (b"lower", TypeError, "metodo: se esperaba un str, no bytes"),
}
HILOS = {
    "cero": (0, ValueError, "hilos: debe ser 1 o más, y es 0"),
    "negativo": (-1, ValueError, "hilos: debe ser 1 o más, y es -1"),
    "bool": (True, TypeError, "hilos: se esperaba un int, no bool"),
    "con decimales": (1.5, TypeError, "hilos: se esperaba un int, no float"),
    "texto": ("2", TypeError, "hilos: se esperaba un int, no str"),
    "enorme": (ENORME, OverflowError, "hilos: no cabe"),
}


def asincrona(*args, **opciones):
    async def esperar():
        return await mi_modulo_rust.calcular_percentil_async(*args, **opciones)

    return asyncio.run(esperar())


FUNCIONES = {
    "calcular_percentil": mi_modulo_rust.calcular_percentil,
    "calcular_percentil_async": asincrona,
    "percentiles": lambda datos, p, **opciones: mi_modulo_rust.percentiles(datos, [p], **opciones),
    "ProcesadorDatos": lambda datos, p, **opciones: mi_modulo_rust.ProcesadorDatos(datos).percentil(p, **opciones),
}


def exige(excepcion, mensaje, llamada):
    with pytest.raises(excepcion, match=re.escape(mensaje)) as vista:
        llamada()
    assert type(vista.value) is excepcion


@pytest.mark.parametrize("funcion", [*FUNCIONES, "percentil_ordenando"])
@pytest.mark.parametrize("caso", DATOS)
def test_unos_datos_que_no_valen_dicen_por_que(funcion, caso):
    datos, excepcion, mensaje = DATOS[caso]
    if caso == "un generador":
        datos = (x for x in BUENOS)
    exige(excepcion, mensaje, lambda: FUNCIONES.get(funcion, mi_modulo_rust.percentil_ordenando)(datos, 50))


@pytest.mark.parametrize("caso", PERCENTILES)
def test_un_percentil_que_no_vale_dice_por_que(caso):
    p, excepcion, mensaje = PERCENTILES[caso]
    for funcion in (mi_modulo_rust.calcular_percentil, asincrona, mi_modulo_rust.percentil_ordenando):
        exige(excepcion, mensaje, lambda: funcion(BUENOS, p))
    en_lista = mensaje.replace("percentil:", "percentiles[1]:")
    exige(excepcion, en_lista, lambda: mi_modulo_rust.percentiles(BUENOS, [50, p]))
    de_la_clase = mensaje.replace("percentil:", "p:")
    exige(excepcion, de_la_clase, lambda: mi_modulo_rust.ProcesadorDatos(BUENOS).percentil(p))


@pytest.mark.parametrize("funcion", FUNCIONES)
@pytest.mark.parametrize("caso", METODOS)
def test_un_metodo_que_no_vale_dice_por_que(funcion, caso):
    metodo, excepcion, mensaje = METODOS[caso]
    exige(excepcion, mensaje, lambda: FUNCIONES[funcion](BUENOS, 50, metodo=metodo))


@pytest.mark.parametrize("funcion", FUNCIONES)
@pytest.mark.parametrize("caso", HILOS)
def test_unos_hilos_que_no_valen_dicen_por_que(funcion, caso):
    hilos, excepcion, mensaje = HILOS[caso]
    exige(excepcion, mensaje, lambda: FUNCIONES[funcion](BUENOS, 50, hilos=hilos))


def test_los_percentiles_que_no_son_columna_lo_dicen():
    for malos in (50, "50", None, {50: 1}):
        exige(TypeError, "percentiles: se esperaba una columna", lambda: mi_modulo_rust.percentiles(BUENOS, malos))
    exige(ValueError, "percentiles: tiene 2 dimensiones", lambda: mi_modulo_rust.percentiles(BUENOS, np.ones((1, 1))))


def test_un_argumento_de_mas_o_de_menos_es_un_typeerror_como_en_python():
    with pytest.raises(TypeError):
        mi_modulo_rust.calcular_percentil(BUENOS)
    with pytest.raises(TypeError):
        mi_modulo_rust.calcular_percentil(BUENOS, 50, "lower")
    with pytest.raises(TypeError):
        mi_modulo_rust.calcular_percentil(BUENOS, 50, method="lower")


class Rota:
    """A column whose own methods fail."""

    def __init__(self, largo=3, elemento=None, fallo=None):
        self.largo, self.elemento, self.fallo = largo, elemento, fallo

    def __len__(self):
        return self.largo

    def __iter__(self):
        yield 1.0
        if self.fallo:
            raise self.fallo
        yield self.elemento


def test_lo_que_lanza_el_propio_objeto_llega_tal_cual():
    """An exception raised in Python crosses Rust and comes out the same object: `?` in Rust is `raise` in Python."""
    fallo = KeyError("mía")
    with pytest.raises(KeyError) as vista:
        mi_modulo_rust.calcular_percentil(Rota(fallo=fallo), 50)
    assert vista.value is fallo


def test_un_largo_que_miente_no_es_mas_que_una_pista():
    assert mi_modulo_rust.calcular_percentil(Rota(largo=2**62, elemento=3.0), 100) == 3.0
    assert mi_modulo_rust.calcular_percentil(Rota(largo=0, elemento=3.0), 100) == 3.0


def test_un_numero_que_falla_al_convertirse_no_se_pierde():
    class Malo(float):
        def __float__(self):
            raise AssertionError("no se le pregunta: ya es un float")

    class Fraccion(__import__("fractions").Fraction):
        def __float__(self):
            raise LookupError("mía")

    assert mi_modulo_rust.calcular_percentil([Malo(1.5)], 50) == 1.5
    with pytest.raises(LookupError, match="mía"):
        mi_modulo_rust.calcular_percentil([Fraccion(1, 2)], 50)


def test_una_capsula_de_arrow_que_no_lo_es_es_un_typeerror():
    class Falsa:
        def __init__(self, respuesta):
            self.respuesta = respuesta

        def __arrow_c_array__(self, requested_schema=None):
            return self.respuesta

    buena = pa.array(BUENOS).__arrow_c_array__()
    for respuesta in (None, (), (1, 2), (buena[1], buena[0]), (buena[0], buena[0])):
        exige(TypeError, "datos: su ", lambda: mi_modulo_rust.calcular_percentil(Falsa(respuesta), 50))

    buena = Falsa(pa.array(BUENOS).__arrow_c_array__())
    assert mi_modulo_rust.calcular_percentil(buena, 100) == 3.0
    exige(ValueError, "datos: ", lambda: mi_modulo_rust.calcular_percentil(buena, 100))


def test_pase_lo_que_pase_la_excepcion_es_una_de_las_tres():
    """Every odd value in every place: never another class, never a panic."""
    raros = [x for x, _, _ in DATOS.values()]
    raros += [x for casos in (PERCENTILES, METODOS, HILOS) for x, _, _ in casos.values()]
    raros += [BUENOS, 50, "linear", 2, lambda: 1, type, NotImplemented, ..., memoryview(b"abc"), np.float32]
    for raro in raros:
        for llamada in (
            lambda: mi_modulo_rust.calcular_percentil(raro, 50),
            lambda: mi_modulo_rust.calcular_percentil(BUENOS, raro),
            lambda: mi_modulo_rust.calcular_percentil(raro, raro),
            lambda: mi_modulo_rust.calcular_percentil(BUENOS, 50, metodo=raro),
            lambda: mi_modulo_rust.calcular_percentil(BUENOS, 50, hilos=raro),
            lambda: mi_modulo_rust.percentiles(raro, raro),
            lambda: mi_modulo_rust.percentiles(BUENOS, raro, metodo="hazen"),
            lambda: mi_modulo_rust.ProcesadorDatos(raro).media(),
            lambda: asincrona(raro, 50),
        ):
            try:
                llamada()
            except (ValueError, TypeError, OverflowError) as error:
                assert type(error) in (ValueError, TypeError, OverflowError)
