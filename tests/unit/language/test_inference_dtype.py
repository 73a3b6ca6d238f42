"""In which type of number a model that is not trained computes."""

from __future__ import annotations

from pathlib import Path

import pytest
import torch

from uncollapse.compute import bfloat16
from uncollapse.language.artifact import inference_dtype


def _file(folder: Path, megabytes: int) -> Path:
    path = folder / "model.safetensors"
    with path.open("wb") as file:
        file.truncate(megabytes * 1_000_000)  # a sparse file
    return path


def _cpu(monkeypatch: pytest.MonkeyPatch, **capabilities: bool) -> None:
    monkeypatch.setattr(torch.cpu, "get_capabilities", lambda: {"architecture": "any"} | capabilities)


@pytest.mark.parametrize(
    ("megabytes", "asked", "found"),
    [
        (1, "auto", torch.float32),
        (100, "auto", torch.bfloat16),
        (100, "float32", torch.float32),
        (1, "bfloat16", torch.bfloat16),
    ],
)
def test_large_models_compute_in_bfloat16(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, megabytes: int, asked: str, found: torch.dtype
) -> None:
    _cpu(monkeypatch, avx512_bf16=True)
    assert inference_dtype(_file(tmp_path, megabytes), asked, device=torch.device("cpu")) == found


@pytest.mark.parametrize("capabilities", [{}, {"avx512_f": True, "avx512_bf16": False}, {"neon": True, "bf16": False}])
def test_but_not_where_the_machine_would_imitate_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capabilities: dict[str, bool]
) -> None:
    _cpu(monkeypatch, **capabilities)
    path = _file(tmp_path, 100)
    assert inference_dtype(path, device=torch.device("cpu")) == torch.float32
    assert inference_dtype(path, "bfloat16", device=torch.device("cpu")) == torch.bfloat16  # as asked
    assert inference_dtype(path, device=torch.device("cuda")) == torch.bfloat16


def test_a_result_says_which_kind_of_cpu_made_it(monkeypatch: pytest.MonkeyPatch) -> None:
    _cpu(monkeypatch, amx_bf16=True)
    assert bfloat16.kind_of(torch.device("cpu")) == "cpu with bfloat16"
    _cpu(monkeypatch)
    assert bfloat16.kind_of(torch.device("cpu")) == "cpu"
    assert bfloat16.kind_of(torch.device("cuda")) == "cuda"
