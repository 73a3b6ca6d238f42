"""A report with every part, of synthetic runs."""

from __future__ import annotations

import pandas as pd
import pytest
import synthetic_run
from synthetic_claims import claims

from uncollapse.analysis import style
from uncollapse.analysis.comparison import compare
from uncollapse.analysis.rendering import render
from uncollapse.products.figures import learning_curves
from uncollapse.products.tables import feng2024_table2
from uncollapse.report.report import FigureArtifact, Origin, Report, Section, TableArtifact


@pytest.fixture(scope="module")
def report(evaluations: pd.DataFrame) -> Report:
    table = feng2024_table2.TABLE
    reported = pd.DataFrame([("none", 1, None, "no", 2.0, 60.5)], columns=[*table.keys, table.reported_value])
    comparison = compare(
        feng2024_table2.rows(
            evaluations=evaluations, datasets=synthetic_run.DATASETS, labellers=synthetic_run.LABELLERS
        ),
        reported,
        keys=table.keys,
        reported_value=table.reported_value,
    )
    figure = render(style.styled()(learning_curves.draw)(curves=synthetic_run.curves(seeds=1)), "svg")
    features = pd.DataFrame(
        [("smallest_eigenvalue", 4.9, 4.8, 5.0, 3.0, 2.9, 3.1)],
        columns=["feature", "kept_mean", "kept_low", "kept_high", "dropped_mean", "dropped_low", "dropped_high"],
    )
    section = Section(
        key="eigenvalues",
        title="Eigenvalues",
        introduction="Matrices in, eigenvalues out.",
        artifacts=(
            TableArtifact(name="t2", table=table, comparison=comparison, origin=Origin(command="snakemake t2")),
            FigureArtifact(
                name="curves",
                figure=learning_curves.FIGURE,
                svg=figure,
                origin=Origin(command="snakemake curves", modules=("uncollapse.products.figures.learning_curves",)),
            ),
        ),
        settings=pd.DataFrame([("matrix size", "2 x 2", None)], columns=["setting", "ours", "paper"]),
        proxy=synthetic_run.proxy(),
        words={"no_selection": "all labels, 100,000 examples"},
        kept_features=features,
    )
    counts = pd.DataFrame(
        [("select", "datasets/x", 10, 7, "wrong", 2)],
        columns=["stage", "artifact", "rows_in", "rows_kept", "reason", "rows_dropped"],
    )
    return Report(
        title="Results",
        scale="default",
        scale_note="Small.",
        sections=(section,),
        claims=claims("reproduced", "contradicted", "not run at this scale"),
        claims_origin=Origin(command="snakemake claims"),
        row_counts=counts,
        versions={"torch": "2.13.0"},
    )
