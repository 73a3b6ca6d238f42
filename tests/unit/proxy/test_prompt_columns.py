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
