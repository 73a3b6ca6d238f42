"""Lee et al. 2025, as the slides tell it: how far self-improvement reaches, and what schedules do."""

import itertools
import math
from collections.abc import Mapping, Sequence
from dataclasses import replace

import pandas as pd

from uncollapse.analysis.mastery import NEAR_PERFECT, Compared, mastery, over_seeds_alone, read_twice
from uncollapse.analysis.rounds import (
    MASTERED,
    at_difficulty,
    beyond,
    courses_of,
    farthest,
    main_courses,
    plain,
    reached,
    whole_runs,
)
from uncollapse.analysis.rounds_in_words import named, scheduled
from uncollapse.analysis.seeds import over_seeds
from uncollapse.analysis.verdict import Finding, Part, conclude
from uncollapse.statistics.estimate import Estimate

NEXT_TO_NOTHING = 5.0  # percent
FAR = 2  # times the largest difficulty of the initial data
_REACH = ["rounds", "step"]  # what decides, with where the initial data end, which difficulties a run labels
_TASKS = {"lee-F3-a": [("addition", "reverse")], "lee-F4-a": [("strings", "copy"), ("strings", "reverse")]}
_NEEDS = "It takes at least three seeds, and runs that reach twice the difficulty of the initial data."


def check(
    *, accuracies: pd.DataFrame, filtered: pd.DataFrame, runs: pd.DataFrame, courses: pd.DataFrame
) -> list[Finding]:
    """Findings on reach, the initial models, schedules and sizes."""
    premises = mastery(accuracies, courses)
    found = [
        *(reaches(claim, tasks, accuracies, filtered, runs, courses) for claim, tasks in _TASKS.items()),
        *drops_beyond_training(accuracies, courses, premises),
        order_decides(accuracies, filtered, runs, courses),
        *accelerated_is_faster(accuracies, filtered, runs, courses),
        *larger_reach_further(accuracies, filtered, runs, courses, premises),
    ]
    return over_seeds_alone(found)


def reaches(
    claim: str,
    tasks: Sequence[tuple[str, str]],
    accuracies: pd.DataFrame,
    filtered: pd.DataFrame,
    runs: pd.DataFrame,
    courses: pd.DataFrame,
) -> Finding:
    """lee-F3-a, lee-F4-a: near-perfect at twice the initial difficulty or more, where the initial models are not.

    A claim on two tasks stays open where one was not run.
    """
    parts, told = [], []
    for course in courses_of(courses, tasks):
        mine = plain(runs, course).iloc[:1]
        start = int(courses.set_index("course").loc[course, "start"])
        if mine.empty or reached(filtered, mine).max() < FAR * start:
            continue
        at = at_difficulty(whole_runs(accuracies, mine), FAR * start)
        last = at[at["round"] == at["round"].max()]
        first = at[at["round"] == 0]
        gain = last.set_index("seed")["accuracy"] - first.set_index("seed")["accuracy"]
        name = named(courses, course)
        parts.append(
            Part(
                f"{name}, accuracy at {FAR * start}",
                over_seeds(last["accuracy"], bounds=(0, 100)),
                NEAR_PERFECT,
                unit="percent",
            )
        )
        parts.append(Part(f"{name}, more than before self-improvement", over_seeds(gain)))
        told.append(f"{name} from {start} to {FAR * start}")
    words = f"The paper reaches more than six times as far, we twice: {'; '.join(told)}." if told else ""
    found = conclude(
        claim, "accuracy at twice the initial difficulty after the last round", parts, needs=_NEEDS, closing=words
    )
    if found.verdict == "reproduced" and len(told) < len(tasks):
        return replace(found, verdict="inconclusive", needed=f"It takes all {len(tasks)} tasks of the claim.")
    return found


def drops_beyond_training(
    accuracies: pd.DataFrame, courses: pd.DataFrame, premises: Mapping[str, Part]
) -> list[Finding]:
    """lee-base-a: high within the initial data, next to nothing at twice their largest difficulty."""
    first = accuracies[accuracies["round"] == 0]
    compared: list[Compared] = []
    for about in main_courses(courses).itertuples():
        mine = first[first["run"] == about.course]
        if about.tested < FAR * about.start:
            continue
        name = named(courses, about.course)
        high = replace(premises[about.course], label=f"{name} at {about.start}")
        far = over_seeds(at_difficulty(mine, FAR * about.start)["accuracy"], bounds=(0, 100))
        low = Part(f"{name} at {FAR * about.start}", far, -1.0, NEXT_TO_NOTHING, unit="percent")
        compared.append(([about.course], [high, low]))
    statistic = "accuracy of the initial models within and beyond their training data"
    return read_twice("lee-base-a", statistic, compared, premises, needs=_NEEDS)


def order_decides(
    accuracies: pd.DataFrame, filtered: pd.DataFrame, runs: pd.DataFrame, courses: pd.DataFrame
) -> Finding:
    """lee-sched-a: step by step reaches further than all difficulties at once, by 10 points or more."""
    parts = []
    for course, mine in scheduled(runs).groupby("course"):
        kinds = {kind: some.iloc[0] for kind, some in mine.groupby("schedule")}
        # in as many rounds, to the same difficulty
        if not {"step", "abrupt"} <= set(kinds) or not kinds["step"][_REACH].equals(kinds["abrupt"][_REACH]):
            continue
        found = beyond(accuracies, mine, courses, filtered)
        last = found[found["round"] == found.groupby("run")["round"].transform("max")].set_index(["run", "seed"])
        gain = last.loc[kinds["step"]["run"], "accuracy"] - last.loc[kinds["abrupt"]["run"], "accuracy"]
        parts.append(Part(f"{named(courses, str(course))}, step by step over all at once", over_seeds(gain), 10.0))
    return conclude("lee-sched-a", "accuracy beyond the initial data after the last round", parts, needs=_NEEDS)


def accelerated_is_faster(
    accuracies: pd.DataFrame, filtered: pd.DataFrame, runs: pd.DataFrame, courses: pd.DataFrame
) -> list[Finding]:
    """lee-F18-a: after as many rounds, accelerated runs master larger difficulties than those step by step.

    A schedule that has found nothing to add is one difficulty a round, and says nothing of acceleration: the second
    reading leaves such runs out.
    """
    every, met, lacking = [], [], []
    for course, mine in scheduled(runs).groupby("course", sort=False):
        steps = mine[mine["schedule"] == "step"]
        for run in mine[mine["schedule"] == "accelerated"].itertuples():
            if steps.empty:
                continue
            both = mine[mine["run"].isin([run.run, steps["run"].iloc[0]])]
            reach = farthest(whole_runs(accuracies, both)).set_index(["run", "round", "seed"])["difficulty"]
            last = int(both["rounds"].min())
            gain = reach.loc[run.run, last] - reach.loc[steps["run"].iloc[0], last]
            label = f"{named(courses, str(course))}, by {run.by}, after round {last}"
            part = Part(label, over_seeds(gain), unit="ratio")
            every.append(part)
            asked = reached(filtered, both)
            more = float(asked.loc[run.run, last] - asked.loc[steps["run"].iloc[0], last])
            words = f"largest difficulty labelled, over that of one a round, {label}"
            premise = Part(words, Estimate.known(more, math.nan, math.nan), unit="ratio")
            (met if premise.verdict == "reproduced" else lacking).append((part, premise))
    statistic = f"largest difficulty at {100 * MASTERED:.0f}%, accelerated minus one a round"
    left_out = "; ".join(part.label for part, _ in lacking)
    told = f"Left out, since the schedule added no more than one a round: {left_out}." if met and lacking else ""
    chosen = [part for part, _ in met] or every
    no_premise = lacking[0][1] if lacking and not met else None
    first = conclude("lee-F18-a", statistic, every, needs=_NEEDS, reading=1)
    return [first, conclude("lee-F18-a", statistic, chosen, needs=_NEEDS, closing=told, premise=no_premise)]


def larger_reach_further(
    accuracies: pd.DataFrame,
    filtered: pd.DataFrame,
    runs: pd.DataFrame,
    courses: pd.DataFrame,
    premises: Mapping[str, Part],
) -> list[Finding]:
    """lee-scale-a: of courses that differ in the model's size alone, larger models end up better."""
    alike = ["task", "variant", "start", "examples", "steps"]
    compared: list[Compared] = []
    for _, same in courses[courses["parameters"] > 0].groupby(alike, sort=False):
        chosen = [(about.parameters, plain(runs, about.course).iloc[:1]) for about in same.itertuples()]
        sizes = sorted(((size, run) for size, run in chosen if len(run)), key=lambda pair: pair[0])
        if len({size for size, _ in sizes}) < 3:
            continue
        both = pd.concat([run for _, run in sizes])
        if len(both[_REACH].drop_duplicates()) > 1:
            continue
        found = beyond(accuracies, both, courses, filtered)
        last = found[found["round"] == found.groupby("run")["round"].transform("max")]
        last = last.set_index(["run", "seed"])["accuracy"]
        for (_, small), (_, large) in itertools.pairwise(sizes):
            gain = last.loc[large["run"].iloc[0]] - last.loc[small["run"].iloc[0]]
            both_courses = [run["course"].iloc[0] for run in (large, small)]
            names = " over ".join(named(courses, course) for course in both_courses)
            compared.append((both_courses, [Part(names, over_seeds(gain))]))
    needs = "It takes three sizes of model at equal data, in as many rounds (laptop and evidence scales)."
    statistic = "accuracy beyond the initial data, the larger model over the smaller"
    return read_twice("lee-scale-a", statistic, compared, premises, needs=needs)
