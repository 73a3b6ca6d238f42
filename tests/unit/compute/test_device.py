"""The device and precision that config asks for."""

from __future__ import annotations

import tempfile
from pathlib import Path
from types import SimpleNamespace

import pytest
import torch

from uncollapse.compute import device
from uncollapse.compute.device import prepare
from uncollapse.compute.settings import ComputeSettings
from uncollapse.errors import ConfigError


@pytest.fixture(autouse=True)
def _pages_as_they_are(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("uncollapse.compute.device._keep_pages", lambda: None)


@pytest.mark.parametrize(
    ("gpu", "asked", "dtype", "found"),
    [
        (False, "auto", "auto", ("cpu", torch.float32)),
        (True, "auto", "auto", ("cuda", torch.bfloat16)),
        (True, "cpu", "auto", ("cpu", torch.float32)),
        (True, "cuda", "float32", ("cuda", torch.float32)),
        (False, "cpu", "bfloat16", ("cpu", torch.bfloat16)),
    ],
)
def test_what_is_asked_for_or_what_is_there(
    monkeypatch: pytest.MonkeyPatch, gpu: bool, asked: str, dtype: str, found: tuple[str, torch.dtype]
) -> None:
    monkeypatch.setattr(torch.cuda, "is_available", lambda: gpu)
    device, layers = prepare(ComputeSettings(device=asked, dtype=dtype), threads=1)
    assert (device.type, layers) == found


def test_a_gpu_that_is_not_there(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(torch.cuda, "is_available", lambda: False)
    with pytest.raises(ConfigError, match="set it to auto or cpu"):
        prepare(ComputeSettings(device="cuda"), threads=1)


def test_threads_and_precision() -> None:
    prepare(ComputeSettings(device="cpu", matmul_precision="high"), threads=2)
    assert torch.get_num_threads() == 2
    assert torch.get_float32_matmul_precision() == "high"


def test_a_process_that_prepares_twice_keeps_its_gpu(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    monkeypatch.setattr(torch.cuda, "get_device_properties", lambda index: SimpleNamespace(uuid=f"gpu-{index}"))
    device._own_gpu.cache_clear()
    try:
        assert [device._own_gpu(2), device._own_gpu(2)] == [0, 0]
    finally:
        device._own_gpu.cache_clear()
