"""Kept tables on the page, figures drawn from them, and whether today's tables can read what the checkout keeps."""

from __future__ import annotations

import json
from pathlib import Path

import pandas as pd
import pyarrow as pa
import pytest

from uncollapse.analysis.comparison import MEASURES, read_reported
from uncollapse.analysis.kept_table import kept_table, table_to_keep
from uncollapse.analysis.scale_claims import kept_claims
from uncollapse.analysis.verdict import VERDICTS
from uncollapse.artifacts.measured_parts import FOLDER, MeasuredPart, parts_below
from uncollapse.errors import DataError
from uncollapse.products.products import load_product
from uncollapse.report.html_table import to_html
from uncollapse.report.kept_parts import kept_figures, kept_parts, kept_tables, told

ROOT = Path(__file__).parents[3]
KEYS = load_product("tables", "feng2024_table1").TABLE.keys
ABOUT = {
    "scale": "evidence", "experiment": "eigenvalues", "commit": "0123456789", "date": "2026-11-30", "note": "Fresh.",
    "machine": "two cores", "overlays": ["scales/evidence.yaml"], "settings": {}, "trainings": 1_750,
    "processor_seconds": 5_400.0, "further_overlays": {"part.yaml": {"scale": "evidence"}},
}  # fmt: skip


@pytest.fixture
def part(tmp_path: Path) -> MeasuredPart:
    """Table 1 of two beams at one tolerance, with a column of what was measured elsewhere again."""
    rows = [
        (1, "verify_all", 2.0, 45.5, 44.25, 46.75, 46.0, 3, 66.9, 1.0),
        (5, "verify_all", 2.0, 60.0, None, None, 61.0, 1, 79.3, 2.0),
    ]
    frame = pd.DataFrame(rows, columns=[*KEYS, *MEASURES, "measured"])
    part = MeasuredPart(tmp_path / "evidence/eigenvalues")
    part.table_file("x").parent.mkdir(parents=True)
    content, columns = table_to_keep(pa.Table.from_pandas(frame, preserve_index=False))
    part.table_file("feng2024_table1").write_bytes(content)
    part.about_file.write_text(json.dumps(ABOUT | {"columns": {"feng2024_table1": columns}}))
    return part


def test_a_table_and_a_figure_of_tables_are_those_of_the_part(part: MeasuredPart) -> None:
    found = kept_parts([part], list(part.tables.values()))
    (table,) = kept_tables(found, "feng2024_table1")
    assert table.heading == "evidence scale (two cores), commit 0123456, 2026-11-30"
    assert list(table.comparison) == [*KEYS, *MEASURES]
    assert table.comparison["ours_mean"].tolist() == [45.5, 60.0]
    assert table.comparison["ours_low"].isna().tolist() == [False, True]
    assert table.origin.command == "snakemake --cores 2 eigenvalues --configfile scales/evidence.yaml"
    (figure,) = kept_figures(found, "feng2024_beams")
    assert figure.svg.lstrip().startswith(b"<?xml")
    assert figure.origin.files == table.origin.files
    assert not kept_figures(found, "feng2024_finetuning")  # its table is not kept
    assert not kept_figures(found, "learning_curves")  # not drawn from tables
    assert not kept_tables(kept_parts([part], []), "feng2024_table1")  # not made by the run


def test_a_part_is_told_in_words() -> None:
    assert told(ABOUT) == (
        "Evidence scale (two cores), commit 0123456, 2026-11-30, experiment eigenvalues: 1,750 trainings, 1.5 hours of "
        'processor time. scales/evidence.yaml. With, beside these files: {"part.yaml": {"scale": "evidence"}}. Fresh.'
    )


def test_a_part_without_times_tells_none() -> None:
    assert "1,750 trainings. scales/evidence.yaml." in told(ABOUT | {"processor_seconds": 0})


def test_a_table_with_other_keys_must_be_kept_again(part: MeasuredPart) -> None:
    columns = part.about()["columns"]["feng2024_table1"]
    path = part.table_file("feng2024_table1")
    with pytest.raises(DataError, match=r"table1\.csv: columns \['student'\] are missing.*keep the part anew"):
        kept_table(path, columns, [*KEYS, "student"])
    path.write_text(path.read_text().replace("66.9", "much"))
    with pytest.raises(DataError, match=r"table1\.csv: .*much"):
        kept_table(path, columns, KEYS)


def test_what_the_checkout_keeps_is_what_todays_code_shows() -> None:
    """Every part below workflow/measured: its tables can be laid out, its claims and verdicts exist."""
    claims = set(read_reported(ROOT / "workflow/reported/claims.csv")["id"])
    for part in parts_below(ROOT / FOLDER):
        about = part.about()
        assert part.folder.parts[-2:] == (about["scale"], about["experiment"])
        assert set(part.tables) == set(about["columns"])
        for name, path in part.tables.items():
            table = load_product("tables", name).TABLE
            assert "<table" in to_html(kept_table(path, about["columns"][name], table.keys), table)
        kept = kept_claims(part.claims_file)
        assert set(kept["id"]) <= claims
        assert set(kept["verdict"]) <= set(VERDICTS)
        assert told(about)
