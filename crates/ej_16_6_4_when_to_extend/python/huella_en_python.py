"""The hash of 16.6.4 with what Python has: an int for each byte, or NumPy for each place of a byte. For tests and figures."""

from __future__ import annotations

import hashlib
import struct
from collections.abc import Iterable, Sequence

import numpy as np
import numpy.typing as npt

BASE = 0xCBF29CE484222325
PRIMO = 0x100000001B3
MASCARA = (1 << 64) - 1


def bytes_de(sal: int, cliente: int | None, comercio: str | None) -> bytes:
    """The key's bytes, as the page of 16.6.4 writes them."""
    numero = b"\x00" if cliente is None else b"\x01" + struct.pack("<q", cliente)
    if comercio is None:
        return struct.pack("<Q", sal) + numero + b"\x00"
    texto = comercio.encode()
    return struct.pack("<Q", sal) + numero + b"\x02" + struct.pack("<I", len(texto)) + texto


def fnv1a(datos: bytes) -> int:
    estado = BASE
    for byte in datos:
        estado = ((estado ^ byte) * PRIMO) & MASCARA
    return estado


def con_python(sal: int, clientes: Iterable[int | None], comercios: Iterable[str | None]) -> list[int]:
    """Byte by byte."""
    return [fnv1a(bytes_de(sal, cliente, comercio)) for cliente, comercio in zip(clientes, comercios, strict=True)]


def con_hashlib(sal: int, clientes: Iterable[int | None], comercios: Iterable[str | None]) -> list[int]:
    """Another hash of 64 bits, of the same bytes: what the standard library has in C."""
    blake2b, de_bytes = hashlib.blake2b, int.from_bytes
    return [
        de_bytes(blake2b(bytes_de(sal, cliente, comercio), digest_size=8).digest(), "little")
        for cliente, comercio in zip(clientes, comercios, strict=True)
    ]


def con_numpy(
    sal: int, clientes: npt.NDArray[np.int64], comercios: Sequence[str]
) -> npt.NDArray[np.uint64]:
    """All rows at once, one place of a byte after the other; a row whose text has ended waits for the others. No nulls."""
    textos = np.array([texto.encode() for texto in comercios], dtype=np.bytes_)
    largos = np.strings.str_len(textos).astype(np.uint32)
    filas, ancho = len(textos), textos.dtype.itemsize
    primo = np.uint64(PRIMO)
    # The salt and the mark of an integer are the same in all rows.
    estado = np.full(filas, fnv1a(struct.pack("<Q", sal) + b"\x01"), dtype=np.uint64)

    def pasar(columnas: npt.NDArray[np.uint8]) -> None:
        nonlocal estado
        for lugar in range(columnas.shape[1]):
            estado = (estado ^ columnas[:, lugar]) * primo

    pasar(np.ascontiguousarray(clientes).view(np.uint8).reshape(filas, 8))
    estado = (estado ^ np.uint64(2)) * primo
    pasar(largos.view(np.uint8).reshape(filas, 4))
    letras = textos.view(np.uint8).reshape(filas, ancho)
    for lugar in range(ancho):
        siguiente = (estado ^ letras[:, lugar]) * primo
        estado = np.where(largos > lugar, siguiente, estado)
    return estado
