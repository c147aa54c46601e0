"""Peer `datafusion-python` of the workload `motores`: a memory pool shared fairly among the operators that can spill."""

from __future__ import annotations

import os
import sys

import datafusion
import motores_comun
import pyarrow as pa
import pyarrow.parquet as pq

#: Of the process's memory, what the pool may hand out. It knows of large reservations only, not of the row groups being decoded nor of
#: the batches between operators: with 0.6 the process passed its limit in the first query.
PARTE = 0.3


def main() -> int:
    elegido = motores_comun.opciones("Motores locales con poca memoria: DataFusion.")
    bytes_del_fondo = int(elegido.memoria_mb * PARTE) << 20
    entorno = datafusion.RuntimeEnvBuilder().with_disk_manager_specified(str(motores_comun.derrame(elegido)))
    entorno = entorno.with_fair_spill_pool(bytes_del_fondo)
    nucleos = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count()
    ajustes = datafusion.SessionConfig().with_target_partitions(nucleos)
    # A hash join cannot spill, and what comes out of a join by sorting is grouped in order: without this the process passed 1 GiB in
    # seconds, in the sets of COUNT(DISTINCT), which the pool hardly sees.
    ajustes = ajustes.set("datafusion.optimizer.prefer_hash_join", "false")
    contexto = datafusion.SessionContext(ajustes, entorno)
    for tabla in motores_comun.TABLAS:
        contexto.register_parquet(tabla, motores_comun.archivo(elegido, tabla))

    def consultar(nombre: str, sql: str, salida: str) -> None:
        marco = contexto.sql(sql)
        pq.write_table(pa.Table.from_batches(marco.collect(), schema=marco.schema()), salida)

    return motores_comun.correr(elegido, f"datafusion {datafusion.__version__}", consultar)


if __name__ == "__main__":
    sys.exit(main())
