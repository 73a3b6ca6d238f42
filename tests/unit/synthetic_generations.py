"""Frames of an experiment over generations as it might come out, for tests of what is made of them."""

from __future__ import annotations

import json
from typing import Any

import numpy as np
import pandas as pd

from uncollapse.experiments.generations.frames import VALUES
from uncollapse.experiments.generations.settings import GenerationsSettings

_REPLACE = {"learner": "digits", "regime": {"kind": "replace"}, "generations": 3}


def _verified(verifier: str, **keys: Any) -> dict[str, Any]:
    return _REPLACE | {"verification": {"verifier": verifier, "truth": "truth", **keys}}


SETTINGS = GenerationsSettings.model_validate(
    {
        "kind": "generations",
        "seeds": [0, 1, 2],
        "learners": {
            "digits": {
                "title": "digits",
                "data": {"name": "digits"},
                "model": {"name": "vae", "classes": 10, "training": {"steps": 2}},
                "rows": 40,
                "held_out": 20,
            },
            "points": {"data": {"name": "normal"}, "model": {"name": "gaussian"}, "rows": 10, "held_out": 8},
        },
        "verifiers": {name: {"kind": "neighbours"} for name in ("truth", "biased")},
        "runs": {
            "replace": _REPLACE,
            "accumulate": _REPLACE | {"regime": {"kind": "accumulate"}},
            "mixed": _REPLACE | {"regime": {"kind": "mixed", "real": 9, "synthetic": 4, "weight": "golden"}},
            "oracle": _verified("truth"),
            "biased": _verified("biased"),
            "random": _verified("biased", at_random=True),
            "points_replace": {"learner": "points", "regime": {"kind": "replace"}, "generations": 2},
        },
    }
)
RUNS, LEARNERS = (pd.DataFrame(VALUES[name].of(SETTINGS)) for name in ("generation_runs", "learners"))
# loss that a generation adds, by run
RISES = {
    "replace": 2.0,
    "accumulate": 0.1,
    "mixed": 0.5,
    "oracle": 0.8,
    "biased": 5.0,
    "random": 3.0,
    "points_replace": 1.0,
}
_MEASURES = ("diversity", "precision", "coverage", "tail_mass", "memorised")


def frames(**rises: float) -> dict[str, pd.DataFrame]:
    """generation_measures, yardsticks, shown, verified, generation_runs and learners; runs may rise otherwise."""
    rng, measured, shown, verified = np.random.default_rng(0), [], [], []
    pace = RISES | rises
    for run, generation in SETTINGS.learned():
        for seed in SETTINGS.seeds:
            values = {"loss": pace.get(run, 0.0) * generation + 0.05 * rng.normal() - 10}
            values |= dict.fromkeys(_MEASURES, 0.9 - 0.1 * generation)
            about = {"run": run, "generation": generation, "seed": seed}
            measured += [about | {"quantity": name, "value": value} for name, value in values.items()]
            if "points" not in run:
                row = json.dumps({"pixels": [0, 100, 200, 255], "label": 1})
                shown += [about | {"row_id": number, "row": row} for number in range(3)]
    for run in ("oracle", "biased", "random"):
        for generation in range(3):
            for seed in SETTINGS.seeds:
                verified.append(
                    {"run": run, "generation": generation, "seed": seed, "p": 0.1, "p_star": 0.5 + seed / 10}
                )
    return {
        "generation_measures": pd.DataFrame(measured),
        "yardsticks": pd.DataFrame([{"learner": "digits", "quantity": name, "value": 0.95} for name in _MEASURES]),
        "shown": pd.DataFrame(shown),
        "verified": pd.DataFrame(verified),
        "generation_runs": RUNS,
        "learners": LEARNERS,
    }
