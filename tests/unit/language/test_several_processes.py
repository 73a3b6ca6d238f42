"""Two processes train one model that FSDP shares out between them, and end in the weights that one process finds."""

from __future__ import annotations

import json
import os
import socket
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import torch
from test_fine_tuning import SETTINGS, run, weights

from uncollapse.language.artifact import LanguageModel, load_language_model, save_language_model

SHORT = SETTINGS.model_copy(update={"steps": 6, "log_every": 2, "checkpoint_every": 2, "validate_every": 6})

# accelerate shards models on accelerators alone, and would quietly train without sharding on CPUs: in this test they
# pass for one of its accelerators
_PROGRAM = f"""
import json, sys
sys.path.insert(0, {str(Path(__file__).parent)!r})
from pathlib import Path
import torch
torch.set_num_threads(1)
from accelerate import state
from accelerate.utils import DistributedType
from torch.distributed.fsdp import FSDPModule
import test_fine_tuning as test
import test_several_processes as here
from uncollapse.language.artifact import load_language_model, save_language_model
folder, rank = Path(sys.argv[1]), sys.argv[2]
start = state.AcceleratorState.__init__
def on_accelerators(self, *arguments, **named):
    if not state.AcceleratorState._shared_state:
        state.PartialState._shared_state["distributed_type"] = DistributedType.MULTI_XPU
    start(self, *arguments, **named)
state.AcceleratorState.__init__ = on_accelerators
settings = here.SHORT.model_copy(update={{"fsdp": True}})
curves = []
for name in ("whole", "resumed"):  # the second goes on from the last checkpoint of the first
    model = load_language_model(folder / "base")
    curves.append(test.run(model, folder / "checkpoints", settings))
    save_language_model(model, folder / f"{{name}}-{{rank}}", about={{}})
(folder / f"curves-{{rank}}").write_text(json.dumps([curves, isinstance(model.model, FSDPModule)]))
"""


def test_two_processes_find_the_weights_of_one(
    make_language_model: Callable[..., LanguageModel], tmp_path: Path
) -> None:
    save_language_model(make_language_model(scale=1.0), tmp_path / "base", about={})
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = str(free.getsockname()[1])
    shared = os.environ | {"WORLD_SIZE": "2", "LOCAL_WORLD_SIZE": "2", "MASTER_ADDR": "127.0.0.1", "MASTER_PORT": port}
    children = [
        subprocess.Popen(
            [sys.executable, "-c", _PROGRAM, str(tmp_path), rank],
            env=shared | {"RANK": rank, "LOCAL_RANK": rank, "OMP_NUM_THREADS": "1"},
            stderr=subprocess.PIPE,
            text=True,
        )
        for rank in ("0", "1")
    ]
    for child in children:
        _, said = child.communicate(timeout=500)
        assert child.returncode == 0, said[-3000:]
    alone = load_language_model(tmp_path / "base")
    expected = run(alone, tmp_path / "alone", SHORT)
    for rank in ("0", "1"):
        curves, sharded = json.loads((tmp_path / f"curves-{rank}").read_text())
        assert sharded
        assert curves[0] == curves[1]
        assert _losses(curves[0]) == pytest.approx(_losses(expected), rel=1e-5)
        found = load_language_model(tmp_path / f"whole-{rank}")
        for name, tensor in weights(alone).items():
            torch.testing.assert_close(weights(found)[name], tensor, atol=1e-3, rtol=0)  # sums in another order
        assert (tmp_path / f"whole-{rank}").read_bytes() == (tmp_path / f"resumed-{rank}").read_bytes()
    assert (tmp_path / "whole-0").read_bytes() == (tmp_path / "whole-1").read_bytes()
    moved = max(
        (a - b).abs().max() for a, b in zip(*map(_tensors, (tmp_path / "base", tmp_path / "whole-0")), strict=True)
    )
    assert moved > 5e-3, "more than the tolerance above"


def _losses(curve: list[dict[str, Any]]) -> list[float]:
    return [row["loss"] for row in curve] + [curve[-1]["validation_loss"]]


def _tensors(path: Path) -> list[torch.Tensor]:
    return list(weights(load_language_model(path)).values())
