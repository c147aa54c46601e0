"""The process of 16.3.1 answers what it is asked, line by line."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import polars as pl

PROGRAMA = Path(__file__).parent.parent / "polars_api_revenue.py"


def pregunta(*ordenes: str) -> list[str]:
    texto = "".join(f"{orden}\n" for orden in ordenes)
    proceso = subprocess.run([sys.executable, PROGRAMA], input=texto, capture_output=True, text=True, check=True)
    return proceso.stdout.splitlines()


def archivo(directorio: Path) -> Path:
    ruta = directorio / "con espacios.parquet"
    filas = 60
    pl.DataFrame(
        {
            "region": [("norte", "sur")[i % 2] for i in range(filas)],
            "monto": [None if i % 3 == 0 else float(i) for i in range(filas)],
            "user_id": [f"u{i % 7}" for i in range(filas)],
            "pagina": ["/pago"] * filas,
        }
    ).write_parquet(ruta)
    return ruta


def test_los_resultados_son_los_de_los_enteros_por_los_dos_motores(tmp_path: Path):
    ruta = archivo(tmp_path)
    esperado = {}
    for region, resto in (("norte", 0), ("sur", 1)):
        montos = [i for i in range(60) if i % 2 == resto and i % 3]
        esperado[region] = [sum(montos) * 100, len({i % 7 for i in montos})]
    for motor in ("in-memory", "streaming"):
        assert json.loads(pregunta(f"resultado {motor} {ruta}")[0]) == esperado
        (centavos,) = pregunta(f"tramas 20 {motor} {ruta}")
        assert int(centavos) == sum(cuenta[0] for cuenta in esperado.values())


def test_los_tiempos_son_segundos_y_los_turnos_dan_la_vuelta(tmp_path: Path):
    ruta = archivo(tmp_path)
    version, tiempo, _, *turnos = pregunta(
        "version",
        f"revenue in-memory 2 {ruta}",
        f"tramas 20 in-memory {ruta}",
        *["turno 1 in-memory 2"] * 4,
    )
    assert version == pl.__version__
    assert all(0 < float(segundos) < 60 for segundos in (tiempo, *turnos))


def test_una_orden_desconocida_no_pasa_en_silencio():
    for orden in ("resta 3", "turno 1 in-memory 2"):
        proceso = subprocess.run([sys.executable, PROGRAMA], input=f"{orden}\n", capture_output=True, text=True)
        assert proceso.returncode != 0
        assert "orden desconocida" in proceso.stderr
