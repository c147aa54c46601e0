"""The query of 16.3.1 in Python's Polars: it times itself, and is asked through its standard input, a line each.

    version                          → the version of Polars
    resultado MOTOR RUTA             → cents and buyers of each region of that file, as JSON, by name
    revenue MOTOR VECES RUTA         → the seconds that this many queries over the file took, planning included
    tramas FILAS MOTOR RUTA          → cuts the file's rows into frames of so many; the cents of all, frame by frame
    turno CUANTAS MOTOR VECES        → the seconds that the query over the next so many frames took, this many times

The benches `16.3.1/revenue` and `16.3.1/tramas` run it; ends with its input.
"""

from __future__ import annotations

import json
import sys
from time import perf_counter

import polars as pl


def revenue(eventos: pl.LazyFrame) -> pl.LazyFrame:
    """The guide's query."""
    return (
        eventos.filter(pl.col("monto") > 0.0)
        .group_by("region")
        .agg(
            pl.sum("monto").alias("revenue"),
            pl.col("user_id").n_unique().alias("usuarios_unicos"),
            pl.col("monto").mean().alias("ticket_promedio"),
        )
        .sort("revenue", descending=True)
    )


def centavos(monto: float) -> int:
    return round(monto * 100)


def resultado(motor: str, ruta: str) -> str:
    filas = revenue(pl.scan_parquet(ruta)).collect(engine=motor).sort("region").iter_rows(named=True)
    return json.dumps({fila["region"]: [centavos(fila["revenue"]), fila["usuarios_unicos"]] for fila in filas})


class Tramas:
    """Frames of a few rows, and where the next turn begins."""

    def __init__(self, filas: int, ruta: str) -> None:
        eventos = pl.read_parquet(ruta, columns=["region", "monto", "user_id"]).rechunk()
        self.tramas = [eventos.slice(desde, filas) for desde in range(0, eventos.height, filas)]
        self.siguiente = 0

    def centavos(self, motor: str) -> int:
        sumas = (revenue(trama.lazy()).collect(engine=motor)["revenue"].sum() for trama in self.tramas)
        return centavos(sum(sumas))

    def turno(self, cuantas: int, motor: str) -> None:
        desde = self.siguiente % len(self.tramas)
        self.siguiente = desde + cuantas
        for trama in self.tramas[desde : desde + cuantas]:
            revenue(trama.lazy()).collect(engine=motor)


def cronometra(funcion, veces: int) -> str:
    """The seconds that this many calls take, the loop's own share included."""
    inicio = perf_counter()
    for _ in range(veces):
        funcion()
    return repr(perf_counter() - inicio)


def main() -> None:
    tramas = None
    # The last argument is a path, which may have blanks.
    cuantos = {"resultado": 2, "revenue": 3, "tramas": 3, "turno": 3}
    for linea in sys.stdin:
        orden, _, resto = linea.strip().partition(" ")
        argumentos = resto.split(" ", cuantos.get(orden, 1) - 1) if resto else []
        match orden, argumentos:
            case "version", []:
                respuesta = pl.__version__
            case "resultado", [motor, ruta]:
                respuesta = resultado(motor, ruta)
            case "revenue", [motor, veces, ruta]:
                respuesta = cronometra(lambda: revenue(pl.scan_parquet(ruta)).collect(engine=motor), int(veces))
            case "tramas", [filas, motor, ruta]:
                tramas = Tramas(int(filas), ruta)
                respuesta = tramas.centavos(motor)
            case "turno", [cuantas, motor, veces] if tramas:
                respuesta = cronometra(lambda: tramas.turno(int(cuantas), motor), int(veces))
            case _:
                sys.exit(f"orden desconocida: {linea.strip()}")
        print(respuesta, flush=True)


if __name__ == "__main__":
    main()
