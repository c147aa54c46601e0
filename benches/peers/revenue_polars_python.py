"""Peer `polars-python` of the workload `revenue`: the guide's query as the guide writes it.

`.collect()` asks for the engine "auto", which in this version of the package is the streaming one; in the Rust library it is
the in-memory one. `--motor memoria` asks for that one here too, so that the same engines can be compared.
"""

from __future__ import annotations

import sys

import consulta_repetida
import polars as pl


def main(argumentos: list[str] | None = None) -> int:
    opciones = consulta_repetida.opciones("Revenue por región con Polars.")
    opciones.add_argument("--motor", choices=["auto", "memoria", "streaming"], default="auto")
    elegido = opciones.parse_args(argumentos)
    motor = {"memoria": "in-memory"}.get(elegido.motor, elegido.motor)

    def consulta(entrada: str) -> pl.DataFrame:
        return (
            pl.scan_parquet(entrada, glob=False)
            .filter(pl.col("monto") > 0)
            .group_by("region")
            .agg(pl.sum("monto"))
            .collect(engine=motor)
        )

    def filas(resultado: pl.DataFrame) -> consulta_repetida.Totales:
        return consulta_repetida.totales(resultado["region"].cast(pl.String), resultado["monto"])

    def escribir(regiones: list[str | None], centavos: list[int], salida: str) -> None:
        tipos = {"region": pl.String, "centavos": pl.Int64}
        pl.DataFrame({"region": regiones, "centavos": centavos}, schema=tipos).write_parquet(salida)

    return consulta_repetida.correr(elegido, f"polars {pl.__version__}, {elegido.motor}", consulta, filas, escribir)


if __name__ == "__main__":
    sys.exit(main())
