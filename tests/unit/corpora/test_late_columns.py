"""Columns that the first rows of a JSON file leave out are columns all the same, for every command that looks for them.

Programs leave out what is empty: the first row that has instructions, or a score, may stand anywhere.
"""

import json
from pathlib import Path
from typing import Any

import pytest

from uncollapse.candidate_tables.pool import read_pool
from uncollapse.candidate_tables.roles import Roles, resolved
from uncollapse.corpora.tables import column_names
from uncollapse.errors import DataError
from uncollapse.prompts.prompt_file import PromptFile
from uncollapse.verification.columns import Columns
from uncollapse.verification.columns import resolved as of_verifiers


def _written(path: Path, *rows: dict[str, Any]) -> Path:
    path.write_text("".join(json.dumps(row) + "\n" for row in rows))
    return path


def test_instructions_that_only_a_later_prompt_has_are_its_instructions(tmp_path: Path) -> None:
    path = _written(tmp_path / "a.jsonl", {"prompt": "a"}, {"prompt": "b", "system": "Be brief."})
    assert [(prompt.asked, prompt.system, dict(prompt.further)) for prompt in PromptFile(path).prompts()] == [
        ("a", None, {}),
        ("b", "Be brief.", {}),
    ]


def test_ids_that_only_later_prompts_have_are_no_numbers_of_rows(tmp_path: Path) -> None:
    path = _written(tmp_path / "a.jsonl", {"prompt": "a"}, {"prompt": "b", "id": "x"})
    assert not PromptFile(path).numbered
    with pytest.raises(DataError, match="line 1 has None as its id, in column 'id'"):
        PromptFile(path).check()


def test_a_score_and_an_id_behind_a_thousand_rows(tmp_path: Path) -> None:
    row = {"prompt": "p", "text": "t", "accepted": True}
    rows = [row | {"id": number} for number in range(1200)]
    path = _written(tmp_path / "a.jsonl", *rows, row | {"id": 1200, "score": 0.5})
    roles = resolved(path, Roles())
    assert roles.score == "score"
    scores = read_pool(path, roles, told=None).score
    assert scores is not None
    assert scores[-1] == 0.5
    assert resolved(path, Roles(score="score")).score == "score"


def test_a_true_answer_that_the_first_candidate_lacks(tmp_path: Path) -> None:
    path = _written(tmp_path / "a.jsonl", {"text": "4"}, {"text": "5", "answer": "5"})
    assert of_verifiers(path, Columns(text="text"), needs=["answer"]).answer == "answer"


def test_names_are_those_of_the_file_as_it_is(tmp_path: Path) -> None:
    path = _written(tmp_path / "a.jsonl", {"a": 1}, {"b": 1, "a": 2})
    assert column_names(path) == ["a", "b"]
    _written(path, {"c": 1})
    assert column_names(path) == ["c"]
