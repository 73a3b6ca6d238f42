"""Rates of training that no arithmetic in float32 can go on with are refused by their key, wherever they stand."""

from __future__ import annotations

from pathlib import Path

import pytest
import yaml

from uncollapse.config.beyond_float32 import LARGEST
from uncollapse.config.files import read
from uncollapse.errors import ConfigError

ROOT = Path(__file__).parents[3]


@pytest.mark.parametrize(
    "key",
    [
        "collapse.models.gpt2.training.optimizer.muon_learning_rate",
        "collapse.models.gpt2.training.optimizer.learning_rate",
        "rejection.training.weight_decay",
        "eigenvalues.generator.training.optimizer.learning_rate",
    ],
)
def test_a_rate_beyond_float32_is_refused_by_its_key(key: str, tmp_path: Path) -> None:
    for rate in (1.7e308, 2 * LARGEST, LARGEST):
        overlay = rate
        for name in reversed(key.split(".")):
            overlay = {name: overlay}
        path = tmp_path / "overlay.yaml"
        path.write_text(yaml.safe_dump({"experiments": overlay}))
        if rate == LARGEST:
            read(ROOT / "config.yaml", [ROOT / "scales/smoke.yaml", path])
            continue
        with pytest.raises(ConfigError, match=f"experiments.{key}: .*with which no step can be computed; lower it"):
            read(ROOT / "config.yaml", [ROOT / "scales/smoke.yaml", path])
