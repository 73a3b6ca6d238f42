"""Lee et al. 2025, as the slides tell it: what filters without knowledge of the answers do on harder tasks."""

from collections.abc import Mapping

import pandas as pd

from uncollapse.analysis.mastery import Compared, mastery, on_mastered, over_seeds_alone, read_twice
from uncollapse.analysis.rounds import labels_by_round, newest
from uncollapse.analysis.rounds_in_words import filtered_runs, named
from uncollapse.analysis.seeds import over_seeds
from uncollapse.analysis.verdict import Finding, Part

CLEARLY_LOWER = 0.5  # wrong labels after a filter over before
# tasks on which the paper's models need no filter, by variant; the claim on filters is about harder ones
EASIER = {("strings", "copy"), ("strings", "reverse"), ("addition", "reverse")}
_NEEDS = "It takes runs of a harder task with and without filters, over at least three seeds."


def check(
    *, accuracies: pd.DataFrame, filtered: pd.DataFrame, runs: pd.DataFrame, courses: pd.DataFrame
) -> list[Finding]:
    """Findings on errors that grow without filters, and on what filters leave of them."""
    premises = mastery(accuracies, courses)
    restored = filtering_restores(accuracies, filtered, runs, courses, premises)
    return over_seeds_alone([*restored, *filters_lower_errors(filtered, runs, courses, premises)])


def filtering_restores(
    accuracies: pd.DataFrame,
    filtered: pd.DataFrame,
    runs: pd.DataFrame,
    courses: pd.DataFrame,
    premises: Mapping[str, Part],
) -> list[Finding]:
    """lee-filter-a: without filters the share of wrong labels rises over rounds; with them the models end up better.

    Both are held against each other after as many rounds, on the same difficulty: that of the shorter run's last one.
    The claim is about harder tasks, and is read so last; on all of them first, and then on those that are mastered.
    """
    chosen = filtered_runs(runs)
    compared: list[Compared] = []
    for course, mine in chosen.groupby("course", sort=False):
        bare = mine[mine["filters"] == ""]
        if bare.empty:
            continue
        labels = labels_by_round(filtered, bare).pivot_table(index="seed", columns="round", values="wrong")
        name = named(courses, str(course))
        rise = labels[labels.columns.max()] - labels[labels.columns.min()]
        parts = [Part(f"{name}, wrong labels without filter, last round over first", over_seeds(rise.to_numpy()))]
        accuracy = newest(accuracies, filtered, mine).set_index(["run", "round", "seed"])["accuracy"]
        for _, run in mine[~mine["filters"].isin(["", "oracle"]) & ~mine["at_random"]].iterrows():
            plain = bare[bare["step"] == run["step"]]
            if plain.empty:
                continue
            last = min(run["rounds"], plain["rounds"].iloc[0])
            gain = accuracy.loc[run["run"], last] - accuracy.loc[plain["run"].iloc[0], last]
            label = f"{name}, {run['words']} over no filter after round {last}"
            parts.append(Part(label, over_seeds(gain.to_numpy())))
        compared.append(([str(course)], parts))
    statistic = "wrong labels, and accuracy on the newest difficulty"
    first, _ = read_twice("lee-filter-a", statistic, compared, premises, needs=_NEEDS)
    task = courses.set_index("course")[["task", "variant"]].apply(tuple, axis=1)
    harder = [(mine, parts) for mine, parts in compared if all(task[course] not in EASIER for course in mine)]
    return [
        first,
        on_mastered("lee-filter-a", statistic, compared, premises, needs=_NEEDS, reading=2),
        on_mastered("lee-filter-a", statistic, harder, premises, needs=_NEEDS),
    ]


def filters_lower_errors(
    filtered: pd.DataFrame, runs: pd.DataFrame, courses: pd.DataFrame, premises: Mapping[str, Part]
) -> list[Finding]:
    """lee-filter-b: no more than half as many labels are wrong after filters that know no answer as before."""
    chosen = filtered_runs(runs)
    compared: list[Compared] = []
    chosen = chosen[~chosen["filters"].isin(["", "oracle"]) & ~chosen["at_random"]]
    for _, run in chosen.iterrows():
        rows = labels_by_round(filtered, chosen[chosen["run"] == run["run"]])
        sums = rows.groupby("seed")[["answers", "right", "kept", "kept_right"]].sum()
        before, after = 1 - sums["right"] / sums["answers"], 1 - sums["kept_right"] / sums["kept"]
        ratio = (after / before).dropna()
        if len(ratio):
            name = f"{named(courses, run['course'])}, {run['words']}"
            label = f"{name}: wrong after over before"
            part = Part(label, over_seeds(ratio.to_numpy()), -1.0, CLEARLY_LOWER, unit="ratio")
            compared.append(([run["course"]], [part]))
    statistic = "share of wrong labels after the filter over before, all rounds"
    return read_twice("lee-filter-b", statistic, compared, premises, needs=_NEEDS)
