"""Frames of an experiment in rounds as it might come out, for tests of what is made of them."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd

from uncollapse.experiments.rounds.frames import VALUES
from uncollapse.experiments.rounds.settings import RoundsSettings

_TRAINING = {"batch_size": 8, "steps": 4}


def _course(task: dict[str, Any], *, title: str = "", dimension: int = 8, start: int = 4, tested: int = 12) -> dict:
    return {
        "title": title,
        "task": task,
        "model": {"dimension": dimension, "layers": 1, "heads": 2},
        "start": {"up_to": start, "examples": 40, "training": _TRAINING},
        "round": {"questions": 100, "training": _TRAINING},
        "test": {"questions": 100, "up_to": tested},
    }


SETTINGS = RoundsSettings.model_validate(
    {
        "kind": "rounds",
        "seeds": [0, 1, 2],
        "courses": {
            "reverse_addition": _course({"name": "addition"}),
            "copy": _course({"name": "strings", "answer": "copy"}, title="copy"),
            "reverse": _course({"name": "strings", "answer": "reverse"}),
            "forward_addition": _course({"name": "addition", "order": "forward"}),
        },
        "runs": {
            "reverse_addition": {"course": "reverse_addition", "rounds": 6},
            "copy": {"course": "copy", "rounds": 6},
            "copy_fast": {
                "course": "copy",
                "rounds": 4,
                "schedule": {"kind": "accelerated", "after": 2, "by": "agreement"},
            },
            "copy_abrupt": {"course": "copy", "rounds": 6, "schedule": {"kind": "abrupt"}},
            "reverse": {"course": "reverse", "rounds": 6},
            "forward_addition": {"course": "forward_addition", "rounds": 6},
            "forward_voted": {
                "course": "forward_addition",
                "rounds": 6,
                "filters": [{"kind": "length", "margin": 2}, {"kind": "vote", "agree": 3}],
            },
            "forward_oracle": {"course": "forward_addition", "rounds": 6, "filters": [{"kind": "oracle"}]},
        },
        "avalanches": {
            "noise": {"run": "copy", "at": [1, 3], "kinds": ["uniform"], "rates": [0.1, 0.4, 0.8], "further": 3}
        },
    }
)
RUNS, COURSES = (pd.DataFrame(VALUES[name].of(SETTINGS)) for name in ("runs", "courses"))


def _reach(run: Any, number: int, seed: int) -> float:
    """Difficulty at which half of the answers are right."""
    start, pace = 5.0 + 0.2 * seed, {"accelerated": 1.8, "abrupt": 0.1}.get(run.schedule, 1.1)
    if run.course == "forward_addition" and run.filters == "":
        pace = 0.35
    lost = 3.0 * run.rate**2 * (number - run.at + 1) if run.noise and number >= run.at else 0.0
    return start + pace * number - lost


def frames() -> dict[str, pd.DataFrame]:
    """accuracies, filtered, runs and courses."""
    rng = np.random.default_rng(0)
    courses = COURSES.set_index("course")
    tested, labelled = [], []
    first = RUNS.drop_duplicates("course")
    for run in RUNS.itertuples():
        about = courses.loc[run.course]
        wanted = range(run.at if run.noise else 1, run.rounds + 1)
        rounds = [0, *wanted] if run.run in set(first["run"]) else wanted
        for number in rounds:
            for seed in (0, 1, 2):
                right = {
                    d: 1 / (1 + np.exp(4 * (d - _reach(run, number, seed)))) for d in range(1, about["tested"] + 1)
                }
                name = run.course if number == 0 else run.run
                for difficulty, share in right.items():
                    correct = rng.binomial(100, share)
                    tested.append(
                        (name, number, seed, difficulty, str(difficulty), 100, correct, min(correct + 5, 100))
                    )
                if number == 0:
                    continue
                new = about["start"] + number + (run.schedule == "accelerated" and number >= run.after)
                before = 1 / (1 + np.exp(4 * (new - _reach(run, number - 1, seed))))
                before *= 1 - (run.rate if run.noise and number == run.at else 0)
                good = rng.binomial(100, before)
                kept_right, kept_wrong = (
                    (good, 100 - good) if run.filters == "" else (round(0.9 * good), (100 - good) // 5)
                )
                for difficulty in (0, new):
                    labelled.append((run.run, number, seed, difficulty, 100, good, kept_right + kept_wrong, kept_right))
    keys = ["run", "round", "seed", "difficulty"]
    accuracies = pd.DataFrame(tested, columns=[*keys, "spoken", "questions", "correct", "agreed"])
    filtered = pd.DataFrame(labelled, columns=[*keys, "answers", "right", "kept", "kept_right"])
    phi, psi = (
        filtered["kept_right"] / filtered["right"],
        (filtered["kept"] - filtered["kept_right"]) / (100 - filtered["right"]),
    )
    filtered["p_star"] = phi / (phi + psi)
    return {"accuracies": accuracies, "filtered": filtered, "runs": RUNS, "courses": COURSES}
