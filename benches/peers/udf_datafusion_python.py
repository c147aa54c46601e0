"""Peer `datafusion-python` of 16.4.2: a Python function for each batch (`python`), the formula in SQL (`sql`), and the function of
this repository, compiled from Rust (`rust`).

    python udf_datafusion_python.py --entrada PARES.parquet --forma rust
    python udf_datafusion_python.py comprobar PARES.parquet      prints what `rust` gives for each row, and the plans, as JSON

The module is found by UDF_PYTHON, the path of `libudf_python.so`: see crates/ej_16_4_2_udf/examples/udf_python.rs. Its capsule
carries no version, so that of its interface is compared with that of the wheel before it is handed over: another one would be read
with the wrong layout, which is no error but undefined. See udf_medida.py for the rest.
"""

from __future__ import annotations

import importlib.machinery
import importlib.util
import json
import os
import sys

import datafusion
import pyarrow as pa
import udf_medida
from datafusion import SessionContext, udf


class OtraInterfaz(Exception):
    """The module was built with another major version of datafusion-ffi than the wheel."""


def modulo(ruta: str):
    """The compiled module, from a file of any name."""
    cargador = importlib.machinery.ExtensionFileLoader("udf_python", ruta)
    descripcion = importlib.util.spec_from_loader("udf_python", cargador)
    cargado = importlib.util.module_from_spec(descripcion)
    cargador.exec_module(cargado)
    return cargado


def funcion_de_rust():
    """The function of the module, if both sides speak the same version."""
    cargado = modulo(os.environ["UDF_PYTHON"])
    # Releases of the wheel take the number of the engine that is in them.
    suya, nuestra = int(datafusion.__version__.split(".")[0]), cargado.version_ffi()
    if suya != nuestra:
        raise OtraInterfaz(f"el módulo habla datafusion-ffi {nuestra} y el paquete de Python {suya}")
    return udf(cargado.HaversineRust())


def por_lotes(lat1: pa.Array, lon1: pa.Array, lat2: pa.Array, lon2: pa.Array) -> pa.Array:
    columnas = (columna.to_numpy(zero_copy_only=False) for columna in (lat1, lon1, lat2, lon2))
    return pa.array(udf_medida.en_numpy(*columnas))


def contexto(forma: str, entrada: str) -> SessionContext:
    ctx = SessionContext()
    ctx.register_parquet("pares", entrada)
    if forma == "python":
        ctx.register_udf(udf(por_lotes, [pa.float64()] * 4, pa.float64(), "immutable", name="haversine"))
    elif forma == "rust":
        ctx.register_udf(funcion_de_rust())
    return ctx


def por_marcos(ctx: SessionContext, entrada: str) -> dict[str, list[str]]:
    """The same distances for a frame of Pandas and one of Polars, in and out, as `float.hex`."""
    import polars as pl

    columnas = ", ".join(udf_medida.COLUMNAS)
    de_polars = pl.read_parquet(entrada).drop_nulls()
    marcos = {"polars": ctx.from_polars(de_polars, "de_polars"), "pandas": ctx.from_pandas(de_polars.to_pandas(), "de_pandas")}
    consultas = {nombre: ctx.sql(f"SELECT id, haversine({columnas}) AS km FROM de_{nombre}") for nombre in marcos}
    salidas = {"polars": consultas["polars"].to_polars().sort("id"), "pandas": consultas["pandas"].to_pandas().sort_values("id")}
    return {nombre: [float(km).hex() for km in salida["km"]] for nombre, salida in salidas.items()}


def comprobar(entrada: str) -> None:
    ctx = contexto("rust", entrada)
    columnas = ", ".join(udf_medida.COLUMNAS)

    def uno(sql: str):
        return [fila for lote in ctx.sql(sql).collect() for fila in lote.column(0).to_pylist()]

    def plan(sql: str) -> str:
        return "\n".join(fila for lote in ctx.sql(f"EXPLAIN {sql}").collect() for fila in lote.column(1).to_pylist())

    def error(sql: str) -> str:
        try:
            ctx.sql(sql).collect()
        except Exception as e:  # noqa: BLE001
            return str(e)
        return ""

    cerca = f"SELECT id FROM pares WHERE haversine({columnas}) < 5000"
    print(
        json.dumps(
            {
                "version": datafusion.__version__,
                "por_id": [
                    fila
                    for lote in ctx.sql(f"SELECT id, haversine({columnas}) AS km FROM pares").collect()
                    for fila in zip(lote.column(0).to_pylist(), [None if x is None else x.hex() for x in lote.column(1).to_pylist()])
                ],
                "con_literales": uno("SELECT haversine(40.4168, -3.7038, -34.6037, -58.3816)")[0].hex(),
                "con_enteros": uno("SELECT haversine(40, -3, 10, 20)")[0].hex(),
                "con_nulo": uno("SELECT haversine(NULL, -3.0, 10.0, 20.0)")[0],
                "plan_constante": plan("SELECT haversine(40.4168, -3.7038, -34.6037, -58.3816) AS km FROM pares"),
                "plan_mismo_punto": plan("SELECT haversine(lat_origen, lon_origen, lat_origen, lon_origen) FROM pares"),
                "plan_filtro": plan(cerca),
                "marcos": por_marcos(ctx, entrada),
                "error_texto": error("SELECT haversine('norte', -3.0, 10.0, 20.0)"),
                "error_cuenta": error("SELECT haversine(1.0, 2.0)"),
            }
        )
    )


def main() -> int:
    if sys.argv[1:2] == ["comprobar"]:
        comprobar(*sys.argv[2:])
        return 0
    elegido = udf_medida.opciones("La distancia con DataFusion desde Python.", ("python", "sql", "rust"))
    ctx = contexto(elegido.forma, elegido.entrada)
    distancia = udf_medida.en_sql() if elegido.forma == "sql" else f"haversine({', '.join(udf_medida.COLUMNAS)})"
    consulta = udf_medida.consulta_de(distancia, "pares")

    def responder() -> udf_medida.Respuesta:
        lotes = [lote for lote in ctx.sql(consulta).collect() if lote.num_rows]
        return tuple(columna[0].as_py() for columna in lotes[0].columns)

    return udf_medida.correr(elegido, f"datafusion {datafusion.__version__}", responder)


if __name__ == "__main__":
    sys.exit(main())
