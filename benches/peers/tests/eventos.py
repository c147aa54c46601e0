"""A small day of events with every kind of bad row, made so that each rule of the contract has its edges tried."""

from __future__ import annotations

import random
from datetime import UTC, date, datetime
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

FECHA = "2024-01-15"
MEDIODIA = int(datetime(2024, 1, 15, 12, tzinfo=UTC).timestamp()) * 1_000_000
DIA = 86_400_000_000
TEXTOS = ("evento_id", "tipo", "user_id", "session_id", "producto_id", "region", "pagina", "mensaje")
ESQUEMA = pa.schema(
    [(c, pa.string()) for c in TEXTOS[:5]]
    + [("monto", pa.float64())]
    + [(c, pa.string()) for c in TEXTOS[5:]]
    + [("timestamp", pa.timestamp("us", "UTC")), ("lat", pa.float64()), ("lon", pa.float64())]
)
VACIOS = (None, "", "   ", " \t\r\n\x0c")
#: Blank elsewhere, but not ASCII white space: vertical tab, no-break space, zero-width space.
NO_VACIOS = ("\x0b", "\u00a0", "\u200b", " a ")


def fila(numero: int, **cambios) -> dict:
    """A good purchase, changed."""
    base = {
        "evento_id": f"e{numero:06d}",
        "tipo": "compra",
        "user_id": f"u{numero % 7}",
        "session_id": "s1",
        "producto_id": f"p{numero % 5}",
        "monto": 10.0 + numero,
        "region": ("norte", "sur")[numero % 2],
        "pagina": "/pago",
        "mensaje": None,
        "timestamp": MEDIODIA,
        "lat": None,
        "lon": None,
    }
    return base | cambios


def casos() -> list[dict]:
    """One change per row: what the contract must tell apart."""
    infinito, nan = float("inf"), float("nan")
    inicio = MEDIODIA - DIA // 2
    cambios: list[dict] = [{}]
    cambios += [{"evento_id": v} for v in VACIOS] + [{"evento_id": v} for v in NO_VACIOS]
    cambios += [{"evento_id": "e000001"}, {"evento_id": "E000001"}, {"evento_id": "e000001 "}]
    # A row stands in the way of its namesakes even when it is rejected itself; blank names are no namesakes.
    cambios += [{"evento_id": "gemelo", "tipo": "nada"}, {"evento_id": "gemelo"}, {"evento_id": "gemelo", "tipo": "click"}]
    cambios += [{"tipo": v} for v in (None, "", "Compra", "compra ", "view", "agregar_carrito\n")]
    cambios += [{c: "x" * n} for c in TEXTOS if c != "tipo" for n in (4096, 4097)]
    cambios += [{"mensaje": "ñ" * n} for n in (2048, 2049)] + [{"tipo": "y" * 5000}, {"evento_id": "z" * 9000}]
    cambios += [{"timestamp": v} for v in (None, -1, 0, 4_102_444_800_000_000, 4_102_444_799_999_999, -(10**16))]
    cambios += [{"timestamp": v} for v in (inicio - 1, inicio, inicio + DIA - 1, inicio + DIA)]
    cambios += [{"region": v, "tipo": t} for v in (*VACIOS, *NO_VACIOS) for t in ("compra", "click", "error")]
    cambios += [{"user_id": v, "tipo": t} for v in (*VACIOS, *NO_VACIOS) for t in ("compra", "click", "error")]
    montos = [None, nan, infinito, -infinito, 0.0, -0.0, -5.0, -0.001, 0.004, 0.005, 0.0051, 0.015, 0.025, 0.125, 0.375]
    montos += [1.005, 1.015, 2.675, 1005, 1000.0, 1000.0000000001, 999.995, 1000.005, 1e9, 1_000_000_000.01, 1e12, 1e300, 5e-324]
    cambios += [{"monto": v, "tipo": t} for v in montos for t in ("compra", "click")]
    grados = [0.0, -90.0, 90.0, 90.0000001, 180.0, -180.0, 180.5, -180.5, nan, infinito, -infinito]
    cambios += [{c: v, "tipo": t} for v in grados for c in ("lat", "lon") for t in ("compra", "error")]
    cambios += [{"producto_id": v} for v in (None, "", " ", "p0")]
    # Regions with errors alone (no row), with anonymous visitors alone (no rate), with a single buyer, with odd names.
    cambios += [{"region": "solo-errores", "tipo": "error"}] * 2
    cambios += [{"region": "solo-anónimos", "tipo": "click", "user_id": v} for v in VACIOS]
    cambios += [{"region": "isla ñandú 🏝", "monto": 0.01}, {"region": "a\\N\x1fb"}, {"region": " norte"}]
    # Thirds and halves: 2 buyers of 3 visitors, an average that ends in half a cent.
    cambios += [{"region": "tercios", "user_id": u, "monto": 0.01 * (i + 1)} for i, u in enumerate(("a", "b"))]
    cambios += [{"region": "tercios", "user_id": "c", "tipo": "agregar_carrito", "monto": None}]
    # Several reasons at once: the first in the contract's order.
    cambios += [{"evento_id": " ", "tipo": None}, {"tipo": "view", "timestamp": -1}, {"timestamp": -1, "region": None}]
    cambios += [{"region": "", "monto": nan}, {"user_id": None, "monto": None}, {"monto": -1.0, "lat": 91.0}]
    cambios += [{"timestamp": inicio - 1, "user_id": None}, {"pagina": "x" * 5000, "timestamp": None}]
    return [fila(numero, **cambio) for numero, cambio in enumerate(cambios, start=1)]


def ruido(cuantas: int, semilla: int) -> list[dict]:
    """Random rows, half of them broken in random ways, with names that repeat across files."""
    azar = random.Random(semilla)
    filas = []
    for _ in range(cuantas):
        tipo = azar.choice(("compra", "click", "click", "agregar_carrito", "error"))
        una = fila(
            azar.randrange(3 * cuantas),
            tipo=tipo,
            user_id=azar.choice((None, f"u{azar.randrange(200)}")),
            region=azar.choice(("norte", "sur", "este", "oeste")),
            producto_id=azar.choice((None, f"p{azar.randrange(50)}")),
            monto=azar.choice((None, round(azar.lognormvariate(3.6, 1.5), 2), azar.randrange(10**6) / 1000 + 0.0005)),
            timestamp=MEDIODIA + azar.randrange(-DIA // 2, DIA // 2),
            lat=azar.choice((None, round(azar.uniform(-91, 91), 5))),
            lon=azar.choice((None, round(azar.uniform(-181, 181), 5))),
        )
        if azar.random() < 0.2:
            una[azar.choice(list(una))] = None
        filas.append(una)
    return filas


def escribir(directorio: Path, fecha: str = FECHA) -> Path:
    """The day as pyarrow writes it by default: three files, one of them empty, whose names do not sort as numbers do."""
    dia = directorio / f"fecha={fecha}"
    dia.mkdir(parents=True)
    todas = casos() + ruido(3000, 16)
    corte = len(casos()) + 900
    for nombre, filas in {"part-10.parquet": todas[:corte], "part-11.parquet": [], "part-9.parquet": todas[corte:]}.items():
        pq.write_table(pa.Table.from_pylist(filas, schema=ESQUEMA), dia / nombre)
    (dia / "_SUCCESS").write_text("")
    return directorio


def dia_de(fecha: str = FECHA) -> date:
    return date.fromisoformat(fecha)
