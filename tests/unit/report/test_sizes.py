"""Replicates and settings of the tables that show a claim."""

from __future__ import annotations

from dataclasses import replace

import pytest

from uncollapse.report.report import FigureArtifact, KeptTable, Origin, Report, TableArtifact
from uncollapse.report.sizes import sizes


@pytest.mark.parametrize("shown", [("t2",), ("curves", "t2"), ("curves",)])
def test_a_claim_goes_by_its_tables_or_by_those_of_its_figures_experiment(report: Report, shown: tuple[str]) -> None:
    (section,) = report.sections
    table, figure = section.artifacts
    assert isinstance(table, TableArtifact)
    assert isinstance(figure, FigureArtifact)
    frame = table.comparison.assign(seeds=0)
    frame.loc[frame.index[:2], "seeds"] = [4, 13]
    kept = KeptTable(heading="evidence", scale="evidence", comparison=frame, origin=Origin(command=""))
    other = replace(table, name="t9", comparison=frame.assign(seeds=99), kept=())
    with_kept = replace(section, artifacts=(replace(table, kept=(kept,)), figure))
    found = sizes({"a": shown}, [with_kept, replace(section, key="b", artifacts=(other,))], "default")
    assert found["a", "evidence"] == (13, 2)
    ran = table.comparison["seeds"] > 0
    assert found["a", "default"] == (table.comparison["seeds"].max(), ran.sum())


def test_what_no_table_shows_has_no_size(report: Report) -> None:
    assert sizes({"a": ()}, report.sections, "default") == {}
