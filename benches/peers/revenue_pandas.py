"""Peers `pandas` and `pandas-columnas` of the workload `revenue`.

Without options, the guide's form: `pd.read_parquet` of the whole file, every column of it. With `--solo-columnas`, the form
that whoever knows the file writes: the two columns that the query needs. Either way NaN stands for null, and `groupby`
drops the rows without region.
"""

from __future__ import annotations

import sys

import consulta_repetida
import pandas as pd


def main(argumentos: list[str] | None = None) -> int:
    opciones = consulta_repetida.opciones("Revenue por región con Pandas.")
    opciones.add_argument("--solo-columnas", action="store_true", help="leer solo monto y region")
    elegido = opciones.parse_args(argumentos)
    columnas = ["monto", "region"] if elegido.solo_columnas else None

    def consulta(entrada: str) -> pd.Series:
        df = pd.read_parquet(entrada, columns=columnas)
        return df[df["monto"] > 0].groupby("region")["monto"].sum()

    def filas(resultado: pd.Series) -> consulta_repetida.Totales:
        return consulta_repetida.totales(resultado.index, resultado)

    def escribir(regiones: list[str | None], centavos: list[int], salida: str) -> None:
        tabla = pd.DataFrame({"region": pd.Series(regiones, dtype="str"), "centavos": pd.Series(centavos, dtype="int64")})
        tabla.to_parquet(salida, index=False)

    return consulta_repetida.correr(elegido, f"pandas {pd.__version__}", consulta, filas, escribir)


if __name__ == "__main__":
    sys.exit(main())
