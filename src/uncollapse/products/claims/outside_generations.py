"""Works outside the four on generations: Yi et al. 2025 (arXiv 2510.16657), arXiv 2606.13732, and on mixtures."""

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
from uncollapse.products.claims.outside_mixtures import golden_weight_helps, worth_depends

_NEEDS = "It takes verified runs of one regime beside the same regime without a verifier, over at least three seeds."


def check(
    *, generation_measures: pd.DataFrame, verified: pd.DataFrame, generation_runs: pd.DataFrame, learners: pd.DataFrame
) -> list[Finding]:
    """Findings on a verifier that knows the truth, a biased one beside as many rows drawn at random, and mixtures."""
    losses = of_quantity(whole(generation_measures, generation_runs), "loss")
    runs = generation_runs[generation_runs["verifier"] != ""]
    return [
        verifying_helps(losses, runs, generation_runs, learners),
        bias_harms(losses, runs, learners, verified),
        golden_weight_helps(losses, generation_runs, learners),
        worth_depends(losses, generation_runs, learners),
    ]


def verifying_helps(losses: pd.DataFrame, runs: pd.DataFrame, every: pd.DataFrame, learners: pd.DataFrame) -> Finding:
    """outside-2510.16657-a: with a verifier that knows the truth the loss stays below that without any."""
    parts = []
    for _, run in runs[~runs["at_random"] & (runs["verifier"] == runs["truth"])].iterrows():
        plain = named_run(every, run["learner"], run["regime"])
        if plain is None:
            continue
        last, fall = last_difference(losses, plain, run["run"])
        label = f"{titled(learners, run['learner'])}, no verifier over {run['verifier']} in generation {last}"
        parts.append(Part(label, fall, unit=unit_of(learners, run["learner"])))
    return conclude(
        "outside-2510.16657-a",
        "loss on held-out real rows in the last generation, without a verifier less with one that knows the truth",
        parts,
        needs=_NEEDS,
        opening=RISING_LOSS,
        closing=course(losses, runs, learners) if parts else "",
    )


def course(losses: pd.DataFrame, runs: pd.DataFrame, learners: pd.DataFrame) -> str:
    """Sentence on what verified generations add to the loss at first and at last: gains, a plateau or a decline."""
    told = []
    for _, run in runs[~runs["at_random"]].iterrows():
        for generation in sorted({1, int(run["generations"])}):
            label = f"{titled(learners, run['learner'])}, {run['verifier']}, generation {generation}"
            change = difference(losses, (run["run"], generation), (run["run"], 0))
            told.append(phrase(Part(label, change, unit=unit_of(learners, run["learner"]))))
    return f"Over generation 0, by verifier: {'; '.join(told)}."


def bias_harms(losses: pd.DataFrame, runs: pd.DataFrame, learners: pd.DataFrame, verified: pd.DataFrame) -> Finding:
    """outside-2606.13732-a: the loss is higher with a biased verifier than with as many rows drawn at random.

    A pair that did not learn from equally many rows in every generation decides nothing: it is told instead.
    """
    parts, unequal = [], []
    alike = ["learner", "regime", "real", "synthetic", "fresh", "weight", "verifier"]
    for _, control in runs[runs["at_random"]].iterrows():
        same = (runs[alike] == control[alike]).all(axis=1) & ~runs["at_random"] & (runs["verifier"] != runs["truth"])
        for name in runs.loc[same, "run"]:
            last, excess = last_difference(losses, name, control["run"])
            label = f"{titled(learners, control['learner'])}, {control['verifier']} over random in generation {last}"
            counts = [learned(verified, run, last) for run in (name, control["run"])]
            if counts[0].equals(counts[1]):
                parts.append(Part(label, excess, unit=unit_of(learners, control["learner"])))
            else:
                told = (", ".join(f"{n:,.0f}" for n in count.groupby("generation").mean()) for count in counts)
                unequal.append(f"{label}, rows a generation: {' against '.join(told)}")
    left_out = f"Left out, as they did not learn from as many rows: {'; '.join(unequal)}." if unequal else ""
    return conclude(
        "outside-2606.13732-a",
        "loss on held-out real rows in the last generation, biased verifier less as many rows drawn at random",
        parts,
        needs=" ".join(filter(None, (_NEEDS, left_out))),
        opening=RISING_LOSS,
        closing=left_out,
    )


def learned(verified: pd.DataFrame, run: str, last: int) -> pd.Series:
    """Rows that models learned from up to a generation, by the generation that wrote them and seed."""
    rows = verified[(verified["run"] == run) & (verified["generation"] < last)]
    return rows.set_index(["generation", "seed"])["learned"].sort_index()
