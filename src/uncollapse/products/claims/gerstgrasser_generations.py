"""Gerstgrasser et al. 2024, as the slides tell it: replace against accumulate for deep generative models."""

import pandas as pd

from uncollapse.analysis.generations import (
    RISING_LOSS,
    difference,
    last_difference,
    named_run,
    of_quantity,
    titled,
    unit_of,
    whole,
)
from uncollapse.analysis.verdict import Finding, Part, conclude, phrase

# exact twins, which are no deep models: theory covers them
_EXACT = ("gaussian", "kde")


def check(*, generation_measures: pd.DataFrame, generation_runs: pd.DataFrame, learners: pd.DataFrame) -> list[Finding]:
    """gerst-d: in the last generation the loss on held-out rows is higher under replace than under accumulate."""
    losses = of_quantity(whole(generation_measures, generation_runs), "loss")
    parts, rises = [], []
    for learner in learners.loc[~learners["model"].isin(_EXACT), "learner"]:
        replace, accumulate = (named_run(generation_runs, learner, regime) for regime in ("replace", "accumulate"))
        if replace is None or accumulate is None:
            continue
        last, found = last_difference(losses, replace, accumulate)
        name, unit = titled(learners, learner), unit_of(learners, learner)
        parts.append(Part(f"{name}, replace over accumulate in generation {last}", found, unit=unit))
        for word, run in (("replace", replace), ("accumulate", accumulate)):
            rises.append(phrase(Part(f"{name}, {word}", difference(losses, (run, last), (run, 0)), unit=unit)))
    return [
        conclude(
            "gerst-d",
            "loss on held-out real rows in the last generation, replace less accumulate",
            parts,
            needs="It takes a deep generative model under replace and accumulate, over at least three seeds.",
            closing=f"{RISING_LOSS} Over generation 0: {'; '.join(rises)}." if rises else "",
        )
    ]
