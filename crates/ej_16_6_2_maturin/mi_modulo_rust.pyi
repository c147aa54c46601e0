from collections.abc import Awaitable, Iterator, Sequence
from os import PathLike
from typing import Any, Final, Literal, Protocol, SupportsFloat, TypeAlias, TypedDict, final, overload

from typing_extensions import Buffer

__all__ = [
    "ArrayArrow",
    "ColumnaArrow",
    "ColumnaArrowPorTrozos",
    "ExtractoMayor",
    "METODOS",
    "ProcesadorDatos",
    "TablaArrow",
    "__version__",
    "calcular_percentil",
    "calcular_percentil_async",
    "direcciones",
    "generar_mayor",
    "haversine",
    "huella",
    "leer_mayor",
    "percentil_movil",
    "percentil_ordenando",
    "percentiles",
    "procesar_arrow",
    "procesar_lista",
]

class _Arreglo(Protocol):
    def __arrow_c_array__(self, requested_schema: Any = None) -> tuple[Any, Any]: ...

class _Flujo(Protocol):
    def __arrow_c_stream__(self, requested_schema: Any = None) -> Any: ...

class _Sucesion(Protocol):
    def __len__(self) -> int: ...
    def __iter__(self) -> Iterator[SupportsFloat]: ...

# Una dimensión de números: Arrow por PyCapsule, un búfer (NumPy, array.array, memoryview) o algo con longitud que se recorre.
_Columna: TypeAlias = _Arreglo | _Flujo | _Sucesion

_Metodo: TypeAlias = Literal[
    "inverted_cdf",
    "averaged_inverted_cdf",
    "closest_observation",
    "interpolated_inverted_cdf",
    "hazen",
    "weibull",
    "linear",
    "median_unbiased",
    "normal_unbiased",
    "lower",
    "higher",
    "midpoint",
    "nearest",
]

__version__: Final[str]
METODOS: Final[tuple[str, ...]]

def calcular_percentil(
    datos: _Columna, percentil: SupportsFloat, *, metodo: _Metodo = "lower", hilos: int | None = None
) -> float: ...
def percentiles(
    datos: _Columna, percentiles: _Columna, *, metodo: _Metodo = "linear", hilos: int | None = None
) -> list[float]: ...
def calcular_percentil_async(
    datos: _Columna, percentil: SupportsFloat, *, metodo: _Metodo = "lower", hilos: int | None = None
) -> Awaitable[float]: ...
def percentil_ordenando(datos: _Columna, percentil: SupportsFloat) -> float: ...
@final
class ProcesadorDatos:
    def __new__(cls, datos: _Columna) -> ProcesadorDatos: ...
    def suma(self) -> float: ...
    def media(self) -> float: ...
    def percentil(self, p: SupportsFloat, *, metodo: _Metodo = "lower", hilos: int | None = None) -> float: ...
    def __len__(self) -> int: ...

# NumPy dice que tiene búfer solo desde Python 3.12.
class _Numpy(Protocol):
    @property
    def __array_interface__(self) -> dict[str, Any]: ...

# float64: un búfer (contiguo, de una dimensión) se lee donde está, como lo de Arrow.
_Bufer: TypeAlias = Buffer | _Numpy
_Float64: TypeAlias = _Arreglo | _Flujo | _Bufer

@final
class ColumnaArrow:
    def __arrow_c_schema__(self) -> Any: ...
    def __arrow_c_array__(self, requested_schema: Any = None) -> tuple[Any, Any]: ...
    def __len__(self) -> int: ...
    def __getitem__(self, indice: int, /) -> float | None: ...
    def __iter__(self) -> Iterator[float | None]: ...
    @property
    def nulos(self) -> int: ...
    def to_pylist(self) -> list[float | None]: ...

@final
class ColumnaArrowPorTrozos:
    def __arrow_c_schema__(self) -> Any: ...
    def __arrow_c_stream__(self, requested_schema: Any = None) -> Any: ...
    def __len__(self) -> int: ...
    def __getitem__(self, indice: int, /) -> float | None: ...
    def __iter__(self) -> Iterator[float | None]: ...
    @property
    def nulos(self) -> int: ...
    @property
    def trozos(self) -> int: ...
    def to_pylist(self) -> list[float | None]: ...

class _Trozo(TypedDict):
    tipo: str
    filas: int
    desplazamiento: int
    nulos: int
    buferes: list[tuple[str, int, int]]

@overload
def procesar_arrow(columna: _Arreglo | _Bufer) -> ColumnaArrow: ...
@overload
def procesar_arrow(columna: _Flujo) -> ColumnaArrowPorTrozos: ...
def procesar_lista(datos: Sequence[float]) -> list[float]: ...
def haversine(lat1: _Float64, lon1: _Float64, lat2: _Float64, lon2: _Float64) -> ColumnaArrow: ...
def direcciones(columna: _Float64) -> list[_Trozo]: ...

@final
class TablaArrow:
    def __arrow_c_schema__(self) -> Any: ...
    def __arrow_c_stream__(self, requested_schema: Any = None) -> Any: ...
    def __len__(self) -> int: ...
    @property
    def lotes(self) -> int: ...

@final
class ArrayArrow:
    def __arrow_c_schema__(self) -> Any: ...
    def __arrow_c_array__(self, requested_schema: Any = None) -> tuple[Any, Any]: ...
    def __len__(self) -> int: ...

class _Cabecera(TypedDict):
    fecha: int
    primer_numero: int
    moneda: str
    origen: str

class _Cierre(TypedDict):
    movimientos: int
    notas: int
    importe_total: int
    suma_de_cuentas: int
    suma_de_bytes: int

@final
class ExtractoMayor:
    @property
    def movimientos(self) -> TablaArrow: ...
    @property
    def notas(self) -> TablaArrow: ...
    @property
    def cabecera(self) -> _Cabecera: ...
    @property
    def cierre(self) -> _Cierre: ...

_Interpolacion: TypeAlias = Literal["linear", "lower", "higher", "nearest", "midpoint"]

def leer_mayor(origen: bytes | bytearray | str | PathLike[str], *, hilos: int | None = None) -> ExtractoMayor: ...
def generar_mayor(movimientos: int, *, semilla: int = 1) -> bytes: ...
def huella(
    cliente: _Arreglo | _Flujo,
    comercio: _Arreglo | _Flujo,
    *,
    sal: int,
    algoritmo: Literal["fnv1a", "xxh3"] = "fnv1a",
    hilos: int | None = None,
) -> ArrayArrow: ...
def percentil_movil(
    datos: _Columna,
    ventana: int,
    q: SupportsFloat,
    *,
    interpolacion: _Interpolacion = "linear",
    minimo: int | None = None,
    hilos: int | None = None,
) -> ArrayArrow: ...
