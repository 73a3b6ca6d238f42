"""Runs of self-improvement as products ask for them: whole runs, how far they reach, and their labels."""

from collections.abc import Sequence

import pandas as pd

MASTERED = 0.99  # accuracy at which a difficulty counts as reached (Lee et al. 2025, Figure 18)


def whole_runs(frame: pd.DataFrame, runs: pd.DataFrame) -> pd.DataFrame:
    """Rows of every round of every run, those that it shares with its course or another run included.

    Parameters
    ----------
    frame : run and round of a file, and what it holds; round 0 lies under the course's name.
    runs : a row a run: run, of, course, rounds, noise, at.
    """
    parts = []
    for run in runs.itertuples():
        own = run.at if run.noise else 1
        shared = frame[(frame["run"] == run.of) & frame["round"].between(1, own - 1)]
        mine = frame[(frame["run"] == run.run) & (frame["round"] >= own)]
        first = frame[(frame["run"] == run.course) & (frame["round"] == 0)]
        parts.append(pd.concat([first, shared, mine]).assign(run=run.run, course=run.course))
    return pd.concat(parts, ignore_index=True)


def plain(runs: pd.DataFrame, course: str) -> pd.DataFrame:
    """Runs of a course, one new difficulty after the other, without filters or noise."""
    chosen = (runs["course"] == course) & (runs["schedule"] == "step") & (runs["filters"] == "") & (runs["noise"] == "")
    return runs[chosen]


def main_courses(courses: pd.DataFrame) -> pd.DataFrame:
    """The first course of each task in each variant, in config's order: others differ from it in one thing."""
    return courses.drop_duplicates(["task", "variant"])


def courses_of(courses: pd.DataFrame, tasks: Sequence[tuple[str, str]]) -> list[str]:
    """Names of the main courses of some tasks, each with its variant."""
    found = main_courses(courses).set_index(["task", "variant"])["course"]
    return [found[task] for task in tasks if task in found.index]


def reached(filtered: pd.DataFrame, runs: pd.DataFrame) -> pd.Series:
    """Largest difficulty that each round (run, round) of a run had labels for."""
    labelled = whole_runs(filtered, runs)
    return labelled.groupby(["run", "round"])["difficulty"].max().groupby("run").cummax()


def farthest(accuracies: pd.DataFrame, *, least: float = MASTERED) -> pd.DataFrame:
    """Largest difficulty that a model answers right with at least this accuracy, by run, round and seed; 0 for none."""
    passed = accuracies["difficulty"].where(accuracies["correct"] >= least * accuracies["questions"], 0)
    return passed.groupby([accuracies[name] for name in ("run", "round", "seed")]).max().reset_index()


def beyond(accuracies: pd.DataFrame, runs: pd.DataFrame, courses: pd.DataFrame, filtered: pd.DataFrame) -> pd.DataFrame:
    """Mean accuracy over the difficulties that a run has labelled by its last round, beyond the initial data.

    In percent, by run, round (0 included) and seed.
    """
    whole = whole_runs(accuracies, runs).merge(courses[["course", "start"]], on="course")
    last = reached(filtered, runs).groupby("run").max().rename("last")
    whole = whole.merge(last, left_on="run", right_index=True)
    new = whole[(whole["difficulty"] > whole["start"]) & (whole["difficulty"] <= whole["last"])]
    sums = new.groupby(["run", "round", "seed"])[["correct", "questions"]].sum()
    return (100 * sums["correct"] / sums["questions"]).rename("accuracy").reset_index()


def at_difficulty(accuracies: pd.DataFrame, difficulty: int) -> pd.DataFrame:
    """Accuracy in percent at one difficulty, by run, round and seed."""
    rows = accuracies[accuracies["difficulty"] == difficulty]
    return rows.assign(accuracy=100 * rows["correct"] / rows["questions"])[["run", "round", "seed", "accuracy"]]


def labels_by_round(filtered: pd.DataFrame, runs: pd.DataFrame) -> pd.DataFrame:
    """Labels of whole rounds: run, round, seed, ``wrong`` (of all answers) and ``wrong_kept``, in percent, and p_*."""
    whole = whole_runs(filtered[filtered["difficulty"] == 0], runs)
    return whole.assign(
        wrong=100 * (1 - whole["right"] / whole["answers"]),
        wrong_kept=100 * (1 - whole["kept_right"] / whole["kept"]),
    )


def newest(accuracies: pd.DataFrame, filtered: pd.DataFrame, runs: pd.DataFrame) -> pd.DataFrame:
    """Accuracy in percent after each round on the difficulties that it introduced: run, round, seed, accuracy."""
    labelled = whole_runs(filtered[filtered["difficulty"] > 0], runs)[["run", "round", "seed", "difficulty"]]
    tested = whole_runs(accuracies, runs).merge(labelled, on=["run", "round", "seed", "difficulty"])
    sums = tested.groupby(["run", "round", "seed"])[["correct", "questions"]].sum()
    return (100 * sums["correct"] / sums["questions"]).rename("accuracy").reset_index()
