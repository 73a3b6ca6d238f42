"""Rows that count as prompts although another column says that they share them."""

from __future__ import annotations

from pathlib import Path

import pytest

from uncollapse.proxy.command import run


def table(path: Path, *, prompts: int, width: int, ids: int, column: str = "prompt") -> Path:
    """Prompts whose first half is right and kept, a text of each, and so many ids that go over the rows in turn."""
    rows = [(f"c{place % ids}", f"Question {place // width}?", place) for place in range(prompts * width)]
    text = "".join(
        f"{name},{asked},{int(place < prompts * width / 2)},{int(place < prompts * width / 2)}\n"
        for name, asked, place in rows
    )
    path.write_text(f"id,{column},correct,kept\n{text}")
    return path


@pytest.mark.parametrize("column", ["prompt", "question", "prompt_id"])
@pytest.mark.parametrize("named", [["--prompt", "id"], ["--independent"]])
def test_ids_of_candidates_are_no_prompts_without_a_warning(tmp_path, capsys, column, named) -> None:
    given = table(tmp_path / "t.csv", prompts=60, width=8, ids=480, column=column)
    assert run([str(given), *named]) == 3
    said = capsys.readouterr().out
    assert (
        f"by {' '.join(named)} every row is a prompt of its own, and by column '{column}' they are of 60 prompts"
        in said
    )
    assert f"--prompt {column}" in said


def test_one_text_under_many_ids_is_a_go_only_if_it_is_one_of_its_texts(tmp_path, capsys) -> None:
    few = table(tmp_path / "few.csv", prompts=8, width=60, ids=240)
    assert run([str(few), "--prompt", "id"]) != 0
    ids = "".join(f"c{place // 2},Question {place // 4}?,{place < 200:d},{place < 200:d}\n" for place in range(396))
    (tmp_path / "many.csv").write_text("id,prompt,correct,kept\n" + ids)
    assert run([str(tmp_path / "many.csv"), "--prompt", "id"]) == 0
    ids = "".join(f"c{place // 2},Question {place // 40}?,{place < 240:d},{place < 240:d}\n" for place in range(400))
    (tmp_path / "some.csv").write_text("id,prompt,correct,kept\n" + ids)
    capsys.readouterr()
    assert run([str(tmp_path / "some.csv"), "--prompt", "id"]) == 3
    assert (
        "it hangs on --prompt id: by column 'prompt' they are of 10 prompts instead of 200" in capsys.readouterr().out
    )


def test_prompts_whose_texts_all_differ_are_a_go(tmp_path) -> None:
    assert run([str(table(tmp_path / "t.csv", prompts=100, width=1, ids=100)), "--prompt", "id"]) == 0


def test_rows_without_a_text_share_none(tmp_path) -> None:
    rows = "".join(f"c{place},,{place < 50:d},{place < 50:d}\n" for place in range(100))
    (tmp_path / "t.csv").write_text("id,prompt,correct,kept\n" + rows)
    assert run([str(tmp_path / "t.csv"), "--prompt", "id"]) == 0


@pytest.mark.parametrize("spelt", ["Question {}?", "  question   {}?", "QUESTION\u00a0{}?", "Ｑuestion {}?"])
def test_one_prompt_in_several_spellings_is_one(tmp_path, capsys, spelt) -> None:
    rows = [(spelt if place % 2 else "Question {}?").format(place // 20) for place in range(160)]
    text = "".join(f'"{asked}",{place // 20 % 2},{place // 20 % 2}\n' for place, asked in enumerate(rows))
    (tmp_path / "t.csv").write_text("prompt,correct,kept\n" + text)
    status = run([str(tmp_path / "t.csv"), "--prompt", "prompt"])
    said = capsys.readouterr().out
    if spelt == "Question {}?":  # four of eight prompts decide nothing
        assert status == 2
    else:
        assert status == 3
        assert "spaces and capitals aside its 16 texts are 8 prompts" in said


def test_spellings_that_are_few_leave_a_go_as_it_is(tmp_path) -> None:
    text = "".join(f"{'Q' if place < 4 else 'q'} {place % 96},{place % 2},{place % 2}\n" for place in range(100))
    (tmp_path / "t.csv").write_text("prompt,correct,kept\n" + text)
    assert run([str(tmp_path / "t.csv"), "--prompt", "prompt"]) == 0


def test_rows_that_are_there_twice_are_no_further_evidence(tmp_path, capsys) -> None:
    rows = [f"c{place},{int(place < 7)},{int(place < 8)}\n" for place in range(16)]
    for times, status in ((1, 2), (3, 3)):
        (tmp_path / "t.csv").write_text("id,correct,kept\n" + "".join(rows * times))
        assert run([str(tmp_path / "t.csv"), "--independent"]) == status
    assert "by column 'id' they are of 16 prompts instead of 48" in capsys.readouterr().out
    enough = [f"c{place},{int(place < 70)},{int(place < 80)}\n" for place in range(160)]
    (tmp_path / "t.csv").write_text("id,correct,kept\n" + "".join(enough * 2))
    assert run([str(tmp_path / "t.csv"), "--independent"]) == 0
