"""Every system call of a job on its files fails once: a clean error or none, and the next run is as if it had not."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from system_programs import needs

HERE = Path(__file__).parent


@needs("cc")
@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="needs LD_PRELOAD")
def test_a_call_that_fails_is_forgotten_by_the_next_run(tmp_path: Path) -> None:
    shim = tmp_path / "failing_calls.so"
    source = str(HERE / "failing_calls.c")
    subprocess.run(["cc", "-shared", "-fPIC", "-o", str(shim), source, "-ldl"], check=True)
    driver = [sys.executable, str(HERE / "failing_calls_driver.py"), str(shim), str(tmp_path / "tried")]
    driver += ["every"] if os.environ.get("EVERY_FAULT") else []
    done = subprocess.run(driver, env=os.environ | {"LD_PRELOAD": str(shim)}, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr[-3000:]
    outcome = json.loads(done.stdout)
    assert outcome["wrong"] == {}
    assert outcome["tried"] >= outcome["calls"] > 100
