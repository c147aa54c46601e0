"""How a script of probes speaks with the run: one line of JSON asks, one answers.

    {"accion": "versiones"}                                    -> {"versiones": [["deltalake", "1.6.6"], …]}
    {"accion": "leer", "funcion": "merge", "tabla": "/tmp/…"}  -> {"contenido": {"columnas": […], "filas": […]}}
    {"accion": "hacer" | "escribir", …}                        -> {}
    whatever fails                                             -> {"error": "…"}

The judging is the other side's: nothing here knows what a table should hold.
"""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Callable, Iterable
from datetime import date, datetime, timedelta, timezone
from pathlib import Path

Fila = tuple[int, str, float]

BASE: list[Fila] = [(1, "norte", 10.5), (2, "sur", 20.0), (3, "norte", 30.25)]
NUEVA: Fila = (4, "este", 40.0)
LUEGO: Fila = (9, "oeste", 90.0)
NEGATIVA: Fila = (5, "este", -5.0)


def entre_commits(tabla: str) -> datetime:
    """An hour before the last commit, as the run dates it: the one before it is older. In UTC, without saying so."""
    ultimo = max(Path(tabla, "_delta_log").glob("*.json"))
    return datetime.fromtimestamp(ultimo.stat().st_mtime, timezone.utc).replace(tzinfo=None) - timedelta(hours=1)


def texto(valor: object) -> str | None:
    """A value as the run writes it."""
    if valor is None or isinstance(valor, str):
        return valor
    if isinstance(valor, bool):
        return "true" if valor else "false"
    if isinstance(valor, datetime):
        return valor.isoformat().replace("+00:00", "Z")
    if isinstance(valor, date):
        return valor.isoformat()
    return repr(valor) if isinstance(valor, float) else str(valor)


def contenido(columnas: Iterable[str], filas: Iterable[Iterable[object]]) -> dict:
    return {"columnas": list(columnas), "filas": [[texto(valor) for valor in fila] for fila in filas]}


def rechazado(intento: Callable[[], object]) -> None:
    """Tries what must be refused. If it is not, the table's content shows it."""
    try:
        intento()
    except Exception:  # noqa: BLE001: any refusal will do
        pass


def servir(
    versiones: Callable[[], list[tuple[str, str]]],
    hacer: Callable[[str, str], None],
    leer: Callable[[str, str], dict],
    escribir: Callable[[str, str], None],
    palabras: Callable[[BaseException], str],
) -> None:
    """Answers until the input ends. What libraries print goes to standard error: standard output is for answers alone."""
    salida = os.fdopen(os.dup(1), "w", encoding="utf-8")
    os.dup2(2, 1)
    for linea in sys.stdin:
        pedido = json.loads(linea)
        try:
            if pedido["accion"] == "versiones":
                respuesta = {"versiones": versiones()}
            elif pedido["accion"] == "leer":
                respuesta = {"contenido": leer(pedido["funcion"], pedido["tabla"])}
            else:
                {"hacer": hacer, "escribir": escribir}[pedido["accion"]](pedido["funcion"], pedido["tabla"])
                respuesta = {}
        except (KeyboardInterrupt, SystemExit):
            raise
        except BaseException as error:  # noqa: BLE001: a panic of Rust arrives as a BaseException
            respuesta = {"error": palabras(error)}
        print(json.dumps(respuesta, ensure_ascii=False), file=salida, flush=True)
