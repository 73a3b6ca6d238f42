"""Sheets from pools of few prompts, and sheets that are read before their end: never a GO without a warning."""

import json

import pytest
from own_candidates import rows_of_sheet, write_rows

from uncollapse.audits.command import run


def one_prompt():
    """Every second of 200 candidates of one prompt is right and kept."""
    return [("one", "Q?", place % 2 == 0, place % 2 == 0) for place in range(200)]


def four_prompts():
    """A half of each of four prompts is kept: right of three."""
    return [(f"p{place % 4}", f"Q {place % 4}?", place % 8 < 4, place % 8 < 3) for place in range(400)]


def one_and_many():
    """A thousand right ones of one prompt, and a wrong one of each of a hundred others."""
    return [("big", "Q?", place < 1000, place < 1000) for place in range(1500)] + [
        (f"p{place}", f"Q {place}?", True, False) for place in range(100)
    ]


def one_text():
    """One text under 120 ids."""
    return [(f"p{place}", "The  same?" if place % 3 else "The same?", place % 2 == 0, place % 2 == 0)
            for place in range(120)]  # fmt: skip


def some_prompts():
    """Of 30 prompts all of 20 are kept, those of 14 right: the pool passes, other prompts may not."""
    return [(f"p{place % 30}", f"Q {place % 30}?", place % 30 < 20, place % 30 < 14) for place in range(1200)]


def many_prompts():
    """Of 200 prompts with four candidates three are kept, the three of nine in ten prompts right."""
    return [(f"p{place // 4}", f"Q {place // 4}?", place % 4 < 3, place % 4 < 3 and place // 4 % 10 > 0)
            for place in range(800)]  # fmt: skip


def drawn(folder, rows, *, number):
    """A pool and a sheet of it, unlabelled; right by id."""
    path, sheet = folder / "candidates.jsonl", folder / "sheet.csv"
    columns = [
        {"id": f"c{place}", "prompt_id": prompt, "prompt": text, "text": f"answer {place}", "accepted": kept}
        for place, (prompt, text, kept, _) in enumerate(rows)
    ]
    path.write_text("".join(json.dumps(one) + "\n" for one in columns))
    assert run(["draw", str(path), "--rows", str(number), "--output", str(sheet)]) == 0
    return path, sheet, {f"c{place}": right for place, (*_, right) in enumerate(rows)}


def test_prompts_without_ids_are_told_apart_by_their_words(tmp_path, capsys):
    """Eight prompts in three spellings each, and no column of ids."""
    path, sheet = tmp_path / "candidates.jsonl", tmp_path / "sheet.csv"
    spelt = ["What is {}?", "what  is {}?", "WHAT\u00a0IS {}?"]
    rows = [
        {
            "id": f"c{place}",
            "prompt": spelt[place % 3].format(place // 2 % 8),
            "text": f"{place}",
            "accepted": place % 2 > 0,
        }
        for place in range(480)
    ]
    path.write_text("".join(json.dumps(one) + "\n" for one in rows))
    assert run(["draw", str(path), "--rows", "60", "--output", str(sheet)]) == 0
    labelled(sheet, {row["id"]: row["accepted"] for row in rows})
    assert run(["read", str(sheet), str(path)]) == 3
    said = capsys.readouterr().out
    assert "what is kept is of 8 prompts, worth 8.0 of one candidate: of fewer than 10" in said
    assert "24 prompts by prompt have 8 texts: those of one text, spaces and capitals aside, are one prompt" in said


def labelled(sheet, truth, some=slice(None)):
    rows = rows_of_sheet(sheet)
    for row in rows[some]:
        row["label"] = "right" if truth[row["id"]] else "wrong"
    write_rows(sheet, rows)


@pytest.mark.parametrize(
    ("rows", "said"),
    [
        (one_prompt, "what is kept is of 1 prompt, worth 1.0 of one candidate: of fewer than 10"),
        (four_prompts, "what is kept is of 4 prompts, worth 4.0 of one candidate: of fewer than 10"),
        (one_and_many, "what is kept is of 101 prompts, worth 1.2 of one candidate: of fewer than 10"),
        (one_text, "120 prompts by prompt_id have 1 text"),
        (some_prompts, "what is kept is worth 20.0 prompts of one candidate, and for other prompts of the same kind"),
    ],
)
def test_a_go_of_few_prompts_is_a_go_but(tmp_path, capsys, rows, said):
    candidates, sheet, truth = drawn(tmp_path, rows(), number=100)
    labelled(sheet, truth)
    assert run(["read", str(sheet), str(candidates)]) == 3
    printed = capsys.readouterr().out
    assert said in printed
    assert "It is decided" not in printed
    assert "What is behind each but is left to settle." in printed


def test_many_prompts_are_a_go(tmp_path, capsys):
    candidates, sheet, truth = drawn(tmp_path, many_prompts(), number=100)
    labelled(sheet, truth)
    assert run(["read", str(sheet), str(candidates)]) == 0
    assert "of 200 prompts, worth 200 of one candidate" in capsys.readouterr().out


def test_before_the_end_of_a_sheet_a_go_takes_more(tmp_path, capsys):
    candidates, sheet, truth = drawn(tmp_path, many_prompts(), number=60)
    words = []
    for labels in (20, 59, 60):
        labelled(sheet, truth, slice(labels))
        words.append(run(["read", str(sheet), str(candidates)]))
        printed = capsys.readouterr().out
        assert ("before the sheet is labelled to its end" in printed) is (labels == 20)
    assert words == [3, 0, 0]
