"""Runs of self-improvement as products ask for them: whole runs, how far they reach, what became of their labels."""

from collections.abc import Callable, Sequence

import numpy as np
import pandas as pd

from uncollapse.proxy.estimate import breakdown_point
from uncollapse.statistics.bootstrap import percentiles
from uncollapse.statistics.estimate import Estimate

FURTHER = 5  # rounds after noise (Lee et al. 2025, Figure 24)
MASTERED = 0.99  # accuracy at which a difficulty counts as reached (Lee et al. 2025, Figure 18)
FALL = 5.0  # points of accuracy that are lost where it is said to fall; of 50 test questions, three more that are wrong


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


def in_words(run: pd.Series) -> str:
    """Words for what a run does with its answers."""
    if run["at_random"]:
        return f"as many as {run['keeps']}, at random"
    return run["keeps"] or "no filter"


def distinct(runs: pd.DataFrame, words: Callable[[pd.Series], str]) -> dict[str, str]:
    """Words of each run by its name, which joins them where another run of the course has the same."""
    told = pd.Series([words(run) for _, run in runs.iterrows()], index=runs["run"], dtype=object)
    twice = told.groupby([runs["course"].to_numpy(), told.to_numpy()]).transform("size") > 1
    return told.where(~twice, told + [f" [{name}]" for name in told.index]).to_dict()


def named(courses: pd.DataFrame, course: str) -> str:
    """A course as figures call it."""
    title = courses.set_index("course").loc[course, "title"]
    return title or course.replace("_", " ")


def difficulty_word(task: str) -> str:
    """Word for what a task's difficulty counts, for axes."""
    words = {"addition": "digits of either number", "strings": "characters", "maze": "hops or nodes"}
    return words.get(task, "difficulty")


def chosen_rounds(last: int, *, most: int = 7) -> Sequence[int]:
    """Rounds to draw of many: the first, the last, and some between.

    >>> list(chosen_rounds(3)), list(chosen_rounds(60))
    ([0, 1, 2, 3], [0, 10, 20, 30, 40, 50, 60])
    """
    return sorted({round(last * place / (most - 1)) for place in range(most)}) if last >= most else range(last + 1)


_SCHEDULES = {"step": "step by step", "abrupt": "all at once"}


def scheduled(runs: pd.DataFrame) -> pd.DataFrame:
    """Runs without filters and noise of courses that have several schedules, with ``words`` on each."""
    bare = runs[(runs["filters"] == "") & (runs["noise"] == "")]
    several = bare.groupby("course")["schedule"].transform("nunique") > 1
    words = [_SCHEDULES.get(run.schedule) or f"accelerated, by {run.by}" for run in bare.itertuples()]
    return bare.assign(words=bare["run"].map(distinct(bare.assign(words=words), lambda run: run["words"])))[several]


def filtered_runs(runs: pd.DataFrame) -> pd.DataFrame:
    """Runs step by step of courses that have filters, without noise, with ``words`` on each."""
    chosen = runs[(runs["schedule"] == "step") & (runs["noise"] == "")]
    some = chosen.groupby("course")["filters"].transform(lambda names: (names != "").any())
    chosen = chosen[some.astype(bool)]
    return chosen.assign(words=chosen["run"].map(distinct(chosen, in_words)))


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


def run_in_words(run: pd.Series) -> str:
    """A run as tables name it: its schedule, where it is not step by step, and its filters."""
    filters = in_words(run)
    schedule = _SCHEDULES.get(run["schedule"]) or f"accelerated, by {run['by']}"
    return filters if run["schedule"] == "step" else schedule + (f", {filters}" if run["filters"] else "")
