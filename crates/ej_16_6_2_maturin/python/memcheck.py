"""Every function of the module with every kind of input it tells apart, good and bad: what runs under valgrind, where all of pytest would take an hour."""

import asyncio
import math
from array import array

import mi_modulo_rust as mi
import numpy as np
import pyarrow as pa

datos = np.random.default_rng(1).random(5000)
por_trozos = pa.chunked_array([datos[:10], datos[10:]])

for columna in (
    datos,
    datos[::2],
    datos.astype("f4"),
    datos.astype(">f8"),
    datos.tolist(),
    tuple(datos),
    array("d", datos),
    pa.array(datos),
    por_trozos,
):
    for percentil in (0, 5, 50, 99.5, 100):
        mi.calcular_percentil(columna, percentil)
    mi.percentiles(columna, [1, 50, 99])
    mi.percentil_ordenando(columna, 50)
    procesador = mi.ProcesadorDatos(columna)
    procesador.suma()
    procesador.media()
    procesador.percentil(75)


async def varios() -> None:
    await asyncio.gather(*(mi.calcular_percentil_async(datos, percentil) for percentil in range(0, 101, 20)))


asyncio.run(varios())

for malo in ([], [math.nan], None, "a", {}, [True], [10**400], datos.reshape(50, 100), object()):
    for funcion in (mi.ProcesadorDatos, mi.procesar_arrow, mi.direcciones, lambda x: mi.calcular_percentil(x, 50)):
        try:
            funcion(malo)
        except (ValueError, TypeError, OverflowError):
            pass

for entera in (pa.array(datos), pa.array([1.0, None, 3.0]), pa.array(datos)[3:40], datos):
    pa.array(mi.procesar_arrow(entera))
pa.chunked_array(mi.procesar_arrow(por_trozos))
mi.haversine(pa.array([19.4]), pa.array([-99.1]), pa.array([20.6]), pa.array([-103.3]))

extracto = mi.generar_mayor(2000)
for hilos in (1, 2):
    mi.leer_mayor(extracto, hilos=hilos)
for byte in range(0, len(extracto), 997):
    alterado = bytearray(extracto)
    alterado[byte] ^= 0x55
    try:
        mi.leer_mayor(alterado)
    except ValueError:
        pass
mi.percentil_movil(pa.array(datos), 50, 0.9)
print("hecho")
