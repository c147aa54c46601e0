"""Content hash of a Delta table: what "the same content" means everywhere in this workspace.

The definition, with a worked example, is in CONTENIDO.md beside this file. This module reads with deltalake and pyarrow
and shares no code with the Rust side, so that the two check each other.

    python contenido.py TABLA… [--fecha 2024-01-15]
    python contenido.py TABLA --lineas
    python contenido.py TABLA… --contra REFERENCIA.lineas…

The first form prints one JSON line {"hash", "filas", "columnas"} per table; the second, the rendered rows themselves. The
third compares each table with rows rendered before, tells the first rows that differ, and leaves with status 1 if any do.
Beside REFERENCIA.lineas there may be a REFERENCIA.cotas: the same rows with, for the whole number of the last column, how
far it may lie from the reference's; then `desviacion` tells how far the farthest does.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import math
import os
import struct
import sys
from datetime import date
from itertools import islice
from pathlib import Path

import pyarrow as pa
import pyarrow.compute as pc

SEPARADOR = b"\x1f"
NULO = b"\\N"


def leer(ruta: str | Path, fecha: str | None = None) -> pa.Table | None:
    """The live rows, or those of one day, of a Delta table or of plain Parquet files; None if there is neither.

    Columns in the table's schema order.
    """
    if Path(ruta).is_file():
        # deltalake would look for a log below it, which is an error, and takes a second to import.
        return _leer_parquet(Path(ruta))
    from deltalake import DeltaTable

    if not DeltaTable.is_deltatable(str(ruta)):
        return _leer_parquet(Path(ruta))
    tabla = DeltaTable(str(ruta))
    tipos = {campo.name: str(campo.type) for campo in tabla.schema().fields}
    filtro = None
    if fecha is not None:
        filtro = [("fecha", "=", date.fromisoformat(fecha) if "date" in tipos["fecha"] else fecha)]
    return tabla.to_pyarrow_table(filters=filtro).select(list(tipos))


def _leer_parquet(ruta: Path) -> pa.Table | None:
    import pyarrow.parquet as pq

    if ruta.is_file() or (ruta.is_dir() and any(ruta.rglob("*.parquet"))):
        return pq.read_table(ruta)
    return None


def columnas(datos: pa.Table) -> list[str]:
    """The columns that count: all in order, less those whose name starts with an underscore."""
    return [nombre for nombre in datos.column_names if not nombre.startswith("_")]


def lineas(datos: pa.Table) -> list[bytes]:
    """Every row rendered, sorted bytewise."""
    campos = [_rendir(datos.column(nombre)) for nombre in columnas(datos)]
    if not campos:
        return []
    return sorted(SEPARADOR.join(fila) for fila in zip(*campos))


def resumen(filas: list[bytes]) -> str:
    """The hash of rows already rendered and sorted, in lower-case hexadecimal."""
    return hashlib.sha256(b"\n".join(filas)).hexdigest()


def contenido(ruta: str | Path, fecha: str | None = None) -> str:
    """The content hash of the table at `ruta`, whole or of one day; a table that does not exist has no rows."""
    datos = leer(ruta, fecha)
    return resumen([] if datos is None else lineas(datos))


def diferencias(obtenidas: list[bytes], esperadas: list[bytes], limite: int = 3) -> dict:
    """The first rows that only one side has, and how many there are, from two sorted lists."""
    sobran, faltan, i, j = [], [], 0, 0
    while i < len(obtenidas) or j < len(esperadas):
        if j == len(esperadas) or (i < len(obtenidas) and obtenidas[i] < esperadas[j]):
            sobran.append(obtenidas[i])
            i += 1
        elif i == len(obtenidas) or obtenidas[i] > esperadas[j]:
            faltan.append(esperadas[j])
            j += 1
        else:
            i, j = i + 1, j + 1
    return {
        "filas_de_mas": len(sobran),
        "filas_de_menos": len(faltan),
        "de_mas": [_legible(fila) for fila in islice(sobran, limite)],
        "de_menos": [_legible(fila) for fila in islice(faltan, limite)],
    }


def desviacion(obtenidas: list[bytes], esperadas: list[bytes], cotas: list[bytes]) -> int | None:
    """How far the last columns of two tables lie apart at most; None if rows are missing or one passes its bound."""
    esperado, cota = _por_clave(esperadas), _por_clave(cotas)
    obtenido = _por_clave(obtenidas)
    if obtenido.keys() != esperado.keys() or len(obtenidas) != len(esperadas):
        return None
    lejos = {clave: abs(valor - esperado[clave]) for clave, valor in obtenido.items()}
    if any(distancia > cota[clave] for clave, distancia in lejos.items()):
        return None
    return max(lejos.values(), default=0)


def _por_clave(filas: list[bytes]) -> dict[bytes, int | float]:
    partidas = (fila.rpartition(SEPARADOR) for fila in filas)
    return {clave: math.inf if valor == NULO else int(valor) for clave, _, valor in partidas}


def _legible(fila: bytes) -> str:
    texto = fila.decode("utf-8", "backslashreplace").replace("\x1f", " | ")
    return texto if len(texto) <= 400 else texto[:400] + " …"


def _rendir(columna: pa.ChunkedArray) -> list[bytes]:
    tipo = columna.type
    if pa.types.is_dictionary(tipo):
        columna = pa.chunked_array([trozo.dictionary_decode() for trozo in columna.chunks], type=tipo.value_type)
        tipo = tipo.value_type
    if pa.types.is_timestamp(tipo):
        columna, rendir = columna.cast(pa.timestamp("us", tipo.tz)).cast(pa.int64()), _entero
    elif pa.types.is_date(tipo):
        columna, rendir = columna.cast(pa.date32()), _fecha
    elif pa.types.is_decimal(tipo):
        rendir = _decimal(tipo.scale)
    elif pa.types.is_floating(tipo):
        columna, rendir = columna.cast(pa.float64()), _flotante
    elif pa.types.is_boolean(tipo):
        rendir = _booleano
    elif pa.types.is_integer(tipo):
        rendir = _entero
    elif _es_texto(tipo):
        columna, rendir = _con_escapes(columna), str.encode
    else:
        raise TypeError(f"the content hash does not define how a {tipo} is rendered")
    return [NULO if valor is None else rendir(valor) for valor in columna.to_pylist()]


def _es_texto(tipo: pa.DataType) -> bool:
    return pa.types.is_string(tipo) or pa.types.is_large_string(tipo) or pa.types.is_string_view(tipo)


def _con_escapes(columna: pa.ChunkedArray) -> pa.ChunkedArray:
    # The backslash first, so that it is not escaped twice.
    columna = columna.cast(pa.large_string())
    for marca, escape in (("\\", "\\\\"), ("\n", "\\n"), ("\x1f", "\\x1f")):
        columna = pc.replace_substring(columna, marca, escape)
    return columna


def _entero(valor: int) -> bytes:
    return b"%d" % valor


def _booleano(valor: bool) -> bytes:
    return b"true" if valor else b"false"


def _fecha(valor) -> bytes:
    return valor.isoformat().encode()


def _decimal(escala: int):
    return lambda valor: f"{valor:.{escala}f}".encode()


def _flotante(valor: float) -> bytes:
    return b"7ff8000000000000" if valor != valor else struct.pack(">d", valor).hex().encode()


def informar(tabla: str, fecha: str | None, referencia: str | None) -> dict:
    """What there is to say about one table, ready for JSON."""
    datos = leer(tabla, fecha)
    filas = [] if datos is None else lineas(datos)
    informe: dict = {
        "hash": resumen(filas),
        "filas": len(filas),
        "columnas": [] if datos is None else columnas(datos),
    }
    if referencia is not None:
        guardadas = Path(referencia).read_bytes()
        esperadas = guardadas.split(b"\n") if guardadas else []
        informe["igual"] = informe["hash"] == resumen(esperadas)
        cotas = Path(referencia).with_suffix(".cotas")
        if cotas.is_file():
            limites = cotas.read_bytes()
            informe["desviacion"] = desviacion(filas, esperadas, limites.split(b"\n") if limites else [])
            informe["igual"] = informe["desviacion"] is not None
        if not informe["igual"]:
            informe["diferencias"] = diferencias(filas, esperadas)
    return informe


def main(argumentos: list[str] | None = None) -> int:
    opciones = argparse.ArgumentParser(description="Hash del contenido de una tabla Delta (véase CONTENIDO.md).")
    opciones.add_argument("tablas", nargs="+", help="directorios de las tablas")
    opciones.add_argument("--fecha", help="solo ese día, AAAA-MM-DD")
    opciones.add_argument("--lineas", action="store_true", help="escribe las filas de la primera en vez del hash")
    opciones.add_argument("--contra", nargs="+", metavar="F", help="compara cada tabla con las filas guardadas en F")
    elegido = opciones.parse_args(argumentos)
    if elegido.contra is not None and len(elegido.contra) != len(elegido.tablas):
        opciones.error("--contra necesita un archivo por tabla")

    if elegido.lineas:
        datos = leer(elegido.tablas[0], elegido.fecha)
        sys.stdout.buffer.write(b"\n".join([] if datos is None else lineas(datos)))
        return 0
    iguales = True
    for tabla, referencia in zip(elegido.tablas, elegido.contra or [None] * len(elegido.tablas)):
        informe = informar(tabla, elegido.fecha, referencia)
        iguales = iguales and informe.get("igual", True)
        print(json.dumps(informe, ensure_ascii=False))
    return 0 if iguales else 1


if __name__ == "__main__":
    codigo = main()
    sys.stdout.flush()
    sys.stderr.flush()
    # After to_pyarrow_table the interpreter now and then aborts while it shuts down, with everything already said.
    os._exit(codigo)
