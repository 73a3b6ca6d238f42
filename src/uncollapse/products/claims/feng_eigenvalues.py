"""Feng et al. 2024 (v1), sections 5.1 and 5.2: every claim on eigenvalues that Tables 1 and 2 can answer.

Every comparison is paired over the same test matrices. Those of the generator and what its beam holds average over
generator seeds; those on students of synthesized labels count the spread over student seeds beside the sampling of test
matrices, and hold for the one generator that wrote the labels.
"""

import math
from itertools import pairwise

import pandas as pd

from uncollapse.analysis.correctness import between_groups, over_seeds_and_prompts
from uncollapse.analysis.eigenvalue_run import ABOUT_TWO_THIRDS, TOLERANCES, EigenvalueRun
from uncollapse.analysis.formatting import number
from uncollapse.analysis.verdict import Finding, Part, conclude, not_run
from uncollapse.statistics.intervals import from_variances
from uncollapse.statistics.normal import difference_of_shares

# Table 1, verify-best: from beam 1 to 50 it moves by 1.0 point at most (66.9 to 65.9, 20.2 to 19.2), which the paper
# calls no change.
FLAT_POINTS = 1.0
# "The same number" (Sec. 5.2) sets "about two thirds" beside 66.9%: equal when read to the nearest 5 percentage points.
SAME_POINTS = 2.5

_PAPER_ON_T2C = (
    "The paper states it for all sets, but its own numbers show it at 2% only: at 1% data selection ties with the "
    "generator (20.2) and beam 5 is below it (19.0), at 0.5% both are (2.3 against 2.4)."
)


def check(
    *,
    evaluations: pd.DataFrame,
    outcomes: pd.DataFrame,
    datasets: pd.DataFrame,
    proxy: pd.DataFrame,
    matrix_size: int,
    training_examples: int,
    labelling_seed: int | None = None,
    curves: pd.DataFrame | None = None,
    kept: pd.DataFrame | None = None,
) -> list[Finding]:
    """Findings on all claims of this module, from the frames of one eigenvalue experiment (see EigenvalueRun)."""
    run = EigenvalueRun(
        evaluations=evaluations, outcomes=outcomes, datasets=datasets, proxy=proxy, matrix_size=matrix_size,
        training_examples=training_examples, labelling_seed=labelling_seed, curves=curves, kept=kept,
    )  # fmt: skip
    return [
        verify_all_rises_with_the_beam(run),
        verify_best_does_not_improve(run),
        generator_solves_two_thirds(run),
        filter_keeps_what_the_generator_solves(run),
        unselected_students_are_worse(run),
        selection_beats_no_selection(run),
        selected_students_beat_the_generator(run),
        label_selection_rises_with_the_beam(run),
    ]


def verify_all_rises_with_the_beam(run: EigenvalueRun) -> Finding:
    """feng-T1-a: from each beam width to the next, verify-all accuracy rises, at every tolerance of Table 1."""
    beams = run.generator_beams()
    models = run.generators(beams)
    parts, levels = [], []
    for tolerance in TOLERANCES if len(beams) > 1 and models else ():
        solved = {width: run.generator(models, width, tolerance, "best_error") for width in beams}
        for narrow, wide in pairwise(beams):
            step = over_seeds_and_prompts(solved[wide] - solved[narrow], one_seed_suffices=True)
            parts.append(Part(f"beam {narrow} to {wide} at {100 * tolerance:g}%", step))
        levels.append(f"{', '.join(number(solved[width].mean()) for width in beams)} at {100 * tolerance:g}%")
    listed = ", ".join(map(str, beams))
    return conclude(
        "feng-T1-a",
        "rise of verify-all accuracy from one beam width to the next (percentage points)",
        parts,
        needs="It takes generators evaluated with at least two beam widths.",
        opening=f"With beams {listed} an oracle finds a right answer for {'; '.join(levels)} tolerance (percent).",
        closing=_generators(len(models)),
    )


def verify_best_does_not_improve(run: EigenvalueRun) -> Finding:
    """feng-T1-b: against greedy, verify-best gains at most FLAT_POINTS and verify-all gains on it by more than that."""
    beams = run.generator_beams()
    models = run.generators(beams)
    parts = []
    for tolerance in TOLERANCES if len(beams) > 1 and beams[0] == 1 and models else ():
        greedy = run.generator(models, 1, tolerance)
        for width in beams[1:]:
            first = run.generator(models, width, tolerance)
            best = run.generator(models, width, tolerance, "best_error")
            change = over_seeds_and_prompts(first - greedy, one_seed_suffices=True)
            gap = over_seeds_and_prompts(best - first, one_seed_suffices=True)
            where = f"beam {width} at {100 * tolerance:g}%"
            parts.append(Part(f"own choice against greedy, {where}", change, -math.inf, FLAT_POINTS))
            parts.append(Part(f"best candidate against own choice, {where}", gap, FLAT_POINTS))
    return conclude(
        "feng-T1-b",
        "change of verify-best accuracy against greedy, and its gap to verify-all (percentage points)",
        parts,
        needs="It takes generators evaluated with greedy decoding and a wider beam.",
        opening=f"No improvement means less than {FLAT_POINTS:g} point, the largest change in the paper's own columns; "
        f"better candidates in the beam mean a gap of more than that.",
        closing=_generators(len(models)),
    )


def generator_solves_two_thirds(run: EigenvalueRun) -> Finding:
    """feng-S5.1-a: greedy accuracy at 2% is about two thirds; judged only near the paper's data and matrix size."""
    models = run.generators([1])
    statistic = "greedy accuracy of the generator at 2% tolerance (percent)"
    if not models:
        return not_run("feng-S5.1-a", statistic, "It takes a generator evaluated with greedy decoding.")
    accuracy = over_seeds_and_prompts(run.generator(models, 1, 0.02), one_seed_suffices=True)
    size = f"{run.training_examples:,} exact examples of {run.matrix_size} x {run.matrix_size} matrices"
    measured = (
        f"Trained on {size}, it solves {number(accuracy.value)}% [{number(accuracy.low)}, {number(accuracy.high)}]"
    )
    if not run.at_the_papers_size:
        explanation = (
            f"{measured}. The claim is about some 200,000 examples of 5 x 5 matrices; at another size the "
            "share depends on how much data the generator was given, and says nothing on the claim."
        )
        return Finding(
            "feng-S5.1-a", statistic, accuracy.value, accuracy.low, accuracy.high, "not run at this scale", explanation
        )
    part = Part("accuracy", accuracy, *ABOUT_TWO_THIRDS)
    explanation = (
        f"{measured}; about two thirds means nearer to 2/3 than to 1/2 or 5/6: "
        f"between {number(ABOUT_TWO_THIRDS[0])} and {number(ABOUT_TWO_THIRDS[1])}. The paper prints 66.9."
    )
    return Finding("feng-S5.1-a", statistic, accuracy.value, accuracy.low, accuracy.high, part.verdict, explanation)


def _generators(count: int) -> str:
    return f"Mean over {count} generators." if count > 1 else "One generator: the interval covers test matrices only."


def filter_keeps_what_the_generator_solves(run: EigenvalueRun) -> Finding:
    """feng-S5.2-a: the 2% filter keeps about two thirds of the greedy labels, as many as the generator solves."""
    statistic = (
        "share of greedy labels kept by the 2% filter minus the generator's test accuracy (percentage points)"
        + (", and itself (percent)" if run.at_the_papers_size else "")
    )
    datasets = run.datasets
    filtered = datasets[
        (datasets["select"] == "correct") & ((datasets["tolerance"] - 0.02).abs() < 1e-9) & (datasets["beams"] == 1)
    ]
    names = list(filtered["dataset"])
    kept, candidates = (run.proxy_value(names[0], what) if names else math.nan for what in ("kept", "candidates"))
    if math.isnan(kept) or math.isnan(candidates) or not run.generators([1]):
        explanation = "It takes greedy labels filtered at 2% tolerance, and their generator's test accuracy."
        return not_run("feng-S5.2-a", statistic, explanation)
    solved = run.labeller(0.02)
    same = difference_of_shares(int(kept), int(candidates), int((solved > 0).sum()), solved.size)
    share = kept / candidates
    itself = from_variances(100 * share, [(1e4 * share * (1 - share) / candidates, candidates - 1)])
    parts = [Part("kept share minus the generator's test accuracy", same, -SAME_POINTS, SAME_POINTS)]
    if run.at_the_papers_size:
        parts.append(Part("kept share", itself, *ABOUT_TWO_THIRDS, unit="percent"))
    return conclude(
        "feng-S5.2-a",
        statistic,
        parts,
        opening=f"The filter keeps {int(kept):,} of {int(candidates):,} greedy labels, {number(100 * share)}%; on test "
        f"matrices their generator solves {number(solved.mean())}%. The same number means within {SAME_POINTS:g} "
        "points.",
        closing="About two thirds means nearer to 2/3 than to 1/2 or 5/6."
        if run.at_the_papers_size
        else "Whether it is about two thirds depends on how much data the generator was given, and is judged near the "
        "paper's size only.",
    )


def unselected_students_are_worse(run: EigenvalueRun) -> Finding:
    """feng-T2-a: students on all greedy labels fall below the generator, at every tolerance of Table 2."""
    parts, opening = [], ""
    for name in run.trained_on("none")[:1]:
        for tolerance in TOLERANCES:
            gap = over_seeds_and_prompts(run.students(name, tolerance) - run.labeller(tolerance))
            parts.append(Part(f"at {100 * tolerance:g}%", gap, -math.inf, 0.0))
        ratio = run.rows(name) / run.training_examples
        opening = (
            f"At 2% the students on {run.rows(name):,} unselected labels ({ratio:.1f} times the generator's exact "
            f"examples; five times in the paper) solve {number(run.students(name, 0.02).mean())}%, the generator "
            f"{number(run.labeller(0.02).mean())}%."
        )
    return conclude(
        "feng-T2-a",
        "student on unselected labels minus generator (percentage points)",
        parts,
        needs="It takes students trained on unselected greedy labels.",
        opening=opening,
        closing=" ".join(filter(None, (run.still_improving(name) for name in run.trained_on("none")[:1]))),
    )


def selection_beats_no_selection(run: EigenvalueRun) -> Finding:
    """feng-T2-b: students on each selected set beat those on all greedy labels, at every tolerance of Table 2."""
    parts, unselected = [], run.trained_on("none")[:1]
    selected = run.trained_on("data_selection", "label_selection") if unselected else []
    for name in selected:
        for tolerance in TOLERANCES:
            gain = between_groups(run.students(name, tolerance), run.students(unselected[0], tolerance))
            parts.append(Part(f"{run.words[name]} at {100 * tolerance:g}%", gain))
    both = all(run.trained_on(selection) for selection in ("data_selection", "label_selection"))
    sizes = (", ".join(f"{run.words[name]} {run.rows(name):,}" for name in names) for names in (unselected, selected))
    return conclude(
        "feng-T2-b",
        "student on selected minus student on unselected labels (percentage points)",
        parts if both else [],
        needs="It takes students of data selection, of label selection and of unselected labels.",
        opening=f"Training examples: {'; '.join(sizes)}.",
    )


def selected_students_beat_the_generator(run: EigenvalueRun) -> Finding:
    """feng-T2-c: students on every selected set beat the generator, at every tolerance of Table 2."""
    parts = []
    for name in run.trained_on("data_selection", "label_selection"):
        for tolerance in TOLERANCES:
            gain = over_seeds_and_prompts(run.students(name, tolerance) - run.labeller(tolerance))
            parts.append(Part(f"{run.words[name]} at {100 * tolerance:g}%", gain))
    filtered = run.trained_on("data_selection")
    reasons = [text for name in filtered for text in (run.still_improving(name), run.dropped_prompts(name))]
    return conclude(
        "feng-T2-c",
        "student on selected labels minus generator (percentage points)",
        parts,
        needs=f"It takes students trained on selected labels. {_PAPER_ON_T2C}",
        closing=" ".join([*filter(None, reasons), _PAPER_ON_T2C]),
    )


def label_selection_rises_with_the_beam(run: EigenvalueRun) -> Finding:
    """feng-T2-d: students on the best of a wider beam are better, at 2% tolerance."""
    names = run.trained_on("label_selection")
    solved = {name: run.students(name, 0.02) for name in names}
    parts = [
        Part(f"{run.words[narrow]} to {run.words[wide]}", between_groups(solved[wide], solved[narrow]))
        for narrow, wide in pairwise(names)
    ]
    levels = ", ".join(f"{run.words[name]}: {number(solved[name].mean())}" for name in names)
    return conclude(
        "feng-T2-d",
        "student accuracy at 2%, wider minus narrower beam of label selection (percentage points)",
        parts,
        needs="It takes students of label selection from at least two beam widths.",
        opening=f"Accuracy at 2% (percent): {levels}.",
        closing=f"{len(names)} of the paper's five widths." if len(parts) < 4 else "",
    )
