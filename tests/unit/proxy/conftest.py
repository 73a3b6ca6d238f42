"""The benchmark of false GOs, whose small form the tests run."""

import importlib.util
from pathlib import Path

import pytest

BENCHMARK = Path(__file__).parents[3] / "benchmarks" / "proxy_error.py"


@pytest.fixture(scope="session")
def proxy_error():
    specification = importlib.util.spec_from_file_location("proxy_error", BENCHMARK)
    module = importlib.util.module_from_spec(specification)
    specification.loader.exec_module(module)
    return module
