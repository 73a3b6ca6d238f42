"""Ids of rows: which values are one id and which are two, the same for every command."""

import json
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from uncollapse.candidate_tables.pool import read_pool
from uncollapse.candidate_tables.roles import Roles
from uncollapse.corpora.row_ids import check_ids
from uncollapse.errors import DataError
from uncollapse.proxy.of_table import read_candidates
from uncollapse.verification.columns import Columns
from uncollapse.verification.reading import rows

USER, OTHER = [{"role": "user", "content": "p"}], [{"role": "user", "content": "q"}]
PROMPTS: list[tuple[list[Any], list[int]]] = [
    ([1, 1.0, 2, 1], [0, 0, 1, 0]),  # as pandas writes whole numbers beside missing ones
    ([1, "1", 1.0, "1.0"], [0, 0, 0, 1]),
    ([1.0, "x", 1], [0, 1, 0]),
    (["1", "01", "1.0"], [0, 1, 2]),
    ([1.5, 1, 1.5, 2.0], [0, 1, 0, 2]),
    ([-0.0, 0, 3], [0, 0, 1]),
    ([USER, OTHER, USER], [0, 1, 0]),
]


def _lines(path: Path, prompts: list[Any]) -> Path:
    kept = [{"prompt_id": one, "id": n, "text": "t", "accepted": n % 2 == 0} for n, one in enumerate(prompts)]
    path.write_text("".join(json.dumps(row) + "\n" for row in kept))
    return path


def _parted(names: Any) -> list[int]:
    return [list(names).index(one) for one in names]


@pytest.mark.parametrize(("prompts", "kinds"), PROMPTS)
def test_every_command_takes_the_same_rows_for_one_prompt(prompts: list[Any], kinds: list[int], tmp_path: Path) -> None:
    path = _lines(tmp_path / "c.jsonl", prompts)
    roles = Roles(id="id", prompt_id="prompt_id", text="text", kept="accepted")
    table = read_candidates(path, {"--prompt": ["prompt_id"]})
    found = {
        "proxy": table.places("prompt_id").tolist(),
        "proxy, slices": table.groups("prompt_id")[0].tolist(),
        "select and audit": read_pool(path, roles, told=None).prompt.tolist(),
        "verify": [row.candidate.prompt_id for row in rows(path, Columns(text="text", prompt_id="prompt_id"))],
    }
    for command, names in found.items():
        assert _parted(names) == _parted(kinds), command


def test_whole_numbers_are_the_same_ids_where_a_column_was_read_as_floats(tmp_path: Path) -> None:
    lines = _lines(tmp_path / "c.jsonl", [7, 8, 8])
    columns = {"id": [0, 1, 2], "prompt_id": [7.0, 8.0, 8.0], "text": ["t"] * 3, "accepted": [True, False, True]}
    pq.write_table(pa.table(columns | {"id": pa.array([0.0, 1.0, 2.0], pa.float32())}), tmp_path / "c.parquet")
    roles = Roles(id="id", prompt_id="prompt_id", text="text", kept="accepted")
    whole, floats = (read_pool(path, roles, told=None) for path in (lines, tmp_path / "c.parquet"))
    assert whole.id.tolist() == floats.id.tolist()
    assert np.array_equal(whole.prompt, floats.prompt)


def test_an_id_that_is_there_twice_in_two_spellings_and_one_whose_digits_are_lost(tmp_path: Path) -> None:
    path = tmp_path / "c.jsonl"
    path.write_text('{"id": 1}\n{"id": 1.0}\n')
    with pytest.raises(DataError, match="line 1 and line 2 both have the id '1'"):
        check_ids(path, ["id"])
    path.write_text('{"id": 1}\n{"id": 9007199254740993.0}\n')
    with pytest.raises(DataError, match=r"line 2, column 'id': 9007199254740992\.0: .* ids are lost"):
        check_ids(path, ["id"])
    path.write_text('{"id": 1}\n{"id": NaN}\n')
    with pytest.raises(DataError, match="line 2"):
        check_ids(path, ["id"])
