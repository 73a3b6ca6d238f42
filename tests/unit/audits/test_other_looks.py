"""Looks at a pool besides the sheet that is read: drawn anew, or left out. None of them makes a false GO likelier."""

import functools
import json

import numpy as np
import pytest
from own_candidates import Audited, rows_of_sheet, write_rows

from uncollapse.audits.command import run
from uncollapse.audits.hanging import other_looks
from uncollapse.audits.looks import Looks
from uncollapse.proxy.standing import Asked
from uncollapse.proxy.tally import Candidates

ANEW, LEFT_OUT = "this pool was drawn from anew", "it leaves out labels of this pool"


class Half(Audited):
    """A pool of which just over a half of what is kept is right, as far as its sheet says."""

    def drawn(self, name, *more, labels=True):
        """A further sheet, all of whose kept rows are right in two of three rows, and whose others are wrong."""
        sheet = self.sheet.with_name(name)
        assert run(["draw", str(self.candidates), "--output", str(sheet), *map(str, more)]) == 0
        if labels:
            self.say(sheet)
        return sheet

    def say(self, sheet, right=2, of=3):
        kept = {row["id"]: row["accepted"] for row in map(json.loads, self.candidates.read_text().splitlines())}
        rows, number = rows_of_sheet(sheet), 0
        for row in rows:
            number += kept[row["id"]]
            row["label"] = "right" if kept[row["id"]] and number % of < right else "wrong"
        write_rows(sheet, rows)


@pytest.fixture
def half(tmp_path):
    """66% of the kept rows drawn are right: a GO at 2.5%, and none at 1.25%."""
    found = Half(tmp_path, rows=92)
    found.say(found.sheet)
    return found


def said(capsys, *words):
    capsys.readouterr()
    status = run(["read", *map(str, words)])
    return status, capsys.readouterr().out


def test_a_draw_with_another_seed_is_a_look_at_the_same_pool(half, capsys):
    assert said(capsys, half.sheet, half.candidates)[0] == 0
    other = half.drawn("other.csv", "--rows", 92, "--seed", 1)
    assert "labels of 1 other draw of this pool" in capsys.readouterr().err
    for sheet, beside in ((half.sheet, other), (other, half.sheet)):
        status, printed = said(capsys, sheet, half.candidates)
        assert status == 3
        assert f"{ANEW}: beside this draw there is 1 other with labels ({beside})" in printed
        assert "each takes an error of 1.25%" in printed
    half.say(other, right=3)  # all of the kept are right, which passes at any error
    assert said(capsys, other, half.candidates)[0] == 0


def test_a_draw_without_a_label_is_no_look(half, capsys):
    half.drawn("other.csv", "--rows", 92, "--seed", 1, labels=False)
    assert said(capsys, half.sheet, half.candidates)[0] == 0


def test_a_record_knows_of_labels_that_are_no_longer_there(half, capsys):
    other = half.drawn("other.csv", "--rows", 92, "--seed", 1)
    half.sheet.unlink()
    status, printed = said(capsys, other, half.candidates)
    assert status == 3
    assert f"{ANEW}: beside this draw there is 1 other with labels." in printed
    again = half.drawn("other.csv", "--rows", 92, "--seed", 2, "--overwrite")  # over the second: that makes three
    status, printed = said(capsys, again, half.candidates)
    assert status == 3
    assert "there are 2 others with labels." in printed


def test_another_pools_labels_are_no_look(half, tmp_path, capsys):
    text = half.candidates.read_text().replace('"accepted": true', '"accepted": false', 1)
    (tmp_path / "others.jsonl").write_text(text)
    sheet = tmp_path / "others.csv"
    assert run(["draw", str(tmp_path / "others.jsonl"), "--rows", "92", "--output", str(sheet)]) == 0
    half.say(sheet)
    assert "other draw" not in capsys.readouterr().err
    assert said(capsys, half.sheet, half.candidates)[0] == 0


def test_files_that_are_no_sheets_are_left_alone(half, tmp_path, capsys):
    (tmp_path / "prompts.csv").write_text("a,b\n1,2\n")
    (tmp_path / "bad.csv").write_text("key,label\nrow0001-x,perhaps\n")
    (tmp_path / "bad.draw.json").write_text("{}")
    (tmp_path / "folder.csv").mkdir()
    assert said(capsys, half.sheet, half.candidates)[0] == 0


def test_a_sheet_of_those_that_go_on_from_one_another_is_not_left_out(half, capsys):
    more = half.drawn("more.csv", "--more", half.sheet, "--rows", 92)
    for words, why in (((half.sheet,), str(more)), ((more,), f"{half.sheet} and 1 draw before it")):
        status, printed = said(capsys, words[0], half.candidates)
        assert status == 3
        assert f"{LEFT_OUT} ({why})" in printed
        assert ANEW not in printed
    status, printed = said(capsys, half.sheet, half.candidates, "--more", more)
    assert status == 0
    assert LEFT_OUT not in printed
    half.sheet.unlink()
    assert f"{LEFT_OUT} (1 draw before it)" in said(capsys, more, half.candidates)[1]


def test_copies_of_a_sheet_and_a_second_labellers_are_no_other_draw(half, tmp_path, capsys):
    (tmp_path / "sheet (1).csv").write_bytes(half.sheet.read_bytes())
    half.label(path=tmp_path / "second.csv")
    status, printed = said(capsys, half.sheet, half.candidates)
    assert status == 0
    assert ANEW not in printed
    assert LEFT_OUT not in printed


def test_draws_with_other_seeds_are_no_more_often_a_false_go_than_one():
    """Of 300 kept ones 150 are right; six draws of 40 of them, with 40 dropped ones, of which a fifth is right."""
    rng = np.random.default_rng(0)

    @functools.cache
    def passes(kept: int, dropped: int, anew: int) -> tuple[bool, bool]:
        right = np.concatenate([np.arange(40) < kept, np.arange(40) < dropped])
        given = Candidates(np.arange(80) < 40, right)
        if not Asked().stands(given):
            return False, False
        return True, not other_looks(Looks(anew=anew), given, 0.5, None)

    found = np.array(
        [
            np.any([passes(*rng.hypergeometric([150, 60], [150, 240], 40), anew) for anew in range(6)], axis=0)
            for _ in range(1000)
        ]
    ).mean(axis=0)
    assert found[0] > 0.05  # whoever takes the one of six that passes
    assert found[1] < 0.035
