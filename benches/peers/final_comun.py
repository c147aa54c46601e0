"""What the Python peers of the workloads `final` and `final-usuario` share: the command line, the clock, the parts, the output.

    python final_….py --entrada VENTAS.parquet --salida RESPUESTA --clave region [--repeticiones N] [--segundos S] [--partes 1]

The work is the whole of it, from the path of the input to the answer written: rows with 0 < monto <= 1e9; by `--clave` (`region`
or `usuario`) the sum in cents, each row rounded first (`monto` × 100, half to even), the number of sales and their mean in cents
(half up); by region also how many different users bought, exactly. The upper bound keeps NaN out in every engine, whatever it thinks
of NaN's place. A null key is a group; a null user is nobody.

Amounts of whole cents give the same cents whether they are added as integers, which every peer does, or as exact floats. Some peers
also take `--suma flotante`: the amounts added as they are and the total rounded, which is less work and may miss a cent of a long sum.

A peer gives a `Par`. With `--partes 1` the work is not timed as a whole but in pieces, as often as asked: `leer`, decoding the
columns and nothing else; `agregar`, from the path to the answer in memory, decoding included, because a lazy engine cannot tell
the two apart; `escribir`, that answer to Parquet. Who works eagerly tells `procesar` too.

The answer is made beside its name and moved there whole. Prints one JSON line: `consulta_s`, the first work, and `consultas_s`,
all of them; or `partes_s`, medians. Leaves with 2 (usage), 3 (the input cannot be read), 5 (the output cannot be written) or 6 (no
memory). The standard library alone is imported here, so that a process starts with no engine but its own.
"""

from __future__ import annotations

import argparse
import json
import os
import shutil
import statistics
import sys
import tempfile
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from time import perf_counter
from typing import Any

#: The columns of the key, of the query, and of the answer.
CLAVES = {"region": "region", "usuario": "user_id"}
COLUMNAS = {"region": ["region", "user_id", "monto"], "usuario": ["user_id", "monto"]}
RESPUESTA = {"region": ["region", "centavos", "ventas", "usuarios", "media"], "usuario": ["user_id", "centavos", "ventas", "media"]}
#: No sale of the shop's contract is dearer, and neither is NaN, where it ranks above every number.
MAXIMO = 1e9
REPETICIONES = 5


@dataclass
class Par:
    """An engine: how it decodes, answers and writes."""

    version: str
    #: Decodes the columns of the query, whole.
    leer: Callable[[], Any]
    #: The answer in memory.
    agregar: Callable[[], Any]
    #: The answer to a path.
    escribir: Callable[[Any, str], None]
    #: Read, aggregate and write as one plan, where the engine can; otherwise one after the other.
    trabajo: Callable[[str], None] | None = None
    #: What is done between decoding and writing, given what `leer` gave, where that can be told apart.
    procesar: Callable[[Any], Any] | None = None
    #: Seconds until the engine could be asked anything.
    sesion_s: float | None = None
    cerrar: Callable[[], None] = field(default=lambda: None)


def opciones(descripcion: str) -> argparse.ArgumentParser:
    """The command line that all peers have; a peer may add to it."""
    lector = argparse.ArgumentParser(description=descripcion)
    lector.add_argument("--entrada", required=True, help="archivo Parquet, o s3://cubo/clave con las variables AWS_*")
    lector.add_argument("--salida", required=True, type=Path, help="la respuesta en Parquet")
    lector.add_argument("--clave", choices=list(CLAVES), default="region")
    lector.add_argument("--repeticiones", type=veces, default=1, help="cuántas veces se hace el trabajo")
    lector.add_argument("--segundos", type=float, help="no empezar otro pasados estos segundos, si ya van dos")
    lector.add_argument("--partes", type=int, choices=[0, 1], default=0, help="1: cronometrar las partes y no el todo")
    return lector


def con_suma(lector: argparse.ArgumentParser) -> argparse.ArgumentParser:
    """The same, for a peer that can also add floats."""
    lector.add_argument("--suma", choices=["centavos", "flotante"], default="centavos")
    return lector


def veces(texto: str) -> int:
    """A whole number, at least 1."""
    numero = int(texto)
    if numero < 1:
        raise argparse.ArgumentTypeError("tiene que ser al menos 1")
    return numero


def en_s3(entrada: str) -> bool:
    return entrada.startswith("s3://")


def correr(elegido: argparse.Namespace, abrir: Callable[[argparse.Namespace], Par]) -> int:
    """Checks what every engine would say in its own way, does the work as often as asked, and says how long it took."""
    if not en_s3(elegido.entrada):
        elegido.entrada = os.path.abspath(elegido.entrada)
        if not os.path.isfile(elegido.entrada):
            return _error(f"{elegido.entrada}: no existe o no es un archivo", 3)
    elegido.salida = elegido.salida.absolute()
    if elegido.salida.exists() and not en_s3(elegido.entrada) and os.path.samefile(elegido.salida, elegido.entrada):
        return _error("--salida es el mismo archivo que --entrada", 2)
    try:
        aparte = Path(tempfile.mkdtemp(prefix=".parcial-", dir=elegido.salida.parent))
    except OSError as error:
        return _error(f"no se puede escribir en {elegido.salida}: {error.strerror}", 5)
    try:
        par = abrir(elegido)
        try:
            dicho = _partes(elegido, par, aparte) if elegido.partes else _todo(elegido, par, aparte)
        finally:
            par.cerrar()
    except MemoryError:
        return _error("sin memoria", 6)
    except OSError as error:
        if error.filename and str(error.filename).startswith(str(elegido.salida.parent)):
            return _error(f"no se puede escribir en {elegido.salida}: {error.strerror}", 5)
        return _error(f"{elegido.entrada}: {_una_linea(error)}", 3)
    except Exception as error:  # every engine has its own errors, and all of them mean that the input gave no answer
        return _error(f"{elegido.entrada}: {_una_linea(error)}", 6 if _sin_memoria(error) else 3)
    finally:
        shutil.rmtree(aparte, ignore_errors=True)
    if par.sesion_s is not None:
        dicho["sesion_s"] = round(par.sesion_s, 4)
    print(json.dumps(dicho | {"version": par.version}))
    return 0


def _todo(elegido: argparse.Namespace, par: Par, aparte: Path) -> dict[str, Any]:
    tiempos: list[float] = []
    while _otra(elegido, tiempos):
        nueva = aparte / f"respuesta-{len(tiempos)}"
        inicio = perf_counter()
        if par.trabajo is not None:
            par.trabajo(str(nueva))
        else:
            par.escribir(par.agregar(), str(nueva))
        mover(nueva, elegido.salida)
        tiempos.append(round(perf_counter() - inicio, 6))
    return {"consulta_s": tiempos[0], "consultas_s": tiempos}


def _partes(elegido: argparse.Namespace, par: Par, aparte: Path) -> dict[str, Any]:
    cada: dict[str, list[float]] = {}

    def cronometrar(parte: str, hacer: Callable[[], Any]) -> Any:
        inicio = perf_counter()
        hecho = hacer()
        cada.setdefault(parte, []).append(perf_counter() - inicio)
        return hecho

    totales: list[float] = []
    while _otra(elegido, totales):
        inicio = perf_counter()
        leido = cronometrar("leer", par.leer)
        if par.procesar is not None:
            cronometrar("procesar", lambda: par.procesar(leido))
        del leido
        respuesta = cronometrar("agregar", par.agregar)
        nueva = aparte / f"respuesta-{len(totales)}"
        cronometrar("escribir", lambda: par.escribir(respuesta, str(nueva)))
        del respuesta
        mover(nueva, elegido.salida)
        totales.append(perf_counter() - inicio)
    # The first of each finds everything cold.
    return {"partes_s": {parte: round(statistics.median(t[1:] or t), 6) for parte, t in cada.items()}}


def _otra(elegido: argparse.Namespace, hechas: list[float]) -> bool:
    en_hora = elegido.segundos is None or sum(hechas) < elegido.segundos
    return len(hechas) < elegido.repeticiones and (len(hechas) < 2 or en_hora)


def mover(nueva: Path, salida: Path) -> None:
    """Puts a whole answer, file or directory, under its name."""
    if salida.is_dir():
        shutil.rmtree(salida)
    os.replace(nueva, salida)


def _sin_memoria(error: Exception) -> bool:
    dicho = str(error).lower()
    return any(palabras in dicho for palabras in ("out of memory", "outofmemory", "memory limit", "java heap space", "gc overhead"))


def _una_linea(error: Exception) -> str:
    return " ".join(str(error).split())[:600] or type(error).__name__


def _error(texto: str, codigo: int) -> int:
    print(f"error: {texto}", file=sys.stderr)
    return codigo
