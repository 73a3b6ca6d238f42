"""Feng et al. 2024 (v1), sections 5.1 and 5.2: every claim on eigenvalues that Tables 1 and 2 can answer."""

import pandas as pd

from uncollapse.analysis.eigenvalue_run import EigenvalueRun
from uncollapse.analysis.generator_quality import gains
from uncollapse.analysis.verdict import Finding
from uncollapse.products.claims import feng_beams, feng_students


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
    return [
        feng_beams.verify_all_rises_with_the_beam(run),
        feng_beams.verify_best_does_not_improve(run),
        feng_beams.generator_solves_two_thirds(run),
        feng_students.filter_keeps_what_the_generator_solves(run),
        feng_students.unselected_students_are_worse(run),
        feng_students.selection_beats_no_selection(run),
        feng_students.selected_students_beat_the_generator(run, others),
        feng_students.label_selection_rises_with_the_beam(run),
    ]
