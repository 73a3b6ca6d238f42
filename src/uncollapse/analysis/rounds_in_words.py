"""Words for runs and courses of self-improvement, as tables and figures call them."""

from collections.abc import Callable

import pandas as pd

_SCHEDULES = {"step": "step by step", "abrupt": "all at once"}


def in_words(run: pd.Series) -> str:
    """Words for what a run does with its answers."""
    if run["at_random"]:
        return f"as many as {run['keeps']}, at random"
    return run["keeps"] or "no filter"


def run_in_words(run: pd.Series) -> str:
    """A run as tables name it: its schedule, where it is not step by step, and its filters."""
    filters = in_words(run)
    schedule = _SCHEDULES.get(run["schedule"]) or f"accelerated, by {run['by']}"
    return filters if run["schedule"] == "step" else schedule + (f", {filters}" if run["filters"] else "")


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
