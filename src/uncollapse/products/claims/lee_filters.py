"""Lee et al. 2025, as the slides tell it: what filters without knowledge of the answers do on harder tasks."""

import pandas as pd

from uncollapse.analysis.rounds import filtered_runs, labels_by_round, named, newest
from uncollapse.analysis.verdict import Finding, Part, conclude
from uncollapse.statistics.intervals import mean_interval

CLEARLY_LOWER = 0.5  # wrong labels after a filter over before
_NEEDS = "It takes runs of a harder task with and without filters, over at least three seeds."


def check(
    *, accuracies: pd.DataFrame, filtered: pd.DataFrame, runs: pd.DataFrame, courses: pd.DataFrame
) -> list[Finding]:
    """Findings on errors that grow without filters, and on what filters leave of them."""
    return [filtering_restores(accuracies, filtered, runs, courses), filters_lower_errors(filtered, runs, courses)]


def filtering_restores(
    accuracies: pd.DataFrame, filtered: pd.DataFrame, runs: pd.DataFrame, courses: pd.DataFrame
) -> Finding:
    """lee-filter-a: without filters the share of wrong labels rises over rounds; with them the models end up better.

    Both are held against each other after as many rounds, on the same difficulty: that of the shorter run's last one.
    """
    chosen, parts = filtered_runs(runs), []
    for course, mine in chosen.groupby("course", sort=False):
        bare = mine[mine["filters"] == ""]
        if bare.empty:
            continue
        labels = labels_by_round(filtered, bare).pivot_table(index="seed", columns="round", values="wrong")
        name = named(courses, str(course))
        rise = labels[labels.columns.max()] - labels[labels.columns.min()]
        parts.append(
            Part(f"{name}, wrong labels without filter, last round over first", mean_interval(rise.to_numpy()))
        )
        accuracy = newest(accuracies, filtered, mine).set_index(["run", "round", "seed"])["accuracy"]
        for _, run in mine[~mine["filters"].isin(["", "oracle"]) & ~mine["at_random"]].iterrows():
            for _, plain in bare[bare["step"] == run["step"]].iloc[:1].iterrows():
                last = min(run["rounds"], plain["rounds"])
                gain = accuracy.loc[run["run"], last] - accuracy.loc[plain["run"], last]
                label = f"{name}, {run['words']} over no filter after round {last}"
                parts.append(Part(label, mean_interval(gain.to_numpy())))
    return conclude("lee-filter-a", "wrong labels, and accuracy on the newest difficulty", parts, needs=_NEEDS)


def filters_lower_errors(filtered: pd.DataFrame, runs: pd.DataFrame, courses: pd.DataFrame) -> Finding:
    """lee-filter-b: no more than half as many labels are wrong after filters that know no answer as before."""
    chosen, parts = filtered_runs(runs), []
    chosen = chosen[~chosen["filters"].isin(["", "oracle"]) & ~chosen["at_random"]]
    for _, run in chosen.iterrows():
        rows = labels_by_round(filtered, chosen[chosen["run"] == run["run"]])
        sums = rows.groupby("seed")[["answers", "right", "kept", "kept_right"]].sum()
        before, after = 1 - sums["right"] / sums["answers"], 1 - sums["kept_right"] / sums["kept"]
        ratio = (after / before).dropna()
        if len(ratio):
            name = f"{named(courses, run['course'])}, {run['words']}"
            parts.append(
                Part(
                    f"{name}: wrong after over before",
                    mean_interval(ratio.to_numpy()),
                    -1.0,
                    CLEARLY_LOWER,
                    unit="ratio",
                )
            )
    return conclude(
        "lee-filter-b", "share of wrong labels after the filter over before, all rounds", parts, needs=_NEEDS
    )
