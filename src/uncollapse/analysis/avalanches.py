"""Self-improvement after wrong labels: what they cost some rounds later, and whether p_* foretells it."""

from collections.abc import Callable

import numpy as np
import pandas as pd

from uncollapse.analysis.rounds import reached, whole_runs
from uncollapse.proxy.estimate import breakdown_point
from uncollapse.statistics.bootstrap import percentiles
from uncollapse.statistics.estimate import Estimate

FURTHER = 5  # rounds after noise (Lee et al. 2025, Figure 24)
FALL = 5.0  # points of accuracy that are lost where it is said to fall; of 50 test questions, three more that are wrong


def forecasts(accuracies: pd.DataFrame, runs: pd.DataFrame, filtered: pd.DataFrame, *, later: int) -> pd.DataFrame:
    """A round's distance from its breakdown point beside what became of the models' accuracy.

    A round that a run with noise shares with the run that it follows counts once, there: what comes after it is then
    what its own labels led to, and no noise that is injected in between.

    Returns
    -------
    run, course, round, seed; ``margin``, p_* - p of the round's labels before the training; ``change``, in points,
    accuracy on test questions of the round's difficulties some rounds later, less that before the round; ``falls``,
    whether that is a loss of more than :data:`FALL`. Rounds that the run did not go on from for so long are left out;
    p_* is one half, that of keeping alike, where no answer is wrong.
    """
    named = runs.set_index("run")["course"]
    labels = filtered[(filtered["difficulty"] > 0) & filtered["run"].isin(named.index)]
    tested = whole_runs(accuracies, runs).set_index(["run", "round", "seed", "difficulty"])
    tested = (100 * tested["correct"] / tested["questions"]).to_dict()
    rows = []
    for (run, number, seed), mine in labels.groupby(["run", "round", "seed"]):
        before, after = (
            [tested.get((run, at, seed, difficulty), np.nan) for difficulty in mine["difficulty"]]
            for at in (number - 1, number + later)
        )
        if np.isnan(after).any():
            continue
        n, right, some, both = (mine[name].sum() for name in ("answers", "right", "kept", "kept_right"))
        phi, psi = both / right if right else 0.0, (some - both) / (n - right) if n > right else 1.0
        margin = float(np.nan_to_num(breakdown_point(phi, psi))) - (1 - right / n)
        rows.append((run, named[run], number, seed, margin, float(np.mean(after) - np.mean(before))))
    found = pd.DataFrame(rows, columns=["run", "course", "round", "seed", "margin", "change"])
    return found.assign(falls=found["change"] < -FALL)


def foretold(points: pd.DataFrame) -> Estimate:
    """Share of rounds of which p_* foretold whether accuracy falls: p above p_* if it does, below if it does not."""
    return _over_models(points, lambda some: float(((some["margin"] <= 0) == some["falls"]).mean()))


def separation(points: pd.DataFrame) -> Estimate:
    """Chance that p lies farther below p_* in a round after which accuracy holds than in one after which it falls.

    One half is what a guess would do; NaN where all rounds have the same outcome.
    """

    def chance(some: pd.DataFrame) -> float:
        falling, others = (some.loc[some["falls"] == falls, "margin"].to_numpy() for falls in (True, False))
        if not len(falling) or not len(others):
            return float("nan")
        differences = others[:, None] - falling[None]
        return float((differences > 0).mean() + (differences == 0).mean() / 2)

    return _over_models(points, chance)


def _over_models(points: pd.DataFrame, statistic: Callable[[pd.DataFrame], float], *, draws: int = 500) -> Estimate:
    """A statistic of rounds, with the interval from resampling initial models: a course with a seed.

    All runs of a course go on from the same initial model of a seed, and each round from the one before, so rounds and
    runs of one such model hang together; another seed's model, and another course's, is trained by itself. Without an
    interval where there is one model.
    """
    value = statistic(points)
    groups = list(points.groupby(["course", "seed"]).indices.values())
    if len(groups) < 2:
        return Estimate(value)
    chosen = np.random.default_rng([*b"rounds"]).integers(len(groups), size=(draws, len(groups)))
    found = [statistic(points.iloc[np.concatenate([groups[place] for place in places])]) for places in chosen]
    return Estimate(value) if np.isnan(found).all() else Estimate(value, *map(float, percentiles(found)))


def further(runs: pd.DataFrame) -> int:
    """Rounds that runs go on for after the one with noise: the fewest of any.

    Without noise the paper's five, or as many as follow on a round in half of the longest run.
    """
    noisy = runs[runs["noise"] != ""]
    if noisy.empty:
        return max(1, min(FURTHER, int(runs["rounds"].max()) // 2))
    return int((noisy["rounds"] - noisy["at"]).min())


def avalanches(
    accuracies: pd.DataFrame, filtered: pd.DataFrame, runs: pd.DataFrame, courses: pd.DataFrame
) -> pd.DataFrame:
    """Accuracy some rounds after noise over difficulties labelled by then: course, at, noise, rate, seed, accuracy.

    Rate 0 is the run that was followed, at the same round, once for each kind of noise.
    """
    later, rows = further(runs), []
    starts = courses.set_index("course")["start"]
    for run in runs[runs["noise"] != ""].itertuples():
        both = runs[runs["run"].isin([run.run, run.of])]
        last = int(reached(filtered, both[both["run"] == run.run]).loc[run.run].loc[: run.at + later].max())
        whole = whole_runs(accuracies, both)
        mine = whole[whole["difficulty"].between(starts[run.course] + 1, last) & (whole["round"] == run.at + later)]
        sums = mine.groupby(["run", "seed"])[["correct", "questions"]].sum()
        for (name, seed), accuracy in (100 * sums["correct"] / sums["questions"]).items():
            rate = run.rate if name == run.run else 0.0
            rows.append((run.course, run.at, run.noise, rate, seed, accuracy))
    columns = ["course", "at", "noise", "rate", "seed", "accuracy"]
    return pd.DataFrame(rows, columns=columns).drop_duplicates(columns[:-1], ignore_index=True)


def start_of_avalanche(points: pd.DataFrame, runs: pd.DataFrame) -> pd.Series:
    """Whether each round of some forecasts is one whose labels got noise."""
    at = runs.set_index("run")["at"]
    return points["round"] == points["run"].map(at)
