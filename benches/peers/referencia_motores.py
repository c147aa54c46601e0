"""Reference of the workload `motores`: the three answers with numpy and pyarrow, column by column, without SQL.

    python referencia_motores.py --entrada DIRECTORIO --salida DIRECTORIO

No contestant computes like that: sums by user are counted into an array by user, categories are bits of a mask, distinct
texts are those of Arrow's hash, and what was bought before is the neighbour after a stable sort. Integers only. Reads the
columns that an answer needs and no other; takes a few times their size in memory.
"""

from __future__ import annotations

import argparse
import json
import sys
from pathlib import Path

import contenido
import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

POR_REGION = 10


class Datos:
    """The small tables as arrays by number, and the sales' columns on demand."""

    def __init__(self, entrada: Path) -> None:
        self.ventas = entrada / "ventas.parquet"
        clientes = pq.read_table(entrada / "clientes.parquet")
        productos = pq.read_table(entrada / "productos.parquet")
        self.regiones, self.region = _por_numero(clientes["id"], clientes["region"])
        self.categorias, self.categoria = _por_numero(productos["id"], productos["categoria"])

    def columna(self, nombre: str) -> np.ndarray:
        return pq.read_table(self.ventas, columns=[nombre])[nombre].to_numpy()

    def region_de(self, usuario: np.ndarray) -> np.ndarray:
        return _buscar(self.region, usuario)

    def categoria_de(self, producto: np.ndarray) -> np.ndarray:
        return _buscar(self.categoria, producto)


def _por_numero(numeros: pa.ChunkedArray, textos: pa.ChunkedArray) -> tuple[list[str], np.ndarray]:
    """Texts in order, and for each number which of them it has; -1 for a number that is not there."""
    codigos = pc.dictionary_encode(textos.combine_chunks())
    indices = np.full(pc.max(numeros).as_py() + 1, -1, dtype=np.int8)
    indices[numeros.to_numpy()] = codigos.indices.to_numpy()
    return codigos.dictionary.to_pylist(), indices


def _buscar(tabla: np.ndarray, numeros: np.ndarray) -> np.ndarray:
    """What each number has; -1 outside the table."""
    dentro = numeros < len(tabla)
    return np.where(dentro, tabla[np.where(dentro, numeros, 0)], -1)


def _sumas(cuales: np.ndarray, valores: np.ndarray, cuantos: int) -> np.ndarray:
    """Sums by group. numpy counts in floats: exact below 2**53, which is checked."""
    if int(valores.sum()) >= 1 << 53:
        raise OverflowError("las sumas no caben en la mantisa de un float")
    return np.bincount(cuales, weights=valores, minlength=cuantos).astype(np.int64)


def tops(datos: Datos) -> pa.Table:
    usuario, categoria = datos.columna("user_id"), datos.categoria_de(datos.columna("producto_id"))
    unidas = (datos.region_de(usuario) >= 0) & (categoria >= 0)
    usuario, categoria, centavos = usuario[unidas], categoria[unidas], datos.columna("centavos")[unidas]
    total, compras = _sumas(usuario, centavos, len(datos.region)), np.bincount(usuario, minlength=len(datos.region))
    mascara = np.zeros(len(datos.region), dtype=np.int64)
    np.bitwise_or.at(mascara, usuario, np.int64(1) << categoria.astype(np.int64))
    filas = []
    for codigo, region in enumerate(datos.regiones):
        suyos = np.flatnonzero((datos.region == codigo) & (compras > 0))
        # Users ascend already, so a stable sort leaves ties in their order.
        mejores = suyos[np.argsort(-total[suyos], kind="stable")][:POR_REGION]
        for puesto, quien in enumerate(mejores.tolist(), start=1):
            distintas = int(mascara[quien]).bit_count()
            filas.append((region, puesto, quien, int(total[quien]), int(compras[quien]), distintas))
    return _tabla(["region", "puesto", "user_id", "centavos", "compras", "categorias"], filas)


def sesiones(datos: Datos) -> pa.Table:
    usuario = datos.columna("user_id")
    region, categoria = datos.region_de(usuario), datos.categoria_de(datos.columna("producto_id"))
    unidas = (region >= 0) & (categoria >= 0)
    de_categorias = len(datos.categorias)
    grupo = region.astype(np.int64) * de_categorias + categoria
    cuantos = len(datos.regiones) * de_categorias
    sesion = pq.read_table(datos.ventas, columns=["session_id"])["session_id"]
    sesion = pc.dictionary_encode(sesion).unify_dictionaries()
    numero = np.concatenate([trozo.indices.to_numpy() for trozo in sesion.chunks]).astype(np.int64)
    de_sesiones = len(sesion.chunk(0).dictionary)

    def distintos(de_cada_fila: np.ndarray, hasta: int) -> np.ndarray:
        parejas = np.unique(grupo[unidas] * hasta + de_cada_fila[unidas])
        return np.bincount(parejas // hasta, minlength=cuantos)

    presentes = np.bincount(grupo[unidas], minlength=cuantos)
    columnas = [
        distintos(numero, de_sesiones),
        distintos(usuario, int(usuario.max()) + 1),
        _sumas(grupo[unidas], datos.columna("centavos")[unidas], cuantos),
    ]
    filas = [
        (datos.regiones[g // de_categorias], datos.categorias[g % de_categorias], *(int(c[g]) for c in columnas))
        for g in np.flatnonzero(presentes).tolist()
    ]
    return _tabla(["region", "categoria", "sesiones", "usuarios", "centavos"], filas)


def recurrencia(datos: Datos) -> pa.Table:
    usuario, dia = datos.columna("user_id"), datos.columna("dia").astype(np.int64)
    # Sales stand in the order of their number: a stable sort by user keeps it within each.
    if not bool((np.diff(datos.columna("venta_id")) > 0).all()):
        raise ValueError("las ventas no están en el orden de su número")
    orden = np.argsort(usuario, kind="stable")
    usuario, dia = usuario[orden], dia[orden]
    mismo = usuario[1:] == usuario[:-1]
    dias = (dia[1:] - dia[:-1])[mismo]
    de_los_pares = datos.region_de(usuario[1:][mismo])
    filas = []
    for codigo, region in enumerate(datos.regiones):
        suyos = dias[de_los_pares == codigo]
        if len(suyos):
            filas.append((region, int(suyos.sum()), len(suyos), int(suyos.max())))
        elif bool((datos.region_de(usuario) == codigo).any()):
            filas.append((region, None, 0, None))
    return _tabla(["region", "dias", "pares", "mayor"], filas)


def _tabla(nombres: list[str], filas: list[tuple]) -> pa.Table:
    columnas = list(zip(*filas)) if filas else [()] * len(nombres)
    tipo = lambda nombre: pa.string() if nombre in ("region", "categoria") else pa.int64()  # noqa: E731
    return pa.table({n: pa.array(c, tipo(n)) for n, c in zip(nombres, columnas, strict=True)})


def calcular(entrada: Path) -> dict[str, pa.Table]:
    """The three answers by name."""
    datos = Datos(entrada)
    return {"tops": tops(datos), "sesiones": sesiones(datos), "recurrencia": recurrencia(datos)}


def main(argumentos: list[str] | None = None) -> int:
    opciones = argparse.ArgumentParser(description="Referencia independiente del trabajo motores (numpy, sin SQL).")
    opciones.add_argument("--entrada", required=True, type=Path)
    opciones.add_argument("--salida", required=True, type=Path, help="directorio donde escribir la referencia")
    elegido = opciones.parse_args(argumentos)
    respuestas = calcular(elegido.entrada)
    elegido.salida.mkdir(parents=True, exist_ok=True)
    tablas = {}
    for nombre, tabla in respuestas.items():
        filas = contenido.lineas(tabla)
        (elegido.salida / f"{nombre}.lineas").write_bytes(b"\n".join(filas))
        tablas[nombre] = {"hash": contenido.resumen(filas), "filas": len(filas)}
    filas = pq.ParquetFile(elegido.entrada / "ventas.parquet").metadata.num_rows
    resumen = {"filas": filas, "tablas": tablas}
    (elegido.salida / "resumen.json").write_text(json.dumps(resumen))
    print(json.dumps(resumen))
    return 0


if __name__ == "__main__":
    sys.exit(main())
