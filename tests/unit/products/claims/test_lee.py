from __future__ import annotations

import pandas as pd
from synthetic_rounds import frames

from uncollapse.analysis.mastery import SAME_QUESTIONS
from uncollapse.analysis.verdict import Finding
from uncollapse.products.claims import lee_avalanche, lee_filters, lee_reach

FRAMES = frames()


def verdicts(**changed: pd.DataFrame) -> dict[str, str]:
    given = FRAMES | changed
    modules = (lee_reach, lee_filters, lee_avalanche)
    return {finding.id: finding.verdict for module in modules for finding in module.check(**given)}


def test_a_run_as_in_the_paper_reproduces_its_claims() -> None:
    found = verdicts()
    assert found.pop("lee-scale-a") == "not run at this scale"
    assert set(found.values()) == {"reproduced"}
    assert len(found) == 9


def test_nothing_right_beyond_the_initial_data_contradicts_them() -> None:
    tested = FRAMES["accuracies"]
    lost = tested.assign(correct=tested["correct"].where(tested["difficulty"] <= 4, 0))
    found = verdicts(accuracies=lost)
    assert found["lee-F3-a"] == found["lee-F4-a"] == found["lee-sched-a"] == found["lee-F18-a"] == "contradicted"
    assert found["lee-base-a"] == "reproduced"


def test_labels_as_wrong_after_filters_as_before_contradict_them() -> None:
    labels = FRAMES["filtered"]
    alike = labels.assign(kept=labels["answers"], kept_right=labels["right"])
    assert verdicts(filtered=alike)["lee-filter-b"] == "contradicted"


def test_a_threshold_takes_two_rates_in_a_round_which_others_need_not_have() -> None:
    runs, rest = FRAMES["runs"], {name: FRAMES[name] for name in ("accuracies", "filtered", "courses")}
    (found, _) = lee_avalanche.check(runs=runs[(runs["at"] != 3) | (runs["rate"] > 0.1)], **rest)
    assert "in round 1, lost at 10%" in found.explanation
    assert "in round 3, lost at 40%" in found.explanation
    (found, _) = lee_avalanche.check(runs=runs[(runs["noise"] == "") | (runs["rate"] == 0.4)], **rest)
    assert found.verdict == "not run at this scale"


def test_runs_of_unequal_length_are_held_against_each_other_after_as_many_rounds() -> None:
    runs = FRAMES["runs"]
    short = runs.assign(rounds=runs["rounds"].mask(runs["run"] == "forward_addition", 4))
    tables = {
        name: FRAMES[name][(FRAMES[name]["run"] != "forward_addition") | (FRAMES[name]["round"] <= 4)]
        for name in ("accuracies", "filtered")
    }
    found = lee_filters.check(**tables, runs=short, courses=FRAMES["courses"])[0]
    assert "over no filter after round 4" in found.explanation
    again = lee_filters.check(**{name: FRAMES[name] for name in FRAMES})[0]
    assert "over no filter after round 6" in again.explanation
    longer = runs.assign(rounds=runs["rounds"].mask(runs["run"] == "copy_abrupt", 7))
    given = (FRAMES["accuracies"], FRAMES["filtered"])
    assert lee_reach.order_decides(*given, longer, FRAMES["courses"]).verdict == "not run at this scale"
    assert lee_reach.order_decides(*given, runs, FRAMES["courses"]).verdict == "reproduced"


def test_a_schedule_that_has_added_no_more_than_one_a_round_says_nothing_of_acceleration() -> None:
    labels, runs = FRAMES["filtered"], FRAMES["runs"]
    fast = labels["run"] == "copy_fast"
    slow = labels.assign(difficulty=labels["difficulty"].mask(fast & (labels["difficulty"] > 0), 4 + labels["round"]))

    def found(filtered: pd.DataFrame, runs: pd.DataFrame) -> list[Finding]:
        return lee_reach.accelerated_is_faster(FRAMES["accuracies"], filtered, runs, FRAMES["courses"])

    first, second = found(labels, runs)
    assert (first.verdict, second.verdict) == ("reproduced", "reproduced")
    first, second = found(slow, runs)
    assert (first.verdict, second.verdict, second.value) == ("reproduced", "premise not met", 0.0)
    assert (
        "largest difficulty labelled, over that of one a round, copy, by agreement, after round 4" in second.statistic
    )

    again = runs[runs["run"] == "copy_fast"].assign(run="copy_other", by="truth")
    both = {
        name: pd.concat([frame, FRAMES[name][FRAMES[name]["run"] == "copy_fast"].assign(run="copy_other")])
        for name, frame in (("accuracies", FRAMES["accuracies"]), ("filtered", slow))
    }
    first, second = lee_reach.accelerated_is_faster(
        both["accuracies"], both["filtered"], pd.concat([runs, again]), FRAMES["courses"]
    )
    assert second.verdict == "reproduced"
    assert "Left out, since the schedule added no more than one a round: copy, by agreement" in second.explanation
    assert "by truth" not in second.explanation.partition("Left out")[2]


def test_runs_that_are_not_there_leave_claims_open() -> None:
    runs = FRAMES["runs"]
    found = verdicts(runs=runs[(runs["noise"] == "") & (runs["schedule"] == "step") & (runs["filters"] == "")])
    open_claims = ("lee-F24-a", "lee-F24-b", "lee-sched-a", "lee-F18-a", "lee-filter-a", "lee-filter-b")
    assert {found[claim] for claim in open_claims} == {"not run at this scale"}


def short_of(course: str, accuracy: float) -> pd.DataFrame:
    """Initial models of a course that are right on this share of the largest difficulty of their data."""
    tested, start = FRAMES["accuracies"], FRAMES["courses"].set_index("course").loc[course, "start"]
    chosen = (tested["run"] == course) & (tested["round"] == 0) & (tested["difficulty"] == start)
    correct = (accuracy * tested["questions"]).round().astype(int)
    return tested.assign(correct=tested["correct"].mask(chosen, correct))


def initial_models(accuracies: pd.DataFrame) -> dict[int, Finding]:
    """The finding on them by reading."""
    found = lee_reach.check(**FRAMES | {"accuracies": accuracies})
    return {one.reading: one for one in found if one.id == "lee-base-a"}


def test_models_that_have_not_learned_their_initial_data_are_left_out_and_named() -> None:
    found = initial_models(short_of("copy", 0.5))
    assert found[1].verdict == "contradicted"
    assert found[0].verdict == "reproduced"
    assert "copy at 4, before self-improvement: 50.0 percent" in found[0].explanation
    just = initial_models(short_of("copy", 1.0))[0]
    assert just.verdict == "reproduced"
    assert "Left out" not in just.explanation


def test_where_no_course_has_learned_its_data_the_premise_is_told_with_its_number() -> None:
    labels = FRAMES["filtered"]
    alike = labels.assign(kept=labels["answers"], kept_right=labels["right"])
    given = FRAMES | {"filtered": alike, "accuracies": short_of("forward_addition", 0.5)}
    found = {(one.id, one.reading): one for one in lee_filters.check(**given)}
    assert found["lee-filter-b", 1].verdict == "contradicted"
    for claim in ("lee-filter-a", "lee-filter-b"):
        assert found[claim, 0].verdict == "premise not met"
        assert found[claim, 0].value == 50.0


def test_the_claim_on_filters_is_judged_on_harder_tasks_alone() -> None:
    """Filters that help strings, which the paper's models learn without any, are not what the claim speaks of."""

    def filters(courses: pd.DataFrame, accuracies: pd.DataFrame = FRAMES["accuracies"]) -> dict[int, Finding]:
        found = lee_filters.check(**FRAMES | {"courses": courses, "accuracies": accuracies})
        return {one.reading: one for one in found if one.id == "lee-filter-a"}

    courses = FRAMES["courses"]
    forward = courses["course"] == "forward_addition"
    assert filters(courses)[0].verdict == "reproduced"
    strings = courses.assign(
        task=courses["task"].mask(forward, "strings"), variant=courses["variant"].mask(forward, "copy")
    )
    easier = filters(strings)
    assert (easier[1].verdict, easier[2].verdict) == ("reproduced", "reproduced")
    assert easier[0].verdict == "not run at this scale"
    unlearned = filters(courses, short_of("forward_addition", 0.5))
    assert (unlearned[0].verdict, unlearned[0].value) == ("premise not met", 50.0)


def test_what_was_run_says_that_all_models_are_asked_the_same_questions() -> None:
    found = [one for module in (lee_reach, lee_filters, lee_avalanche) for one in module.check(**FRAMES)]
    said = {
        one.explanation.endswith("what others would change is not in them.") for one in found if one.value == one.value
    }
    assert said == {True}
    assert not any(SAME_QUESTIONS in one.explanation for one in found if one.verdict == "not run at this scale")


def test_a_claim_on_two_tasks_stays_open_where_one_was_not_run() -> None:
    courses = FRAMES["courses"]
    one = courses[courses["course"] != "reverse"]
    found = {finding.id: finding for finding in lee_reach.check(**FRAMES | {"courses": one})}
    assert found["lee-F4-a"].verdict == "inconclusive"
    assert found["lee-F4-a"].needed == "It takes all 2 tasks of the claim."
    assert found["lee-F3-a"].verdict == "reproduced"
