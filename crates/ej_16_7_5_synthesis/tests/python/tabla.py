"""Makes the table that goes through all languages, or says the content hash of one, by its own implementation of CONTENIDO.md.

    python tabla.py hacer tabla.parquet
    python tabla.py hash CARPETA_CON_CONTENIDO tabla.parquet
"""

from __future__ import annotations

import random
import sys
from datetime import date, datetime, timedelta, timezone
from decimal import Decimal

import pyarrow as pa
import pyarrow.parquet as pq

FILAS = 2_000


def hacer(ruta: str) -> None:
    azar = random.Random(16)

    def a_veces(valor):
        return None if azar.random() < 0.1 else valor

    textos = ["norte", "", "señal ☂", "a\\b", "dos\nlíneas", "\x1f", "\\N", "NULL", "🦀"]
    flotantes = [0.0, -0.0, float("nan"), float("inf"), -float("inf"), 5e-324, 1.7976931348623157e308, 0.1]
    enteros = [0, -1, 2**63 - 1, -(2**63)]
    epoca = datetime(1970, 1, 1, tzinfo=timezone.utc)
    tabla = pa.table(
        {
            "texto": pa.array([a_veces(azar.choice(textos)) for _ in range(FILAS)]).dictionary_encode(),
            "entero": pa.array([a_veces(azar.choice(enteros + [i])) for i in range(FILAS)], pa.int64()),
            "corto": pa.array([a_veces(azar.randrange(-(2**31), 2**31)) for _ in range(FILAS)], pa.int32()),
            "flotante": pa.array([a_veces(azar.choice(flotantes + [azar.random()])) for _ in range(FILAS)], pa.float64()),
            "dinero": pa.array(
                [a_veces(Decimal(azar.randrange(-(10**17), 10**17)).scaleb(-2)) for _ in range(FILAS)], pa.decimal128(18, 2)
            ),
            "dia": pa.array([a_veces(date(1950, 1, 1) + timedelta(azar.randrange(50_000))) for _ in range(FILAS)], pa.date32()),
            "instante": pa.array(
                [a_veces(epoca + timedelta(microseconds=azar.randrange(-(10**15), 4 * 10**15))) for _ in range(FILAS)],
                pa.timestamp("us", "UTC"),
            ),
            "si": pa.array([a_veces(azar.random() < 0.5) for _ in range(FILAS)], pa.bool_()),
        }
    )
    pq.write_table(tabla, ruta, compression="gzip", row_group_size=300)


def main(argumentos: list[str]) -> None:
    if argumentos[0] == "hacer":
        hacer(argumentos[1])
        return
    sys.path.insert(0, argumentos[1])
    import contenido

    ruta = argumentos[2]
    if ruta.endswith(".arrow"):
        with pa.memory_map(ruta) as archivo:
            datos = pa.ipc.open_file(archivo).read_all()
    else:
        datos = contenido.leer(ruta)
    print(contenido.resumen(contenido.lineas(datos)))


if __name__ == "__main__":
    main(sys.argv[1:])
