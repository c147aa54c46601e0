"""`calcular_percentil`, `percentiles` and `ProcesadorDatos` give numpy's value, whatever holds the numbers."""

from __future__ import annotations

import array
import collections
import ctypes
import decimal
import fractions
import math

import mi_modulo_rust
import nanoarrow as na
import numpy as np
import pandas as pd
import polars as pl
import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

METODOS = mi_modulo_rust.METODOS
GUIA = [1.0, 5.0, 3.0, 8.0, 2.0, 9.0, 4.0]


def de_numpy(datos, p, metodo):
    with np.errstate(all="ignore"):
        return np.percentile(np.asarray(datos, dtype=np.float64), p, method=metodo)


def mismo(uno: float, otro: float) -> bool:
    """Equal to the last bit; both NaN, or zeros of either sign, which are equal and whose order nobody defines."""
    return uno == otro or (math.isnan(uno) and math.isnan(otro))


def comprobar(datos, p, metodo):
    nuestro = mi_modulo_rust.calcular_percentil(datos, p, metodo=metodo)
    assert type(nuestro) is float
    suyo = float(de_numpy(datos, p, metodo))
    assert mismo(nuestro, suyo), f"{metodo} {p}: {nuestro!r} y {suyo!r}"


def test_los_metodos_son_los_trece_de_numpy():
    nombres = np.lib._function_base_impl._QuantileMethods
    assert len(METODOS) == 13 and set(METODOS) == set(nombres)


def test_el_ejemplo_de_la_guia_da_5_donde_su_comentario_dice_7():
    assert mi_modulo_rust.calcular_percentil(GUIA, 95.0) == 8.0
    proc = mi_modulo_rust.ProcesadorDatos(GUIA)
    assert f"{proc.media():.2f}" == "4.57"
    assert proc.percentil(75.0) == 5.0
    todos = {metodo: proc.percentil(75.0, metodo=metodo) for metodo in METODOS}
    assert todos == {metodo: float(de_numpy(GUIA, 75.0, metodo)) for metodo in METODOS}
    assert 7.0 not in todos.values()


numeros = st.floats(allow_nan=False, width=64)
porcentajes = st.one_of(st.floats(0, 100), st.integers(0, 100), st.sampled_from([0.0, 100.0, 50.0, 12.5, 1e-300]))


@pytest.mark.parametrize("metodo", METODOS)
@settings(deadline=None, max_examples=150)
@given(datos=st.lists(numeros, min_size=1, max_size=60), p=porcentajes)
def test_cualquier_lista_da_lo_de_numpy_hasta_el_ultimo_bit(metodo, datos, p):
    comprobar(datos, p, metodo)


@pytest.mark.parametrize("metodo", METODOS)
@settings(deadline=None, max_examples=25)
@given(
    semilla=st.integers(0, 2**32 - 1),
    n=st.integers(32_000, 70_000),
    distintos=st.sampled_from([1, 2, 3, 1000, 10**9]),
    ps=st.lists(st.floats(0, 100), min_size=1, max_size=12),
)
def test_una_columna_larga_da_lo_de_numpy_hasta_el_ultimo_bit(metodo, semilla, n, distintos, ps):
    """From 32 769 values on, the value is found by sample and bracket; with many percentiles, on a copy."""
    datos = np.random.default_rng(semilla).integers(0, distintos, n) * 0.1
    nuestros = mi_modulo_rust.percentiles(datos, ps, metodo=metodo)
    suyos = [float(x) for x in de_numpy(datos, ps, metodo)]
    assert len(nuestros) == len(ps) and all(map(mismo, nuestros, suyos))
    comprobar(datos, ps[0], metodo)


def test_percentiles_es_por_defecto_el_linear_de_numpy_y_calcular_percentil_el_lower_de_la_guia():
    assert mi_modulo_rust.percentiles(GUIA, [75, 0, 100]) == [float(x) for x in np.percentile(GUIA, [75, 0, 100])]
    assert mi_modulo_rust.percentiles(GUIA, []) == []
    assert mi_modulo_rust.calcular_percentil(GUIA, 75) == np.percentile(GUIA, 75, method="lower")


def test_la_ordenacion_de_la_guia_da_lo_mismo():
    datos = np.random.default_rng(5).normal(size=50_000)
    for p in (0, 33.3, 95, 100):
        assert mi_modulo_rust.percentil_ordenando(datos, p) == mi_modulo_rust.calcular_percentil(datos, p)


class Propia:
    """What a list does, without being one."""

    def __len__(self):
        return len(GUIA)

    def __getitem__(self, i):
        return GUIA[i]


DOS = np.array([[x, -x] for x in GUIA])
ENTEROS = [int(x) for x in GUIA]
FORMAS = {
    "lista": GUIA,
    "tupla": tuple(GUIA),
    "lista de int": ENTEROS,
    "range": range(3, 20),
    "deque": collections.deque(GUIA),
    "clase propia": Propia(),
    "Decimal": [decimal.Decimal(str(x)) for x in GUIA],
    "Fraction": [fractions.Fraction(x) for x in GUIA],
    "mezcla": [1, 2.5, np.float32(3), np.int8(4), np.float64(5), fractions.Fraction(1, 2)],
    "numpy": np.array(GUIA),
    "numpy con paso": DOS[:, 0],
    "numpy con paso negativo": np.array(GUIA)[::-1],
    "numpy big-endian": np.array(GUIA, dtype=">f8"),
    "numpy de enteros big-endian": np.array(ENTEROS, dtype=">i4"),
    "numpy sin alinear": np.frombuffer(b"x" + np.array(GUIA).tobytes(), offset=1),
    "numpy de objetos": np.array(GUIA, dtype=object),
    "numpy longdouble": np.array(GUIA, dtype=np.longdouble),
    "memoryview": memoryview(np.array(GUIA)),
    "memoryview de bytes": memoryview(bytes(ENTEROS)),
    "ctypes": (ctypes.c_double * len(GUIA))(*GUIA),
    "array.array d": array.array("d", GUIA),
    "array.array f": array.array("f", GUIA),
    "array.array q": array.array("q", ENTEROS),
    "pyarrow": pa.array(GUIA),
    "pyarrow cortado": pa.array([99.0, *GUIA, -99.0])[1:-1],
    "pyarrow a trozos": pa.chunked_array([GUIA[:3], [], GUIA[3:]]),
    "pyarrow int32": pa.array(ENTEROS, pa.int32()),
    "pyarrow decimal": pa.array([decimal.Decimal(x) for x in ENTEROS], pa.decimal128(9, 2)),
    "pyarrow sin alinear": pa.Array.from_buffers(
        pa.float64(), len(GUIA), [None, pa.py_buffer(b"x" + np.array(GUIA).tobytes()).slice(1)]
    ),
    "nanoarrow": na.Array(GUIA, na.float64()),
    "polars": pl.Series(GUIA),
    "polars int": pl.Series(ENTEROS),
    "polars a trozos": pl.concat([pl.Series(GUIA[:2]), pl.Series(GUIA[2:])], rechunk=False),
    "polars cortada": pl.Series([0.0, *GUIA]).slice(1),
    "pandas": pd.Series(GUIA),
    "pandas int": pd.Series(ENTEROS),
    "pandas Index": pd.Index(GUIA),
    "pandas de Arrow": pd.Series(GUIA, dtype="float64[pyarrow]"),
} | {f"numpy {tipo}": np.array(ENTEROS, dtype=tipo) for tipo in np.typecodes["AllInteger"] + "ef"}


@pytest.mark.parametrize("forma", FORMAS)
def test_cada_forma_de_tener_una_columna_da_lo_mismo(forma):
    datos = FORMAS[forma]
    lista = [float(x) for x in (datos.to_pylist() if hasattr(datos, "to_pylist") else datos)]
    for metodo in ("lower", "linear"):
        for p in (0, 40, 100):
            nuestro = mi_modulo_rust.calcular_percentil(datos, p, metodo=metodo)
            assert nuestro == de_numpy(lista, p, metodo)
    assert mi_modulo_rust.ProcesadorDatos(datos).suma() == sum(lista)


def test_una_columna_de_solo_lectura_se_lee_y_ninguna_se_cambia():
    datos = np.random.default_rng(1).random(50_000)
    antes = datos.copy()
    datos.setflags(write=False)
    assert mi_modulo_rust.calcular_percentil(datos, 50) == np.percentile(antes, 50, method="lower")
    assert np.array_equal(datos, antes)


def test_el_bufer_se_devuelve_al_terminar():
    """While a buffer is lent, its owner may not be resized."""
    datos = array.array("d", GUIA)
    mi_modulo_rust.calcular_percentil(datos, 50)
    with pytest.raises(ValueError):
        mi_modulo_rust.calcular_percentil(datos, 101)
    datos.append(10.0)
    assert mi_modulo_rust.calcular_percentil(datos, 100) == 10.0


def test_el_percentil_tambien_puede_ser_de_otros_tipos_de_numero():
    for p in (75, 75.0, np.float32(75), np.int64(75), decimal.Decimal(75), fractions.Fraction(75)):
        assert mi_modulo_rust.calcular_percentil(GUIA, p) == 5.0
    assert mi_modulo_rust.percentiles(GUIA, np.array([75]), metodo="lower") == [5.0]


def test_la_clase_guarda_una_copia_y_no_cambia():
    datos = np.array(GUIA)
    proc = mi_modulo_rust.ProcesadorDatos(datos)
    datos[:] = 0
    assert (len(proc), proc.suma(), proc.percentil(100)) == (7, 32.0, 9.0)
    assert repr(proc) == "ProcesadorDatos(7 valores)"
    assert proc.media() == 32 / 7
    with pytest.raises(AttributeError):
        proc.datos = []


def test_sin_datos_la_suma_es_cero_y_la_media_un_error():
    nada = mi_modulo_rust.ProcesadorDatos([])
    assert (len(nada), nada.suma()) == (0, 0.0)
    with pytest.raises(ValueError, match="datos: no puede estar vacío"):
        nada.media()
    con_nan = mi_modulo_rust.ProcesadorDatos([1.0, math.nan])
    assert math.isnan(con_nan.suma()) and math.isnan(con_nan.media())


def test_una_subclase_de_float_o_de_int_es_un_numero():
    class Metros(float):
        pass

    class Piezas(int):
        pass

    assert mi_modulo_rust.calcular_percentil([Metros(2.5), Piezas(2)], 100) == 2.5


def test_la_ayuda_dice_parametros_errores_y_valores_por_defecto():
    for funcion in (
        mi_modulo_rust.calcular_percentil,
        mi_modulo_rust.percentiles,
        mi_modulo_rust.calcular_percentil_async,
        mi_modulo_rust.percentil_ordenando,
        mi_modulo_rust.ProcesadorDatos,
        mi_modulo_rust.ProcesadorDatos.percentil,
    ):
        assert "Errores:" in funcion.__doc__
    assert "metodo='lower'" in mi_modulo_rust.calcular_percentil.__text_signature__
    assert "metodo='linear'" in mi_modulo_rust.percentiles.__text_signature__
