"""Quality of a round's labels before anything is trained on them, by model and difficulty."""

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from uncollapse.proxy.estimate import quantities
from uncollapse.rounds.written import Answers

ALL = 0  # stands for all difficulties of a round


def quality(answers: Answers, kept: NDArray[np.bool_], seeds: Sequence[int]) -> dict[str, list[Any]]:
    """Columns seed, difficulty, counts, label accuracy, p, phi, psi, kept precision and p_*; None where undefined."""
    rows: list[dict[str, Any]] = []
    for seed, right, mine in zip(seeds, answers.right, kept, strict=True):
        for difficulty in [ALL, *np.unique(answers.difficulties).tolist()]:
            chosen = np.ones(len(mine), dtype=bool) if difficulty == ALL else answers.difficulties == difficulty
            n, good, some = int(chosen.sum()), int(right[chosen].sum()), int(mine[chosen].sum())
            both = int((right & mine)[chosen].sum())
            found = quantities(np.array([[n - good, good, some - both, both]]))
            shares = {name: float(found[name][0]) for name in ("p", "phi", "psi", "kept_precision", "p_star")}
            shares["label_accuracy"] = good / n
            rows.append(
                {"seed": seed, "difficulty": difficulty, "answers": n, "right": good, "kept": some, "kept_right": both}
                | {name: None if np.isnan(value) else value for name, value in shares.items()}
            )
    return {name: [row[name] for row in rows] for name in rows[0]}
