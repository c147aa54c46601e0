"""What 16.6.4 adds: a legacy file, a hash and a rolling percentile, against csv, Polars, Pandas, hashlib and NumPy."""

from __future__ import annotations

import json
import math
import pathlib
import struct
import subprocess
import sys

import mi_modulo_rust as mi
import numpy as np
import pandas as pd
import polars as pl
import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

# What Python has for the same, which the figures of 16.6.4 use too.
sys.path.insert(0, str(pathlib.Path(__file__).parents[3] / "ej_16_6_4_when_to_extend/python"))
import huella_en_python  # noqa: E402
import mayor_en_python  # noqa: E402

ARCHIVO = mi.generar_mayor(3000, semilla=4)

# ---------------------------------------------------------------- the legacy file


def test_el_extracto_es_el_de_csv_polars_y_pandas():
    extracto = mi.leer_mayor(ARCHIVO)
    nuestro = pl.DataFrame(extracto.movimientos)
    assert nuestro.schema == pl.Schema(mayor_en_python.ESQUEMA)
    assert nuestro.equals(mayor_en_python.columnas_con_csv(ARCHIVO))
    assert nuestro.equals(mayor_en_python.con_polars(ARCHIVO))
    de_pandas = mayor_en_python.con_pandas(ARCHIVO)
    assert nuestro["importe"].to_list() == de_pandas["importe"].tolist()
    assert nuestro["concepto"].to_list() == de_pandas["concepto"].tolist()
    fechas = [None if pd.isna(x) else x.date() for x in de_pandas["fecha_valor"]]
    assert nuestro["fecha_valor"].to_list() == fechas
    assert 0 < nuestro["fecha_valor"].null_count() < 300


def test_las_notas_llevan_sus_escapes_y_sus_letras():
    notas = pa.table(mi.leer_mayor(ARCHIVO).notas)
    assert notas.schema == pa.schema([pa.field("numero", pa.int64(), False), pa.field("texto", pa.string(), False)])
    assert "REF\\4471¦LOTE 9" in notas["texto"].to_pylist()
    assert "Véase el apunte anterior; corrige la fecha valor" in notas["texto"].to_pylist()


def test_el_cierre_dice_lo_que_hay():
    extracto = mi.leer_mayor(ARCHIVO)
    movimientos = pl.DataFrame(extracto.movimientos)
    cierre = extracto.cierre
    assert cierre["movimientos"] == len(extracto.movimientos) == 3000
    assert cierre["notas"] == len(extracto.notas) > 0
    assert cierre["importe_total"] == movimientos["importe"].sum()
    assert cierre["suma_de_cuentas"] == movimientos["cuenta"].sum() % 10**15
    assert cierre["suma_de_bytes"] == sum(ARCHIVO[: ARCHIVO.rindex(b"\nZ") + 1]) % 2**32
    assert extracto.cabecera == {
        "fecha": 19737,
        "primer_numero": 1,
        "moneda": "EUR",
        "origen": "CENTRAL DE PROCESO, ESPAÑA",
    }


def test_bytes_bytearray_y_ruta_dan_lo_mismo_con_cualquier_numero_de_hilos(tmp_path):
    ruta = tmp_path / "enero.may"
    ruta.write_bytes(ARCHIVO)
    esperado = pl.DataFrame(mi.leer_mayor(ARCHIVO).movimientos)
    for origen in (bytearray(ARCHIVO), ruta, str(ruta)):
        for hilos in (1, 3):
            assert pl.DataFrame(mi.leer_mayor(origen, hilos=hilos).movimientos).equals(esperado)


def test_un_archivo_de_varios_lotes_se_lee_entero():
    archivo = mi.generar_mayor(90_000)
    extracto = mi.leer_mayor(archivo)
    assert extracto.movimientos.lotes > 1
    assert pl.DataFrame(extracto.movimientos)["numero"].equals(pl.int_range(1, 90_001, eager=True).alias("numero"))
    cortado = archivo[: len(archivo) // 2]
    with pytest.raises(ValueError, match="a mitad de línea: está cortado"):
        mi.leer_mayor(cortado)


@pytest.mark.parametrize(
    ("antes", "despues", "dicho"),
    [
        (b"\nM\xa60000000002\xa62024", b"\nM\xa60000000002\xa62O24", "campo «fecha»: el byte 0x4F no es un dígito"),
        (b"\nM\xa60000000002", b"\nM\xa60000000003", "campo «número»: es 3 y toca 2"),
        (b"\nM\xa60000000002", b"\nX\xa60000000002", "campo «tipo»: ningún registro empieza por el byte 0x58"),
        (b"C\xa6MAYOR", b"C\xa6MENOR", "línea 1, campo «formato»: tiene que ser «MAYOR»"),
    ],
)
def test_un_archivo_estropeado_dice_linea_campo_y_motivo(antes, despues, dicho):
    assert antes in ARCHIVO
    with pytest.raises(ValueError, match=r"^origen: línea \d+, campo «") as error:
        mi.leer_mayor(ARCHIVO.replace(antes, despues, 1))
    assert dicho in str(error.value)


@settings(max_examples=200, deadline=None)
@given(st.integers(0, len(ARCHIVO) - 1), st.integers(1, 255))
def test_ningun_byte_cambiado_pasa_inadvertido(lugar, cambio):
    estropeado = bytearray(ARCHIVO)
    estropeado[lugar] ^= cambio
    with pytest.raises(ValueError, match="^origen: línea"):
        mi.leer_mayor(estropeado)


# ---------------------------------------------------------------- the hash

clientes = st.one_of(st.none(), st.integers(-(2**63), 2**63 - 1))
comercios = st.one_of(st.none(), st.text(max_size=12).filter(lambda texto: not any("\ud800" <= c <= "\udfff" for c in texto)))


@settings(max_examples=200, deadline=None)
@given(st.integers(0, 2**64 - 1), st.lists(st.tuples(clientes, comercios), max_size=8))
def test_fnv1a_es_la_de_python_byte_a_byte(sal, claves):
    de_cliente = [cliente for cliente, _ in claves]
    de_comercio = [comercio for _, comercio in claves]
    esperado = huella_en_python.con_python(sal, de_cliente, de_comercio)
    columnas = (pa.array(de_cliente, pa.int64()), pa.array(de_comercio, pa.string()))
    assert pa.array(mi.huella(*columnas, sal=sal)).to_pylist() == esperado
    en_polars = (pl.Series(de_cliente, dtype=pl.Int64), pl.Series(de_comercio, dtype=pl.String))
    assert pl.Series(mi.huella(*en_polars, sal=sal)).to_list() == esperado


def test_fnv1a_es_la_de_numpy_y_los_tres_textos_de_arrow_dan_lo_mismo():
    azar = np.random.default_rng(5)
    de_cliente = azar.integers(-(2**62), 2**62, 500)
    de_comercio = [f"tienda ñ {x}" for x in azar.integers(0, 10**6, 500)]
    esperado = huella_en_python.con_numpy(7, de_cliente, de_comercio)
    for tipo in (pa.string(), pa.large_string(), pa.string_view()):
        columna = pa.array(de_comercio, tipo)
        trozos = pa.chunked_array([columna.slice(0, 100), columna.slice(100)])
        for comercio in (columna, trozos):
            obtenido = pa.array(mi.huella(pa.array(de_cliente), comercio, sal=7, hilos=2))
            assert obtenido.type == pa.uint64() and obtenido.null_count == 0
            assert np.array_equal(obtenido.to_numpy(), esperado)
    enteros = pa.array([1, 2], pa.uint8())
    assert pa.array(mi.huella(enteros, pa.array(["a", "b"]), sal=0)).to_pylist() == huella_en_python.con_python(
        0, [1, 2], ["a", "b"]
    )


def test_xxh3_es_otra_huella_y_de_las_mismas_claves():
    columnas = (pa.array([1, 1, None]), pa.array(["a", "a", None]))
    fnv = pa.array(mi.huella(*columnas, sal=1)).to_pylist()
    xxh3 = pa.array(mi.huella(*columnas, sal=1, algoritmo="xxh3")).to_pylist()
    assert fnv[0] == fnv[1] and xxh3[0] == xxh3[1] and len({fnv[0], fnv[2], xxh3[0], xxh3[2]}) == 4
    assert len(pa.array(mi.huella(pa.array([], pa.int64()), pa.array([], pa.string()), sal=1))) == 0


def test_no_hay_colisiones_entre_claves_que_pegadas_serian_iguales():
    columnas = (pa.array([1, 1, None, 12]), pa.array(["2", "21", "12", ""]))
    assert len(set(pa.array(mi.huella(*columnas, sal=0)).to_pylist())) == 4


# ---------------------------------------------------------------- the rolling percentile


def de_pandas(datos, ventana, q, interpolacion, minimo):
    with np.errstate(all="ignore"):
        movil = pd.Series(datos, dtype=np.float64).rolling(ventana, min_periods=minimo)
        return movil.quantile(q, interpolation=interpolacion).to_numpy()


def nuestro(datos, ventana, q, interpolacion, minimo, hilos=None):
    return pa.array(
        mi.percentil_movil(datos, ventana, q, interpolacion=interpolacion, minimo=minimo, hilos=hilos)
    ).to_numpy()


def bits(valores):
    """The bits of each value; all NaN are one, because nobody defines theirs."""
    return [None if math.isnan(x) else struct.pack("<d", x) for x in valores]


INTERPOLACIONES = ["linear", "lower", "higher", "nearest", "midpoint"]
valores = st.one_of(
    st.floats(-100, 100),
    st.integers(-3, 3).map(float),
    st.sampled_from([0.0, -0.0, math.nan, math.inf, -math.inf, 5e-324, -5e-324, 1e308, -1e308]),
)


@settings(max_examples=400, deadline=None)
@given(
    st.lists(valores, max_size=60),
    st.integers(1, 45),
    st.one_of(st.sampled_from([0.0, 0.25, 0.5, 0.95, 1.0]), st.floats(0, 1)),
    st.sampled_from(INTERPOLACIONES),
    st.one_of(st.none(), st.integers(0, 45)),
)
def test_es_el_de_pandas_hasta_el_ultimo_bit(datos, ventana, q, interpolacion, minimo):
    minimo = None if minimo is None else min(minimo, ventana)
    esperado = de_pandas(datos, ventana, q, interpolacion, minimo)
    obtenido = nuestro(np.array(datos, dtype=np.float64), ventana, q, interpolacion, minimo)
    assert bits(obtenido) == bits(esperado)


@pytest.mark.parametrize("ventana", [1, 7, 31, 32, 33, 500, 4000])
@pytest.mark.parametrize("interpolacion", INTERPOLACIONES)
def test_tambien_en_series_largas_con_huecos_empates_y_varios_hilos(ventana, interpolacion):
    azar = np.random.default_rng(11)
    datos = np.round(azar.normal(0, 50, 20_000), 1)
    datos[azar.random(20_000) < 0.02] = np.nan
    for q, minimo in ((0.95, 1), (0.5, None)):
        esperado = de_pandas(datos, ventana, q, interpolacion, minimo)
        for hilos in (1, 3):
            assert bits(nuestro(datos, ventana, q, interpolacion, minimo, hilos)) == bits(esperado)


def test_es_el_de_polars_donde_no_falta_nada():
    datos = np.random.default_rng(12).random(2_000)
    for interpolacion in INTERPOLACIONES:
        polars = pl.Series(datos).rolling_quantile(0.9, interpolation=interpolacion, window_size=50)
        obtenido = nuestro(datos, 50, 0.9, interpolacion, None)
        assert np.isnan(obtenido[:49]).all() and polars[:49].null_count() == 49
        np.testing.assert_allclose(obtenido[49:], polars[49:].to_numpy(), rtol=1e-15)


def test_donde_pandas_contesta_nan_a_lo_que_no_tiene_sentido_hay_un_error():
    serie = pd.Series([1.0, 2.0])
    assert serie.rolling(0).quantile(0.5).isna().all() and serie.rolling(2).quantile(math.nan).isna().all()
    with pytest.raises(ValueError, match="^ventana: "):
        mi.percentil_movil([1.0, 2.0], 0, 0.5)
    with pytest.raises(ValueError, match="^q: "):
        mi.percentil_movil([1.0, 2.0], 2, math.nan)


# ---------------------------------------------------------------- what is refused

UNO, TEXTO = pa.array([1]), pa.array(["a"])


@pytest.mark.parametrize(
    ("llamar", "clase", "dicho"),
    [
        (lambda: mi.leer_mayor(5), TypeError, "origen: se esperaba bytes, bytearray o una ruta, no int"),
        (lambda: mi.leer_mayor(memoryview(ARCHIVO)), TypeError, "origen: se esperaba bytes"),
        (lambda: mi.leer_mayor(b""), ValueError, "origen: línea 1, campo «línea»: el archivo está vacío"),
        (lambda: mi.leer_mayor("no-existe.may"), FileNotFoundError, "origen: no existe no-existe.may"),
        (lambda: mi.leer_mayor("."), OSError, "origen: no se puede leer"),
        (lambda: mi.leer_mayor(ARCHIVO, hilos=0), ValueError, "hilos: debe estar entre 1 y 1024, y es 0"),
        (lambda: mi.leer_mayor(ARCHIVO, hilos=True), TypeError, "hilos: se esperaba un int, no bool"),
        (lambda: mi.leer_mayor(ARCHIVO, hilos=10**60), OverflowError, "hilos: no cabe"),
        (lambda: mi.generar_mayor(-1), ValueError, "movimientos: debe estar entre 0 y 100000000, y es -1"),
        (lambda: mi.generar_mayor("3"), TypeError, "movimientos: se esperaba un int, no str"),
        (lambda: mi.generar_mayor(1, semilla=2**64), ValueError, "semilla: debe estar entre 0"),
        (lambda: mi.huella(UNO, TEXTO, sal=-1), ValueError, "sal: debe estar entre 0"),
        (lambda: mi.huella(UNO, TEXTO, sal=0, algoritmo="md5"), ValueError, "algoritmo: «md5» no es fnv1a ni xxh3"),
        (lambda: mi.huella(UNO, TEXTO, sal=0, algoritmo=3), TypeError, "algoritmo: se esperaba un str, no int"),
        (lambda: mi.huella(pa.array([1.5]), TEXTO, sal=0), TypeError, "cliente: se esperaba una columna de enteros, no de Float64"),
        (lambda: mi.huella(pa.array([2**63], pa.uint64()), TEXTO, sal=0), OverflowError, "cliente: hay un valor que no cabe"),
        (lambda: mi.huella(UNO, UNO, sal=0), TypeError, "comercio: se esperaba una columna de texto, no de Int64"),
        (lambda: mi.huella(UNO, pa.array(["a", "b"]), sal=0), ValueError, "comercio: tiene 2 filas y cliente tiene 1"),
        (lambda: mi.huella([1], TEXTO, sal=0), TypeError, "cliente"),
        (lambda: mi.percentil_movil([1.0], 1, 1.5), ValueError, "q: tiene que estar entre 0 y 1, y es 1.5"),
        (lambda: mi.percentil_movil([1.0], 1, "0.5"), TypeError, "q: se esperaba un número, no str"),
        (lambda: mi.percentil_movil([1.0], -1, 0.5), ValueError, "ventana: debe estar entre 1"),
        (lambda: mi.percentil_movil([1.0], 1.0, 0.5), TypeError, "ventana: se esperaba un int, no float"),
        (lambda: mi.percentil_movil([1.0], 2, 0.5, minimo=3), ValueError, "minimo: 3 valores no caben en una ventana de 2"),
        (lambda: mi.percentil_movil([1.0], 2, 0.5, interpolacion="lineal"), ValueError, "interpolacion: «lineal» no es ninguna de"),
        (lambda: mi.percentil_movil(["a"], 2, 0.5), TypeError, "datos[0]: se esperaba un número, no str"),
        (lambda: mi.percentil_movil(pa.array([1.0, None]), 2, 0.5), ValueError, "datos: tiene 1 nulos"),
    ],
)
def test_lo_que_no_vale_nombra_su_argumento(llamar, clase, dicho):
    with pytest.raises(clase) as error:
        llamar()
    assert error.type.__name__ != "PanicException"
    assert str(error.value).startswith(dicho)


# ---------------------------------------------------------------- the figures


def test_lo_que_mide_la_pagina_da_lo_mismo_por_todos_los_caminos(tmp_path):
    """In small: `medir.py` compares all answers before it times anything, and ends otherwise."""
    programa = pathlib.Path(mayor_en_python.__file__).with_name("medir.py")
    salida = tmp_path / "cifras.json"
    hecho = subprocess.run(
        [sys.executable, programa, "--corto", "--salida", salida], capture_output=True, text=True, check=False
    )
    assert hecho.returncode == 0, hecho.stderr
    cifras = json.loads(salida.read_text(encoding="utf-8"))["cifras"]
    for clave in ("mayor/csv_entre_un_nucleo", "scoring/logistica/una/dia", "huella/python/ritmo", "percentil/100/pandas_entre_un_nucleo"):
        assert cifras[f"16.6.4/{clave}"]
