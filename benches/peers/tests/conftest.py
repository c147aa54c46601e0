"""Puts the peers on the import path and makes the input that every one of them must classify alike."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

PEERS = Path(__file__).resolve().parents[1]
sys.path[:0] = [str(PEERS), str(Path(__file__).resolve().parent)]

import eventos  # noqa: E402


def pytest_configure(config: pytest.Config) -> None:
    config.addinivalue_line("markers", "binario: needs ECOMMERCE_BINARIO, the path of analytics-ecommerce")
    config.addinivalue_line("markers", "jvm: needs ECOMMERCE_PYTHON_SPARK, a Java runtime and the jars of jars-spark.xml")


@pytest.fixture(scope="session")
def entrada(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A day with every reason of the contract, the edges of every rule, and noise; in three files, as pyarrow writes them."""
    return eventos.escribir(tmp_path_factory.mktemp("entrada"))
