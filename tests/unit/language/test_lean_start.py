"""Whatever a stage imports first, transformers comes without the slow packages that it does not need."""

import subprocess
import sys

import pytest


@pytest.mark.parametrize(
    "module",
    [
        "uncollapse.editing.load",
        "uncollapse.diagnostics.prior",
        "uncollapse.language.engines.transformers_engine",
    ],
)
def test_transformers_comes_without_slow_packages(module: str) -> None:
    look = f"import {module}, sys; print([name for name in ('sklearn', 'scipy', 'pandas') if name in sys.modules])"
    done = subprocess.run([sys.executable, "-c", look], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


def test_who_asks_later_is_told_the_truth() -> None:
    look = (
        "import uncollapse.language.lean_start, importlib.util; from transformers.utils import is_sklearn_available;"
        "print(is_sklearn_available() == (importlib.util.find_spec('sklearn') is not None))"
    )
    done = subprocess.run([sys.executable, "-c", look], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "True"
