"""Frames of an experiment over generations as it might come out, for tests of what is made of them."""

from __future__ import annotations

import json
from typing import Any

import numpy as np
import pandas as pd

from uncollapse.experiments.generations.frames import VALUES
from uncollapse.experiments.generations.settings import GenerationsSettings

_REPLACE = {"learner": "digits", "regime": {"kind": "replace"}, "generations": 3}


_FRESH = {"kind": "mixed", "real": 4, "synthetic": 36, "fresh": True}
_TEXTS = {"learner": "texts", "regime": {"kind": "replace"}, "generations": 3}


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
                "real": 60,
                "held_out": 20,
            },
            "points": {"data": {"name": "normal"}, "model": {"name": "gaussian"}, "rows": 10, "held_out": 8},
            "texts": {
                "title": "news",
                "data": {"name": "texts", "corpus": "news"},
                "model": {
                    "name": "language_model",
                    "architecture": {"architecture": "gpt2", "hidden_size": 8, "layers": 1, "heads": 1, "context": 9},
                    "training": {"steps": 2},
                },
                "rows": 10,
                "held_out": 8,
            },
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
            "fresh": _REPLACE | {"regime": _FRESH},
            "golden": _REPLACE | {"regime": _FRESH | {"weight": "golden"}},
            "texts_replace": _TEXTS,
            "texts_mixed": _TEXTS | {"regime": {"kind": "mixed", "real": 6, "synthetic": 4}},
            "texts_frozen": _TEXTS | {"editing": {"base": "small", "frozen": True}},
            "texts_edited": _TEXTS | {"editing": {"base": "small", "written": 4}},
        },
        "grids": {"worth": {"learner": "digits", "real": [5, 20], "synthetic": [0, 40, 80]}},
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
    "fresh": 1.5,
    "golden": 0.6,
    "texts_replace": 0.3,
    "texts_mixed": 0.1,
    "texts_frozen": 0.02,
    "texts_edited": 0.1,
    # of the grid: own rows help beside 5 real ones, and do not beside 20
    "worth-5x0": 3.0,
    "worth-5x40": 2.0,
    "worth-5x80": 1.5,
    "worth-20x0": 0.5,
    "worth-20x40": 0.6,
    "worth-20x80": 0.7,
}
_MEASURES = ("diversity", "precision", "coverage", "tail_mass", "memorised")


def frames(*, threshold: float = 0.99, **rises: float) -> dict[str, pd.DataFrame]:
    """generation_measures, yardsticks, shown, verified, edit_shares, generation_runs and learners.

    Runs may rise otherwise than :data:`RISES`; edits begin at the threshold.
    """
    rng, measured, shown, verified = np.random.default_rng(0), [], [], []
    pace = RISES | rises
    for run, generation in SETTINGS.learned():
        for seed in SETTINGS.seeds:
            noise = 0.002 if "texts" in run else 0.05
            values = {"loss": pace.get(run, 0.0) * generation + noise * rng.normal() - 10 * ("texts" not in run)}
            values |= dict.fromkeys(_MEASURES, 0.9 - 0.1 * generation)
            about = {"run": run, "generation": generation, "seed": seed}
            measured += [about | {"quantity": name, "value": value} for name, value in values.items()]
            if "texts" in run:
                row = json.dumps({"text": f"{run} says $so$\x07 at {generation}. " * 9})
                shown += [about | {"row_id": number, "row": row} for number in range(3)]
            elif "points" not in run:
                row = json.dumps({"pixels": [0, 100, 200, 255], "label": 1})
                shown += [about | {"row_id": number, "row": row} for number in range(3)]
    for run in ("oracle", "biased", "random"):
        for generation in range(3):
            for seed in SETTINGS.seeds:
                verified.append(
                    {
                        "run": run,
                        "generation": generation,
                        "seed": seed,
                        "p": 0.1,
                        "p_star": 0.5 + seed / 10,
                        "learned": 40,
                    }
                )
    edited = [
        {"run": run, "generation": generation, "seed": seed, "threshold": threshold}
        | {"tokens": 1000, "above": 40, "eligible": 40, "changed": 20 - generation}
        for run in ("texts_frozen", "texts_edited")
        for generation in range(3)
        for seed in SETTINGS.seeds
    ]
    return {
        "edit_shares": pd.DataFrame(edited),
        "generation_measures": pd.DataFrame(measured),
        "yardsticks": pd.DataFrame([{"learner": "digits", "quantity": name, "value": 0.95} for name in _MEASURES]),
        "shown": pd.DataFrame(shown),
        "verified": pd.DataFrame(verified),
        "generation_runs": RUNS,
        "learners": LEARNERS,
    }
