"""Columns in and out by Arrow's PyCapsule interface: whose memory it is, what is refused, and that nothing else happens meanwhile."""

from __future__ import annotations

import array
import ctypes
import gc
import math
import multiprocessing
import os
import random
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import mi_modulo_rust as mi
import nanoarrow as na
import numpy as np
import pandas as pd
import polars as pl
import pyarrow as pa
import pytest

VALORES = [1.0, 2.5, -3.0, 0.0, 1e300]
ESPERADO = [3.0, 6.0, -5.0, 1.0, 2e300]
X = np.array(VALORES)

ENTRADAS: dict[str, Callable[[], Any]] = {
    "pyarrow": lambda: pa.array(X),
    "pyarrow por trozos": lambda: pa.chunked_array([X[:2], X[2:]]),
    "polars": lambda: pl.Series("x", X),
    "polars por trozos": lambda: pl.Series("x", X[:2]).append(pl.Series("x", X[2:])),
    "pandas con numpy": lambda: pd.Series(X),
    "pandas con arrow": lambda: pd.Series(pa.array(X), dtype=pd.ArrowDtype(pa.float64())),
    "nanoarrow": lambda: na.Array(pa.array(X)),
    "nanoarrow por trozos": lambda: na.Array(pa.chunked_array([X[:2], X[2:]])),
    "flujo de nanoarrow": lambda: na.ArrayStream(pa.chunked_array([X[:2], X[2:]])),
    "numpy": lambda: X,
    "numpy de solo lectura": lambda: np.frombuffer(X.tobytes()),
    "array de Python": lambda: array.array("d", VALORES),
    "memoryview": lambda: memoryview(X),
}


def a_pyarrow(columna: Any) -> pa.ChunkedArray:
    """The column as PyArrow takes it, without copying."""
    if hasattr(columna, "__arrow_c_stream__"):
        return pa.chunked_array(columna)
    return pa.chunked_array([pa.array(columna)])


def bufer(columna: Any, nombre: str, trozo: int = 0) -> int:
    """The address of a buffer of a chunk."""
    return next(direccion for cual, direccion, _ in mi.direcciones(columna)[trozo]["buferes"] if cual == nombre)


def iguales_bit_a_bit(columna: Any, esperado: np.ndarray) -> bool:
    obtenido = a_pyarrow(columna).to_numpy()
    return obtenido.dtype == esperado.dtype == np.float64 and bool((obtenido.view(np.int64) == esperado.view(np.int64)).all())


# ---- values


def test_el_ejemplo_de_la_guia() -> None:
    arr = pa.array([1.0, 2.0, 3.0, 4.0, 5.0], type=pa.float64())
    resultado = mi.procesar_arrow(arr)
    assert str(resultado) == "[3.0, 5.0, 7.0, 9.0, 11.0]"
    assert pa.array(resultado).equals(pa.array([3.0, 5.0, 7.0, 9.0, 11.0]))


@pytest.mark.parametrize("entrada", ENTRADAS)
def test_de_cualquier_biblioteca_salen_los_mismos_numeros(entrada: str) -> None:
    assert mi.procesar_arrow(ENTRADAS[entrada]()).to_pylist() == ESPERADO


@pytest.mark.parametrize("filas", [0, 1, 7, 1_000, 300_000])
def test_los_bits_son_los_de_numpy(filas: int) -> None:
    azar = np.random.default_rng(filas)
    x = azar.integers(-(2**63), 2**63, filas, dtype=np.int64).view(np.float64)
    with np.errstate(all="ignore"):
        esperado = x * 2 + 1
    assert iguales_bit_a_bit(mi.procesar_arrow(pa.array(x)), esperado)
    assert iguales_bit_a_bit(mi.procesar_arrow(x), esperado)


def test_lo_raro_tambien() -> None:
    x = np.array([np.inf, -np.inf, np.nan, -np.nan, -0.0, 0.0, 5e-324, 1.7976931348623157e308, 2.0**53])
    with np.errstate(all="ignore"):
        assert iguales_bit_a_bit(mi.procesar_arrow(x), x * 2 + 1)


def test_un_pandas_con_numpy_entrega_sus_nan_como_nulos_y_asi_vuelven() -> None:
    serie = pd.Series([1.0, np.nan, 3.0])
    assert mi.procesar_arrow(serie).to_pylist() == [3.0, None, 7.0]
    # NumPy has no nulls: there a NaN is a NaN.
    assert math.isnan(mi.procesar_arrow(serie.to_numpy())[1] or 0.0)


# ---- whose memory it is


def test_los_valores_se_leen_donde_los_tiene_quien_los_trae() -> None:
    x = np.arange(1000.0)
    direccion = x.ctypes.data
    arrow = pa.array(x)
    polars = pl.Series("x", x)
    for columna, suya in [
        (x, direccion),
        (arrow, arrow.buffers()[1].address),
        (arrow.slice(10, 5), arrow.buffers()[1].address),
        (polars, polars.to_numpy(allow_copy=False).ctypes.data),
        (pd.Series(x, copy=False), direccion),
        (pd.Series(arrow, dtype=pd.ArrowDtype(pa.float64())), arrow.buffers()[1].address),
        (na.Array(arrow), arrow.buffers()[1].address),
    ]:
        assert bufer(columna, "valores") == suya, type(columna)
    assert arrow.buffers()[1].address == direccion
    assert mi.direcciones(arrow.slice(10, 5))[0]["desplazamiento"] == 10


def test_los_trozos_se_leen_cada_uno_en_su_sitio_y_salen_con_sus_longitudes() -> None:
    trozos = [pa.array(np.arange(float(n))) for n in (3, 0, 5, 1)]
    columna = pa.chunked_array(trozos)
    assert [bufer(columna, "valores", i) for i in (0, 2, 3)] == [trozos[i].buffers()[1].address for i in (0, 2, 3)]
    sale = mi.procesar_arrow(columna)
    assert isinstance(sale, mi.ColumnaArrowPorTrozos)
    assert [len(trozo) for trozo in pa.chunked_array(sale).chunks] == [3, 0, 5, 1]
    # One piece of memory for all of them.
    primero = bufer(sale, "valores", 0)
    assert [bufer(sale, "valores", i) - primero for i in (2, 3)] == [24, 64]


def test_lo_que_sale_lo_toman_las_bibliotecas_sin_copiarlo() -> None:
    sale = mi.procesar_arrow(pa.array(np.arange(1000.0)))
    suya = bufer(sale, "valores")
    arrow = pa.array(sale)
    assert arrow.buffers()[1].address == suya
    assert pl.Series(sale).to_numpy(allow_copy=False).ctypes.data == suya
    assert arrow.to_numpy(zero_copy_only=True).ctypes.data == suya
    assert na.Array(sale).buffer(1)._addr() == suya
    assert bufer(pd.Series(arrow, dtype=pd.ArrowDtype(pa.float64())), "valores") == suya
    assert pd.Series(arrow.to_numpy(), copy=False).to_numpy().ctypes.data == suya
    # And in again: what came out is a column like any other.
    assert bufer(pl.Series(sale), "valores") == suya
    assert mi.procesar_arrow(sale)[999] == 3999.0


def test_los_nulos_que_salen_son_los_mismos_bytes_que_entraron() -> None:
    columna = pa.array([1.0, None, 3.0] * 100)
    sale = mi.procesar_arrow(columna)
    assert bufer(sale, "validez") == columna.buffers()[0].address
    assert (sale.nulos, sale.to_pylist()[:3]) == (100, [3.0, None, 7.0])
    # They outlive who brought them.
    del columna
    gc.collect()
    assert sale.to_pylist() == [3.0, None, 7.0] * 100


@pytest.mark.parametrize("desde", [0, 1, 7, 8, 13, 64])
def test_un_corte_con_nulos_guarda_los_suyos(desde: int) -> None:
    valores = [None if i % 3 == 0 else float(i) for i in range(100)]
    esperado = [None if x is None else x * 2 + 1 for x in valores[desde : desde + 30]]
    for columna in (pa.array(valores, pa.float64()), pl.Series(valores), na.Array(pa.array(valores, pa.float64()))):
        cortada = columna[desde : desde + 30] if not isinstance(columna, na.Array) else pa.array(columna).slice(desde, 30)
        sale = mi.procesar_arrow(cortada)
        assert sale.to_pylist() == esperado
        assert a_pyarrow(sale).to_pylist() == esperado


def test_lo_que_haya_debajo_de_un_nulo_no_se_ve() -> None:
    basura = pa.py_buffer(np.array([1.0, np.nan, 3.0]))
    columna = pa.Array.from_buffers(pa.float64(), 3, [pa.py_buffer(bytes([0b101])), basura])
    assert mi.procesar_arrow(columna).to_pylist() == [3.0, None, 7.0]


def test_nada_se_escribe_en_lo_que_entra() -> None:
    x = np.arange(300_000.0)
    x.flags.writeable = False
    mi.procesar_arrow(x)
    mi.procesar_arrow(pa.array(x))
    assert (x == np.arange(300_000.0)).all()


def test_vacias() -> None:
    for columna in (pa.array([], pa.float64()), X[:0], array.array("d"), pl.Series([], dtype=pl.Float64), pd.Series([], dtype=float)):
        assert mi.procesar_arrow(columna).to_pylist() == []
    sin_trozos = mi.procesar_arrow(pa.chunked_array([], type=pa.float64()))
    assert (sin_trozos.trozos, pa.chunked_array(sin_trozos).num_chunks) == (0, 0)


def test_todo_se_suelta_y_una_sola_vez() -> None:
    gc.collect()
    antes = pa.total_allocated_bytes()
    referencias = sys.getrefcount(X)
    columna = pa.array([None, *VALORES] * 1000)
    sale = mi.procesar_arrow(columna)
    vuelta = pa.array(sale)
    otra = mi.procesar_arrow(X)
    del columna, sale, otra
    assert vuelta[1].as_py() == 3.0
    del vuelta
    gc.collect()
    assert pa.total_allocated_bytes() == antes
    assert sys.getrefcount(X) == referencias


def residente() -> int:
    with open("/proc/self/statm") as statm:
        return int(statm.read().split()[1]) * os.sysconf("SC_PAGE_SIZE")


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="reads /proc")
def test_cien_mil_llamadas_no_dejan_memoria_atras() -> None:
    columna, trozos = pa.array([1.0, None] * 50), pl.Series([1.0, 2.0])

    def llamadas(cuantas: int) -> None:
        for i in range(cuantas):
            mi.procesar_arrow(columna)
            mi.procesar_arrow(X)
            mi.procesar_arrow(trozos)
            if i % 4 == 0:
                with pytest.raises(TypeError):
                    mi.procesar_arrow(pa.array([1]))

    llamadas(3_000)
    antes = residente()
    llamadas(30_000)
    assert residente() - antes < 4 << 20


# ---- what is refused

TIPOS = [
    pa.array([1, 2]),
    pa.array([1.0], pa.float32()),
    pa.array(["a"]),
    pa.array(["a"], pa.string_view()),
    pa.array([True]),
    pa.array([None, None]),
    pa.array([1.0]).dictionary_encode(),
    pa.array([[1.0]]),
    pa.array([{"a": 1.0}]),
    pa.array([1], pa.decimal128(5, 2)),
    pa.array([1], pa.timestamp("us")),
    pa.chunked_array([[1], [2]]),
    pa.table({"a": [1.0]}),
    pa.record_batch({"a": [1.0]}),
    pl.Series([1, 2]),
    pl.Series(["a"]),
    pl.DataFrame({"a": [1.0]}),
    pd.Series([1, 2]),
    pd.Series(["a"]),
    pd.DataFrame({"a": [1.0]}),
    na.Array([1, 2], na.int32()),
]


@pytest.mark.parametrize("columna", TIPOS, ids=lambda columna: type(columna).__module__.split(".")[0])
def test_otro_tipo_de_arrow_es_un_type_error_que_nombra_el_argumento(columna: Any) -> None:
    with pytest.raises(TypeError, match="^columna: se esperaba una columna float64 y llegó "):
        mi.procesar_arrow(columna)


@pytest.mark.parametrize("objeto", [[1.0], (1.0,), None, "1.0", np.array(1.0), np.float64(1.0), b"12345678", bytearray(8), {}, 1.0, object(), pa.Array, pa.DoubleArray, pl.Series, float])
def test_lo_que_no_es_una_columna_es_un_type_error(objeto: Any) -> None:
    with pytest.raises(TypeError, match="^columna: se esperaba una columna de Arrow"):
        mi.procesar_arrow(objeto)
    with pytest.raises(TypeError, match="^columna: "):
        mi.direcciones(objeto)


@pytest.mark.parametrize("tipo", [">f8", "f4", "i8", "u1", "?", "c16", "M8[s]", "S8", "O"])
def test_un_numpy_de_otra_cosa_es_un_type_error_tambien_con_los_bytes_al_reves(tipo: str) -> None:
    with pytest.raises(TypeError, match="^columna: "):
        mi.procesar_arrow(np.zeros(3, dtype=tipo))


def test_los_bytes_al_reves_se_pueden_convertir_antes() -> None:
    al_reves = np.array([1.0, 2.0], dtype=">f8")
    assert mi.procesar_arrow(al_reves.astype("f8")).to_pylist() == [3.0, 5.0]
    with pytest.raises(TypeError, match="orden de esta máquina.*'>d'|orden de esta máquina.*\">d\""):
        mi.procesar_arrow(al_reves)


def desalineado() -> np.ndarray:
    return np.frombuffer(bytearray(8 * 4 + 4), dtype=np.uint8)[4:36].view(np.float64)


@pytest.mark.parametrize(
    ("columna", "motivo"),
    [
        (np.zeros((2, 3)), "tiene 2 dimensiones"),
        (np.zeros(10)[::2], "no están seguidos en memoria"),
        (np.zeros(10)[::-1], "no están seguidos en memoria"),
    ],
)
def test_un_numpy_que_no_se_puede_leer_de_corrido_es_un_value_error(columna: np.ndarray, motivo: str) -> None:
    with pytest.raises(ValueError, match=f"^columna: .*{motivo}"):
        mi.procesar_arrow(columna)


def test_un_numpy_mal_alineado_se_rechaza_y_un_arrow_mal_alineado_se_copia() -> None:
    x = desalineado()
    assert x.ctypes.data % 8 == 4
    with pytest.raises(ValueError, match="^columna: .*múltiplo de 8"):
        mi.procesar_arrow(x)
    columna = pa.Array.from_buffers(pa.float64(), 4, [None, pa.py_buffer(x.view(np.uint8))])
    assert columna.buffers()[1].address == x.ctypes.data
    assert bufer(columna, "valores") != x.ctypes.data
    assert mi.procesar_arrow(columna).to_pylist() == [1.0] * 4


def test_un_masked_array_no_pierde_su_mascara_en_silencio() -> None:
    with pytest.raises(TypeError, match="^columna: .*MaskedArray"):
        mi.procesar_arrow(np.ma.masked_array([1.0, 2.0], mask=[False, True]))


class Capsulas:
    """Hands out the same capsules each time, as no library does."""

    def __init__(self, columna: Any) -> None:
        if hasattr(columna, "__arrow_c_array__"):
            self.array = columna.__arrow_c_array__()
        else:
            self.flujo = columna.__arrow_c_stream__()

    def __getattr__(self, nombre: str) -> Any:
        if nombre == "__arrow_c_array__" and "array" in self.__dict__:
            return lambda requested_schema=None: self.array
        if nombre == "__arrow_c_stream__" and "flujo" in self.__dict__:
            return lambda requested_schema=None: self.flujo
        raise AttributeError(nombre)


@pytest.mark.parametrize("columna", [pa.array(X), pa.chunked_array([X]), pl.Series(X)])
def test_una_capsula_sirve_una_vez(columna: Any) -> None:
    capsulas = Capsulas(columna)
    assert mi.procesar_arrow(capsulas).to_pylist() == ESPERADO
    for funcion in (mi.procesar_arrow, mi.direcciones):
        with pytest.raises(ValueError, match="^columna: .* ya se consumió o se liberó"):
            funcion(capsulas)


def test_a_quien_se_rechaza_por_su_tipo_le_queda_su_array() -> None:
    capsulas = Capsulas(pa.array([1, 2]))
    with pytest.raises(TypeError, match="Int64"):
        mi.procesar_arrow(capsulas)
    assert pa.array(capsulas).to_pylist() == [1, 2]


def test_un_lector_que_otro_agoto() -> None:
    lector = pa.table({"a": [1.0]}).to_reader()
    lector.read_all()
    assert mi.direcciones(lector) == []
    cerrado = pl.Series([1.0])
    flujo = Capsulas(cerrado)
    pa.chunked_array(flujo)
    with pytest.raises(ValueError, match="ya se consumió"):
        mi.procesar_arrow(flujo)


def devuelve(valor: Any, metodo: str = "__arrow_c_array__") -> Any:
    def dar(self: Any, requested_schema: Any = None) -> Any:
        if isinstance(valor, BaseException):
            raise valor
        return valor

    return type("Productor", (), {metodo: dar})()


@pytest.mark.parametrize(
    ("productor", "excepcion"),
    [
        (devuelve(None), TypeError),
        (devuelve(()), TypeError),
        (devuelve((1, 2)), TypeError),
        (devuelve(tuple(reversed(pa.array(X).__arrow_c_array__()))), TypeError),
        (devuelve(pa.array(X).__arrow_c_array__() * 2), TypeError),
        (devuelve(pa.array(X).__arrow_c_array__()[0], "__arrow_c_stream__"), TypeError),
        (devuelve(None, "__arrow_c_stream__"), TypeError),
        (devuelve(RuntimeError("nada")), ValueError),
        (devuelve(TypeError("nada")), TypeError),
        (devuelve(ValueError("nada"), "__arrow_c_stream__"), ValueError),
        (type("Sin", (), {"__arrow_c_array__": 3})(), TypeError),
    ],
)
def test_un_productor_de_python_que_no_cumple(productor: Any, excepcion: type[Exception]) -> None:
    with pytest.raises(excepcion, match="^columna: ") as atrapada:
        mi.procesar_arrow(productor)
    if "nada" in str(atrapada.value):
        assert "nada" in str(atrapada.value.__cause__)


def test_lo_que_no_es_culpa_de_la_columna_pasa_como_es() -> None:
    for excepcion in (KeyboardInterrupt, MemoryError, ImportError):
        with pytest.raises(excepcion):
            mi.procesar_arrow(devuelve(excepcion()))


def test_un_flujo_que_falla_a_medias_dice_lo_que_dijo() -> None:
    def lotes() -> Iterator[pa.RecordBatch]:
        yield pa.record_batch({"a": [1.0]})
        raise OSError("se cortó la red")

    esquema = pa.schema({"a": pa.float64()})
    with pytest.raises(ValueError, match="^columna: su productor falló .*se cortó la red"):
        mi.direcciones(pa.RecordBatchReader.from_batches(esquema, lotes()))


# ---- structures that lie, from C


class ArrowArray(ctypes.Structure):
    """The structure of the C Data Interface, to be filled in wrongly."""


ArrowArray._fields_ = [
    ("length", ctypes.c_int64),
    ("null_count", ctypes.c_int64),
    ("offset", ctypes.c_int64),
    ("n_buffers", ctypes.c_int64),
    ("n_children", ctypes.c_int64),
    ("buffers", ctypes.c_void_p),
    ("children", ctypes.c_void_p),
    ("dictionary", ctypes.c_void_p),
    ("release", ctypes.c_void_p),
    ("private_data", ctypes.c_void_p),
]
puntero_de_capsula = ctypes.pythonapi.PyCapsule_GetPointer
puntero_de_capsula.argtypes, puntero_de_capsula.restype = [ctypes.py_object, ctypes.c_char_p], ctypes.c_void_p


@contextmanager
def alterado(columna: pa.Array, **campos: int) -> Iterator[Any]:
    """The column's capsules, with some fields of the structure overwritten; put back at the end, for its owner to let it go."""
    esquema, capsula = columna.__arrow_c_array__()
    estructura = ArrowArray.from_address(puntero_de_capsula(capsula, b"arrow_array"))
    antes = {campo: getattr(estructura, campo) for campo in campos}
    for campo, valor in campos.items():
        setattr(estructura, campo, valor)
    tomada = bool(estructura.release)
    yield devuelve((esquema, capsula))
    tomada = tomada and not estructura.release
    if not tomada:
        for campo, valor in antes.items():
            setattr(estructura, campo, valor)


@pytest.mark.parametrize(
    "campos",
    [
        {"length": -1},
        {"length": 2**63 - 1},
        {"offset": -1},
        {"offset": 2**63 - 1},
        {"length": 2**62, "offset": 2**62},
        {"null_count": 7},
        {"null_count": -2},
        {"null_count": 0},
        {"null_count": 3},
        {"n_buffers": 0},
        {"n_buffers": 1},
        {"n_buffers": 3},
        {"n_buffers": -1},
        {"n_buffers": 2**40},
        {"buffers": 0},
        {"n_children": 1},
        {"n_children": -1},
        {"release": 0},
    ],
    ids=str,
)
def test_una_estructura_que_se_contradice_es_un_value_error(campos: dict[str, int]) -> None:
    columna = pa.array([1.0, None, 3.0])
    with alterado(columna, **campos) as productor, pytest.raises(ValueError, match="^columna: "):
        mi.procesar_arrow(productor)
    # The column itself is well.
    assert mi.procesar_arrow(columna).to_pylist() == [3.0, None, 7.0]


def test_al_azar_ninguna_estructura_alterada_es_un_panico() -> None:
    azar = random.Random(1663)
    campos = ["length", "null_count", "offset", "n_buffers", "n_children"]
    rechazadas = 0
    for _ in range(2_000):
        columna = pa.array([1.0, None, 3.0, 4.0] * 4)
        # Impossible ones: a length that could be is a lie that nobody can tell from the truth.
        dado = azar.choice([-(2**63), -1, 2**62, 2**63 - 1, azar.randrange(-(2**63), -1), azar.randrange(2**55, 2**63)])
        with alterado(columna, **{azar.choice(campos): dado}) as productor:
            try:
                mi.procesar_arrow(productor)
            except ValueError as error:
                assert str(error).startswith("columna: ")
                rechazadas += 1
    # What is let through says that nobody has counted the nulls.
    assert rechazadas > 1_800


# ---- threads, signals, forks


def puntos(filas: int, veces: int = 1) -> list[pa.ChunkedArray]:
    azar = np.random.default_rng(filas)
    return [pa.chunked_array([pa.array(azar.uniform(-ancho, ancho, filas))] * veces) for ancho in (80, 180, 80, 180)]


def test_los_demas_hilos_siguen_mientras_calcula() -> None:
    columnas = puntos(100_000, 20)
    marcas: list[float] = []
    fin = threading.Event()

    def marcar() -> None:
        while not fin.is_set():
            marcas.append(time.perf_counter())
            time.sleep(0.001)

    hilo = threading.Thread(target=marcar)
    hilo.start()
    desde = time.perf_counter()
    mi.haversine(*columnas)
    hasta = time.perf_counter()
    fin.set()
    hilo.join()
    durante = [marca for marca in marcas if desde + 0.005 < marca < hasta - 0.005]
    assert durante, f"no other thread ran in {hasta - desde:.3f} s"


def test_ocho_hilos_a_la_vez_sobre_las_mismas_columnas() -> None:
    arrow, numpy = pa.array([1.0, None, 3.0] * 1000), np.arange(300_000.0)
    esperado = np.arange(300_000.0) * 2 + 1
    fallos: list[BaseException] = []

    def trabajar(quien: int) -> None:
        try:
            for vuelta in range(1_000):
                assert mi.procesar_arrow(arrow)[quien * 3] == 3.0
                if vuelta % 250 == quien % 250:
                    assert iguales_bit_a_bit(mi.procesar_arrow(numpy), esperado)
        except BaseException as fallo:  # noqa: BLE001
            fallos.append(fallo)

    hilos = [threading.Thread(target=trabajar, args=(quien,)) for quien in range(8)]
    for hilo in hilos:
        hilo.start()
    for hilo in hilos:
        hilo.join()
    assert fallos == []


class Alarma(Exception):
    pass


@pytest.mark.skipif(not hasattr(signal, "setitimer"), reason="needs POSIX timers")
def test_una_senal_interrumpe_una_llamada_larga() -> None:
    def sonar(*_: Any) -> None:
        raise Alarma

    columnas = puntos(100_000, 400)
    anterior = signal.signal(signal.SIGALRM, sonar)
    try:
        tardanzas = []
        for _ in range(3):
            desde = time.perf_counter()
            signal.setitimer(signal.ITIMER_REAL, 0.05)
            with pytest.raises(Alarma):
                mi.haversine(*columnas)
            tardanzas.append(time.perf_counter() - desde - 0.05)
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, anterior)
    # A loaded machine may be late once.
    assert min(tardanzas) < 0.2, tardanzas


def en_el_hijo(conexion: Any) -> None:
    salida = mi.procesar_arrow(np.ones(1_000_000))
    conexion.send(salida[999_999])


@pytest.mark.skipif(not hasattr(os, "fork"), reason="needs fork")
@pytest.mark.filterwarnings("ignore::DeprecationWarning")
def test_un_proceso_bifurcado_tambien_calcula_en_paralelo() -> None:
    assert mi.procesar_arrow(np.ones(1_000_000))[0] == 3.0
    contexto = multiprocessing.get_context("fork")
    aqui, alli = contexto.Pipe()
    hijo = contexto.Process(target=en_el_hijo, args=(alli,))
    hijo.start()
    contesta = aqui.poll(30)
    if not contesta:
        hijo.kill()
    hijo.join()
    assert contesta and aqui.recv() == 3.0
    # The parent's own workers are still there.
    assert mi.procesar_arrow(np.ones(1_000_000))[999_999] == 3.0


def test_polars_no_pasa_por_arrow_para_llamar_a_su_motor() -> None:
    programa = """
import sys
sys.modules["pyarrow"] = None
import polars as pl
def prohibido(*_, **__):
    raise AssertionError("Arrow")
for clase in (pl.Series, pl.DataFrame):
    for nombre in ("__arrow_c_stream__", "to_arrow", "_export_arrow_to_c"):
        setattr(clase, nombre, prohibido)
marco = pl.DataFrame({"x": [1.0, 2.0]})
print(marco.lazy().select(pl.col("x") * 2 + 1).collect()["x"].to_list(), type(marco._df).__name__)
"""
    hecho = subprocess.run([sys.executable, "-c", programa], capture_output=True, text=True, check=False)
    assert hecho.stdout.split("\n")[0] == "[3.0, 5.0] PyDataFrame", hecho.stderr


# ---- the distance


def haversine_numpy(lat1: Any, lon1: Any, lat2: Any, lon2: Any) -> np.ndarray:
    phi1, phi2 = np.radians(lat1), np.radians(lat2)
    a = np.sin((phi2 - phi1) / 2) ** 2 + np.cos(phi1) * np.cos(phi2) * np.sin(np.radians(lon2 - lon1) / 2) ** 2
    return 2 * 6371.0 * np.arcsin(np.sqrt(np.minimum(a, 1.0)))


def test_la_distancia_es_la_de_numpy() -> None:
    columnas = puntos(20_000)
    km = pa.array(mi.haversine(*columnas)).to_numpy()
    np.testing.assert_allclose(km, haversine_numpy(*(columna.to_numpy() for columna in columnas)), rtol=1e-9, atol=1e-6)
    uno = mi.haversine(*(np.array([grados]) for grados in (40.4168, -3.7038, -34.6037, -58.3816)))
    assert 10_043 < (uno[0] or 0.0) < 10_046


def test_la_distancia_admite_una_biblioteca_en_cada_columna_y_cortes_distintos() -> None:
    x = np.linspace(-80, 80, 1_000)
    mezcla = (pl.Series(x), pa.chunked_array([x[:300], x[300:]]), pd.Series(x), pa.chunked_array([x[:7], x[7:900], x[900:]]))
    esperado = mi.haversine(x, x, x, x).to_pylist()
    assert mi.haversine(*mezcla).to_pylist() == esperado == [0.0] * 1_000


def test_la_distancia_es_nula_donde_falta_alguna_coordenada() -> None:
    completa = np.array([1.0, 2.0, 3.0])
    km = mi.haversine(pa.array([None, 2.0, 3.0]), completa, pl.Series([1.0, None, 3.0]), completa)
    assert [valor is None for valor in km.to_pylist()] == [True, True, False]


def test_una_columna_mas_corta_se_nombra() -> None:
    cuatro, cinco = np.zeros(4), np.zeros(5)
    for lugar, nombre in enumerate(["lon1", "lat2", "lon2"], start=1):
        columnas = [cinco] * 4
        columnas[lugar] = cuatro
        with pytest.raises(ValueError, match=f"^{nombre}: tiene 4 filas y lat1 tiene 5"):
            mi.haversine(*columnas)
        with pytest.raises(TypeError, match=f"^{nombre}: se esperaba"):
            mi.haversine(*[[1.0] if columna is cuatro else columna for columna in columnas])


# ---- the objects that come out


def test_la_columna_se_puede_mirar_sin_ninguna_biblioteca() -> None:
    entera = mi.procesar_arrow(pa.array([1.0, None, 3.0]))
    troceada = mi.procesar_arrow(pa.chunked_array([[1.0, None], [3.0]]))
    assert (repr(entera), repr(troceada)) == ("ColumnaArrow(filas=3, nulos=1)", "ColumnaArrowPorTrozos(filas=3, trozos=2, nulos=1)")
    for columna in (entera, troceada):
        assert (len(columna), columna.nulos, list(columna)) == (3, 1, [3.0, None, 7.0])
        assert (columna[-1], columna[-3], str(columna)) == (7.0, 3.0, "[3.0, None, 7.0]")
        for fuera in (3, -4, sys.maxsize, -sys.maxsize - 1):
            with pytest.raises(IndexError, match="^indice: "):
                columna[fuera]
    assert str(mi.procesar_arrow(np.zeros(11))) == "[" + "1.0, " * 10 + "…]"


def test_el_nombre_de_la_columna_se_conserva() -> None:
    assert pl.Series(mi.procesar_arrow(pl.Series("monto", [1.0]))).name == "monto"


def test_quien_pide_otro_tipo_recibe_el_que_hay_y_lo_convierte_por_su_cuenta() -> None:
    # The protocol's conversion is best effort, and ours would drop fractions that PyArrow's own refuses to drop.
    sale = mi.procesar_arrow(pa.array([1.0, 0.25]))
    pedido = pa.int64().__arrow_c_schema__()
    assert pa.Array._import_from_c_capsule(*sale.__arrow_c_array__(pedido)).to_pylist() == [3.0, 1.5]
    with pytest.raises(pa.ArrowInvalid, match="truncated"):
        pa.array(sale).cast(pa.int64())


def test_por_listas_da_lo_mismo_y_las_malas_son_un_type_error() -> None:
    assert mi.procesar_lista(VALORES) == ESPERADO
    for malo in (["a"], None, 3, "12"):
        with pytest.raises(TypeError, match="^datos: "):
            mi.procesar_lista(malo)  # type: ignore[arg-type]
