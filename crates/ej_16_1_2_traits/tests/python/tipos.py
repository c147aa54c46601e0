"""What CPython says where rustc refuses to compile: one fact a line, which the Rust test compares."""

import os
import sys
from abc import ABC, abstractmethod
from dataclasses import dataclass
from typing import Protocol

sys.stdout.reconfigure(encoding="utf-8")


@dataclass
class Compra:
    monto: float


@dataclass
class Click:
    pagina: str


@dataclass
class Error:
    mensaje: str


def procesar(evento):
    match evento:
        case Compra(monto) if monto > 0:
            return monto
        case Click():
            return 0.0


print("match sin el caso:", procesar(Error("x")))


class Agregable(ABC):
    @abstractmethod
    def sumar(self, otro): ...

    @classmethod
    @abstractmethod
    def identidad(cls): ...


try:

    class Visitas(Agregable):
        def sumar(self, otro):
            return self

    told = "se define"
    Visitas()
except TypeError:
    told += "; crear el objeto da TypeError"
print("clase abstracta incompleta:", told)

Agregable.register(float)
print(f"float registrado: isinstance {isinstance(1.5, Agregable)}, sumar {hasattr(1.5, 'sumar')}")


class ConIdentidad(Protocol):
    def identidad(self) -> float: ...


def usar(valor: ConIdentidad) -> float:
    return valor.identidad()


try:
    usar(1.5)
except AttributeError:
    print("protocolo incompleto: AttributeError al llamar")

for text in [" 150.5 ", "1_000", "١٥٠", "NaN", "inf", "1e400", "-0", "", "abc", "1.234,56"]:
    try:
        result = float(text)
    except ValueError as error:
        result = f"ValueError: {error}"
    print(f"float({text!r}): {result}")

sys.stdout.flush()
os._exit(0)  # some interpreters abort while they tear their extensions down
