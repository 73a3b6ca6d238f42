"""Rows without a label count against a GO where nearly all have one; a sample of labels leaves none open."""

from __future__ import annotations

import numpy as np

from uncollapse.proxy.command import run
from uncollapse.proxy.open_labels import open_label_warnings
from uncollapse.proxy.standing import Asked
from uncollapse.proxy.tally import Candidates


def status(tmp_path, capsys, *, right: int, wrong: int, blank: int = 0, more: str = ""):
    """Exit status and lines of a table with so many kept rows of each label, and 60 wrong ones that are dropped."""
    rows = [(label, 1) for label in ["1"] * right + ["0"] * wrong + [""] * blank] + [("0", 0)] * 60
    path = tmp_path / "t.csv"
    path.write_text("correct,kept\n" + "".join(f"{label},{verdict}\n" for label, verdict in rows) + more)
    found = run([str(path), "--independent"])
    return found, capsys.readouterr().out


def test_rows_left_without_a_label_where_nearly_all_have_one(tmp_path, capsys) -> None:
    found, said = status(tmp_path, capsys, right=70, wrong=40, blank=30)
    assert found == 3
    assert "it hangs on 30 rows without a label: with all of them against it, it would be none" in said
    assert status(tmp_path, capsys, right=70, wrong=40)[0] == 0
    assert status(tmp_path, capsys, right=90, wrong=20, blank=30)[0] == 0


def test_dropped_rows_without_a_label_count_as_right() -> None:
    kept = np.arange(100) < 50
    right = np.where(kept, np.arange(100) % 10 < 8, np.arange(100) % 10 < 3)
    labelled = kept | (np.arange(100) % 10 < 6)  # of the dropped 15 of 30 are right, or 35 of 50
    assert Asked().stands(Candidates(kept, right, labelled)) is True
    assert len(open_label_warnings(Candidates(kept, right, labelled), Asked())) == 1
    assert open_label_warnings(Candidates(kept, right), Asked()) == []


def test_rows_that_a_sample_left_out_are_not_open(tmp_path, capsys) -> None:
    found, said = status(tmp_path, capsys, right=70, wrong=40, blank=30, more=",1\n,0\n" * 1000)
    assert found == 0
    assert "it hangs on" not in said
