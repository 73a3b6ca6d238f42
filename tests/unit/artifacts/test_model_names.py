"""Names of models are their files' names, and can be read back."""

from __future__ import annotations

import pytest

from uncollapse.artifacts.model_names import Model


@pytest.mark.parametrize(
    ("name", "dataset", "role"),
    [
        ("generator-seed0", "train", "generator"),
        ("best_of_5-seed12", "best_of_5", "downstream"),
        ("no_seed-seed3", "no_seed", "downstream"),
        ("best_of_5-tuned-seed1", "best_of_5", "grouped"),
        ("seed-seed-seed1", "seed", "grouped"),
    ],
)
def test_there_and_back(name: str, dataset: str, role: str) -> None:
    model = Model.parse(name)
    assert (model.dataset, model.role, model.name) == (dataset, role, name)
    assert Model(dataset, model.seed, model.group) == model
