"""The MAYOR-3 format read with what Python has: the csv module, Polars, Pandas. For tests and figures.

None of the three checks what the extension checks (order, closing record, control characters): they convert what is there.
"""

from __future__ import annotations

import csv
import datetime as dt
import io
from typing import Any

import pandas as pd
import polars as pl

COLUMNAS = ["numero", "fecha", "fecha_valor", "cuenta", "importe", "saldo", "clave", "concepto", "contrapartida"]
ESQUEMA = {
    "numero": pl.Int64,
    "fecha": pl.Date,
    "fecha_valor": pl.Date,
    "cuenta": pl.Int64,
    "importe": pl.Int64,
    "saldo": pl.Int64,
    "clave": pl.Int16,
    "concepto": pl.String,
    "contrapartida": pl.String,
}
SIGNO = {letra: (digito, 1) for digito, letra in enumerate("{ABCDEFGHI")} | {
    letra: (digito, -1) for digito, letra in enumerate("}JKLMNOPQR")
}
POSITIVOS, NEGATIVOS = "{ABCDEFGHI", "}JKLMNOPQR"


def centimos(texto: str) -> int:
    digito, signo = SIGNO[texto[-1]]
    return signo * (int(texto[:-1]) * 10 + digito)


def dia(texto: str) -> dt.date | None:
    if texto == "0000000":
        return None
    return dt.date(int(texto[:4]), 1, 1) + dt.timedelta(days=int(texto[4:]) - 1)


def filas_con_csv(archivo: bytes) -> list[tuple[Any, ...]]:
    """Tuples in the order of COLUMNAS: the csv module knows separator and escape, the rest is converted here."""
    lector = csv.reader(
        io.StringIO(archivo.decode("latin-1"), newline=""), delimiter="¦", escapechar="\\", quoting=csv.QUOTE_NONE
    )
    return [
        (
            int(fila[1]),
            dia(fila[2]),
            dia(fila[3]),
            int(fila[4]),
            centimos(fila[5]),
            centimos(fila[6]),
            int(fila[7]),
            fila[8],
            fila[9],
        )
        for fila in lector
        if fila[0] == "M"
    ]


def columnas_con_csv(archivo: bytes) -> pl.DataFrame:
    """The same as columns, which is what everybody wants afterwards."""
    return pl.DataFrame(filas_con_csv(archivo), schema=ESQUEMA, orient="row")


# No CSV reader of theirs takes a separator that is one byte in Latin-1 and two in UTF-8, nor escapes outside quotes: the separator becomes U+001F,
# which the format never holds, and what is escaped becomes U+001D and U+001E until it is text.
def _en_utf8(archivo: bytes) -> bytes:
    if b"\\" in archivo:
        archivo = archivo.replace(b"\\\\", b"\x1d").replace(b"\\\xa6", b"\x1e")
    return archivo.replace(b"\xa6", b"\x1f").decode("latin-1").encode()


def con_polars(archivo: bytes) -> pl.DataFrame:
    """By `read_csv` and expressions."""
    crudo = pl.read_csv(
        _en_utf8(archivo),
        separator="\x1f",
        has_header=False,
        quote_char=None,
        schema=dict.fromkeys(["tipo", *COLUMNAS], pl.String),
        skip_lines=1,
        truncate_ragged_lines=True,
        empty_string_is_null=False,
    )

    def importe(columna: str) -> pl.Expr:
        texto = pl.col(columna)
        ultima = texto.str.slice(-1)
        digito = ultima.replace_strict(
            list(POSITIVOS + NEGATIVOS), [*range(10), *range(10)], return_dtype=pl.Int64
        )
        signo = pl.when(ultima.is_in(list(NEGATIVOS))).then(-1).otherwise(1)
        return (texto.str.head(-1).cast(pl.Int64) * 10 + digito) * signo

    def fecha(columna: str) -> pl.Expr:
        texto = pl.col(columna)
        return pl.when(texto != "0000000").then(texto).str.to_date("%Y%j")

    def con_escapes(columna: str) -> pl.Expr:
        return pl.col(columna).str.replace_all("\x1d", "\\", literal=True).str.replace_all("\x1e", "¦", literal=True)

    return (
        crudo.lazy()
        .filter(pl.col("tipo") == "M")
        .select(
            pl.col("numero").cast(pl.Int64),
            fecha("fecha"),
            fecha("fecha_valor"),
            pl.col("cuenta").cast(pl.Int64),
            importe("importe"),
            importe("saldo"),
            pl.col("clave").cast(pl.Int16),
            con_escapes("concepto"),
            con_escapes("contrapartida"),
        )
        .collect()
    )


def con_pandas(archivo: bytes) -> pd.DataFrame:
    """By `read_csv` and vectorized conversions."""
    crudo = pd.read_csv(
        io.BytesIO(_en_utf8(archivo)),
        sep="\x1f",
        header=None,
        names=["tipo", *COLUMNAS],
        dtype="str",
        quoting=csv.QUOTE_NONE,
        keep_default_na=False,
        na_filter=False,
        engine="c",
    )
    crudo = crudo[crudo["tipo"] == "M"]
    digitos = {letra: digito for letra, (digito, _) in SIGNO.items()}
    signos = {letra: signo for letra, (_, signo) in SIGNO.items()}

    def importe(columna: str) -> pd.Series[int]:
        ultima = crudo[columna].str[-1]
        valor = crudo[columna].str[:-1].astype("int64") * 10 + ultima.map(digitos).astype("int64")
        return valor * ultima.map(signos).astype("int64")

    def fecha(columna: str) -> pd.Series[pd.Timestamp]:
        return pd.to_datetime(crudo[columna].mask(crudo[columna] == "0000000"), format="%Y%j")

    def con_escapes(columna: str) -> pd.Series[str]:
        return crudo[columna].str.replace("\x1d", "\\", regex=False).str.replace("\x1e", "¦", regex=False)

    return pd.DataFrame(
        {
            "numero": crudo["numero"].astype("int64"),
            "fecha": fecha("fecha"),
            "fecha_valor": fecha("fecha_valor"),
            "cuenta": crudo["cuenta"].astype("int64"),
            "importe": importe("importe"),
            "saldo": importe("saldo"),
            "clave": crudo["clave"].astype("int16"),
            "concepto": con_escapes("concepto"),
            "contrapartida": con_escapes("contrapartida"),
        }
    ).reset_index(drop=True)
