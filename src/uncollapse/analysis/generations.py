"""Runs over generations as products ask for them: whole runs, what they are called, differences between them."""

import math
from collections.abc import Sequence

import pandas as pd

from uncollapse.analysis.seeds import over_seeds
from uncollapse.statistics.estimate import Estimate

# what claims on losses call collapse
RISING_LOSS = (
    "Collapse is meant as rising loss on held-out rows. Intervals are over seeds, whose models share their real rows: "
    "what other rows would change is not in them."
)
REGIMES = {
    "replace": "replace",
    "accumulate": "accumulate",
    "accumulate_subsample": "subsample",
    "replace_multiple": "as many rows",
    "mixed": "mixed",
}
QUANTITIES = {
    "loss": "loss on held-out rows",
    "diversity": "diversity",
    "coverage": "coverage of real rows",
    "precision": "precision",
    "tail_mass": "tail mass",
    "memorised": "memorised share",
}
# what each can be, where not every number: intervals are cut there
BOUNDS = {"diversity": (0.0, math.inf)} | dict.fromkeys(QUANTITIES.keys() - {"loss", "diversity"}, (0.0, 1.0))


def whole(frame: pd.DataFrame, runs: pd.DataFrame) -> pd.DataFrame:
    """Rows of every generation of every run, generation 0, which lies under the learner's name, included.

    Parameters
    ----------
    frame : run and generation of a file, and what it holds.
    runs : a row a run: run, learner.
    """
    parts = []
    for run in runs.itertuples():
        first = frame[(frame["run"] == run.learner) & (frame["generation"] == 0)]
        parts.append(pd.concat([first, frame[frame["run"] == run.run]]).assign(run=run.run, learner=run.learner))
    return pd.concat(parts, ignore_index=True) if parts else frame.assign(learner="").head(0)


def bare(runs: pd.DataFrame) -> pd.DataFrame:
    """Runs without verification that are no cells of a grid: models learn from what models wrote, or from edits."""
    return runs[(runs["verifier"] == "") & (runs["grid"] == "")]


def in_words(run: pd.Series) -> str:
    """Description of a run by what it learns from: its regime, and who verifies; or what is edited."""
    if run["edited_by"]:
        start = f" of {run['edited_written']:,} own and real" if run["edited_written"] else ""
        return f"edited{start}, {'frozen' if run['frozen'] else 'fresh'} set"
    text = REGIMES[run["regime"]]
    if run["regime"] == "mixed":
        fresh = "fresh " if run["fresh"] else ""
        text = f"{run['real']:,} {fresh}real, {run['synthetic']:,} own"
        if run["weight"]:
            text += f", weight {run['weight']}"
    if run["verifier"]:
        verifier = run["verifier"].replace("_", " ")
        text += f", random for {verifier}" if run["at_random"] else f", {verifier} verifier"
    return text


def titled(learners: pd.DataFrame, learner: str) -> str:
    """The learner as figures call it."""
    return str(learners.set_index("learner").loc[learner, "title"])


def unit_of(learners: pd.DataFrame, learner: str) -> str:
    """Unit of the learner's loss: nats, or another where it is no likelihood."""
    return str(learners.set_index("learner").loc[learner, "unit"])


def of_quantity(measured: pd.DataFrame, quantity: str) -> pd.DataFrame:
    """One quantity, with its value by run, generation and seed."""
    return measured[measured["quantity"] == quantity].drop(columns="quantity")


def named_run(runs: pd.DataFrame, learner: str, regime: str) -> str | None:
    """The first run of a learner under a regime, without a verifier or edits; None where there is none."""
    found = bare(runs)
    found = found[found["edited_by"] == ""]
    found = found[(found["learner"] == learner) & (found["regime"] == regime)]
    return None if found.empty else str(found["run"].iloc[0])


def difference(values: pd.DataFrame, first: tuple[str, int], second: tuple[str, int]) -> Estimate:
    """Mean over seeds of one run's value in a generation less another's, seed by seed.

    values : run, generation, seed, value of whole runs.
    """
    table = values.set_index(["run", "generation", "seed"])["value"].sort_index()
    mine, other = table.loc[first], table.loc[second]
    both = mine.index.intersection(other.index)
    return over_seeds(mine[both] - other[both])


def last_difference(values: pd.DataFrame, first: str, second: str) -> tuple[int, Estimate]:
    """The last generation that both runs have, and the first run's value in it less the second's, seed by seed."""
    last = last_common(values, [first, second])
    return last, difference(values, (first, last), (second, last))


def last_common(values: pd.DataFrame, runs: Sequence[str]) -> int:
    """The last generation that all of these runs have."""
    return int(values[values["run"].isin(runs)].groupby("run")["generation"].max().min())
