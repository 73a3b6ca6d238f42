"""Feng et al. 2024 (v1), sections 5.1 and 5.2: every claim on eigenvalues that Tables 1 and 2 can answer.

Every comparison is paired over the same test matrices. Those of the generator and what its beam holds average over
generator seeds; those on students of synthesized labels stand in :mod:`uncollapse.products.claims.feng_students`.
"""

import math
from itertools import pairwise

import pandas as pd

from uncollapse.analysis.correctness import over_seeds_and_prompts
from uncollapse.analysis.eigenvalue_run import ABOUT_TWO_THIRDS, TOLERANCES, EigenvalueRun
from uncollapse.analysis.formatting import number
from uncollapse.analysis.generator_quality import at_other_lengths, gains
from uncollapse.analysis.verdict import NOT_RUN, Finding, Part, conclude, not_run
from uncollapse.products.claims import feng_students

# Table 1, verify-best: from beam 1 to 50 it moves by 1.0 point at most (66.9 to 65.9, 20.2 to 19.2), which the paper
# calls no change.
FLAT_POINTS = 1.0


def check(
    *,
    evaluations: pd.DataFrame,
    outcomes: pd.DataFrame,
    datasets: pd.DataFrame,
    proxy: pd.DataFrame,
    matrix_size: int,
    training_examples: int,
    labellers: pd.DataFrame,
    group_outcomes: pd.DataFrame | None = None,
    group_evaluations: pd.DataFrame | None = None,
    groups: pd.DataFrame | None = None,
    lengths: pd.DataFrame | None = None,
    curves: pd.DataFrame | None = None,
    kept: pd.DataFrame | None = None,
) -> list[Finding]:
    """Findings on all claims of this module, from the frames of one eigenvalue experiment (see EigenvalueRun)."""
    run = EigenvalueRun(
        evaluations=evaluations, outcomes=outcomes, datasets=datasets, proxy=proxy, matrix_size=matrix_size,
        training_examples=training_examples, labellers=labellers, curves=curves, kept=kept,
    )  # fmt: skip
    others = gains(
        datasets=datasets, evaluations=evaluations, outcomes=outcomes, labellers=labellers,
        group_outcomes=pd.DataFrame(columns=outcomes.columns) if group_outcomes is None else group_outcomes,
    )  # fmt: skip
    elsewhere = {}
    if not (group_outcomes is None or group_evaluations is None or groups is None or lengths is None):
        elsewhere = at_other_lengths(
            groups=groups, lengths=lengths, datasets=datasets, evaluations=evaluations,
            group_evaluations=group_evaluations, outcomes=outcomes, group_outcomes=group_outcomes, labellers=labellers,
        )  # fmt: skip
    return [
        verify_all_rises_with_the_beam(run),
        verify_best_does_not_improve(run),
        generator_solves_two_thirds(run),
        feng_students.filter_keeps_what_the_generator_solves(run),
        feng_students.unselected_students_are_worse(run),
        feng_students.selection_beats_no_selection(run),
        feng_students.selected_students_beat_the_first_generator(run),
        feng_students.selected_students_beat_the_generator(run, others, elsewhere),
        feng_students.label_selection_rises_with_the_beam(run),
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
        return Finding("feng-S5.1-a", statistic, accuracy.value, accuracy.low, accuracy.high, NOT_RUN, explanation)
    part = Part("accuracy", accuracy, *ABOUT_TWO_THIRDS)
    explanation = (
        f"{measured}; about two thirds means nearer to 2/3 than to 1/2 or 5/6: "
        f"between {number(ABOUT_TWO_THIRDS[0])} and {number(ABOUT_TWO_THIRDS[1])}. The paper prints 66.9."
    )
    return Finding("feng-S5.1-a", statistic, accuracy.value, accuracy.low, accuracy.high, part.verdict, explanation)


def _generators(count: int) -> str:
    return f"Mean over {count} generators." if count > 1 else "One generator: the interval covers test matrices only."
