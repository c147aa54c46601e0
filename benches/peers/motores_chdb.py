"""Peer `chdb` of the workload `motores`: ClickHouse in the process, with what it may keep in memory before it goes to disk."""

from __future__ import annotations

import sys

import chdb
import motores_comun
from revenue_chdb import archivo, texto

#: Of the process's memory, what a query may take; the rest is the library, which alone maps some hundred MB, and what its reader decodes: with 0.55 it passed its limit.
PARTE = 0.45
#: Of that, when an aggregate or a sort starts to go to disk: early, since merging takes as much again and a join stands beside it.
AL_DISCO = 0.25


def main() -> int:
    elegido = motores_comun.opciones("Motores locales con poca memoria: chDB.")
    conexion = chdb.connect(str(motores_comun.derrame(elegido)))
    limite = int(elegido.memoria_mb * PARTE) << 20
    ajustes = {
        "max_memory_usage": limite,
        "max_bytes_before_external_group_by": int(limite * AL_DISCO),
        "max_bytes_before_external_sort": int(limite * AL_DISCO),
        # The one that goes to disk.
        "join_algorithm": texto("grace_hash"),
        "engine_file_truncate_on_insert": 1,
        # So that SUM, MAX and LAG know of nulls as in the other engines.
        "join_use_nulls": 1,
    }
    for clave, valor in ajustes.items():
        conexion.query(f"SET {clave} = {valor}")
    for tabla in motores_comun.TABLAS:
        ruta = archivo(motores_comun.archivo(elegido, tabla))
        conexion.query(f"CREATE OR REPLACE VIEW {tabla} AS SELECT * FROM file({ruta}, Parquet)")

    def consultar(nombre: str, sql: str, salida: str) -> None:
        conexion.query(f"INSERT INTO FUNCTION file({archivo(salida)}, Parquet) {sql}")

    return motores_comun.correr(elegido, f"chdb {chdb.__version__}", consultar)


if __name__ == "__main__":
    sys.exit(main())
