"""What the types must refuse. Each comment silences one error, and `mypy --strict` complains of a comment that silences none."""

from __future__ import annotations

import mi_modulo_rust as mi

mi.calcular_percentil("1, 2, 3", 95.0)  # type: ignore[arg-type]
mi.calcular_percentil([1.0], "95")  # type: ignore[arg-type]
mi.calcular_percentil([1.0])  # type: ignore[call-arg]
mi.calcular_percentil([1.0], 95.0, "lower")  # type: ignore[call-arg]
mi.ProcesadorDatos()  # type: ignore[call-arg]
mi.ProcesadorDatos([1.0]).mediana()  # type: ignore[attr-defined]
mi.no_existe  # type: ignore[attr-defined]
texto: str = mi.calcular_percentil([1.0], 95.0)  # type: ignore[assignment]
