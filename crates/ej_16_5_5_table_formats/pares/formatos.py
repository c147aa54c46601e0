"""Readers that share no code with the Rust clients under test.

    python formatos.py iceberg-leer METADATOS SALIDA.parquet      pyiceberg
    python formatos.py hudi-leer    TABLA SALIDA.parquet          pyarrow and the names of Hudi's files, no Hudi at all

Prints one JSON line with the rows.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq


def iceberg_leer(metadatos: str, salida: str) -> int:
    from pyiceberg.table import StaticTable

    filas = StaticTable.from_metadata(metadatos).scan().to_arrow()
    pq.write_table(filas, salida)
    return filas.num_rows


def archivos_vigentes(tabla: Path) -> list[Path]:
    """The newest base file of every file group: names are FILEID_WRITETOKEN_INSTANT.parquet."""
    vigentes: dict[tuple[Path, str], Path] = {}
    for archivo in sorted(tabla.rglob("*.parquet")):
        if ".hoodie" in archivo.parts:
            continue
        grupo, _, instante = archivo.stem.split("_", 2)
        anterior = vigentes.get((archivo.parent, grupo))
        if anterior is None or anterior.stem.split("_", 2)[2] < instante:
            vigentes[archivo.parent, grupo] = archivo
    return list(vigentes.values())


def hudi_leer(tabla: str, salida: str) -> int:
    trozos = [pq.ParquetFile(archivo).read() for archivo in archivos_vigentes(Path(tabla))]
    filas = pa.concat_tables(trozos, promote_options="permissive")
    pq.write_table(filas, salida)
    return filas.num_rows


ORDENES = {"iceberg-leer": iceberg_leer, "hudi-leer": hudi_leer}


def main() -> int:
    orden, *argumentos = sys.argv[1:]
    if orden not in ORDENES:
        print(f"error: órdenes: {', '.join(ORDENES)}", file=sys.stderr)
        return 2
    print(json.dumps({"filas": ORDENES[orden](*argumentos)}))
    return 0


if __name__ == "__main__":
    sys.exit(main())
