"""Tables that Rust writes, for the tests of what Python does with them.

The writer is this exercise's binary. `cargo xtask test` has built it before it comes here; by hand, `cargo build -p
ej_16_5_2_delta_from_python` does. ECOMMERCE_VENTAS names another one.
"""

from __future__ import annotations

import json
import os
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

NOMBRE = "ej_16_5_2_delta_from_python"


def binario() -> Path:
    if dado := os.environ.get("ECOMMERCE_VENTAS"):
        return Path(dado)
    if otro := os.environ.get("ECOMMERCE_BINARIO"):
        return Path(otro).with_name(NOMBRE)
    return Path(__file__).resolve().parents[4] / "target/debug" / NOMBRE


@pytest.fixture(scope="session")
def rust() -> Callable[..., dict]:
    """Runs the writer of Rust and returns what it says: rust("anadir", tabla, filas=3)."""
    ruta = binario()
    assert ruta.is_file(), f"falta {ruta}: cargo build -p {NOMBRE}"

    def correr(orden: str, tabla: Path, **opciones: int) -> dict:
        argumentos = [texto for clave, valor in opciones.items() for texto in (f"--{clave}", str(valor))]
        hecho = subprocess.run([ruta, orden, "--tabla", tabla, *argumentos], capture_output=True, text=True, check=True, timeout=120)
        return json.loads(hecho.stdout)

    return correr


@pytest.fixture
def tabla(rust: Callable[..., dict], tmp_path: Path) -> Path:
    """Four versions by Rust, of 4, 8, 12 and 16 rows."""
    ruta = tmp_path / "ventas"
    for marca in range(4):
        rust("anadir", ruta, filas=4, marca=marca)
    return ruta


def ventas(marca: int, filas: int) -> list[dict]:
    """The rows that Rust's `sales(marca, filas)` has."""
    regiones = ["este", "norte", "oeste", "sur"]
    revuelto = lambda n: ((n + 1 + (marca << 32)) * 0x9E3779B97F4A7C15) % 2**64 >> 14  # noqa: E731
    return [{"user_id": f"u{n}", "monto": revuelto(n) / 100.0, "region": regiones[n % 4]} for n in range(filas)]


@pytest.fixture(scope="session")
def esperadas() -> Callable[[int], list[tuple]]:
    """The rows of a version of `tabla`, sorted."""

    def filas(version: int) -> list[tuple]:
        todas = [fila for marca in range(version + 1) for fila in ventas(marca, 4)]
        return sorted((fila["user_id"], fila["monto"], fila["region"]) for fila in todas)

    return filas
