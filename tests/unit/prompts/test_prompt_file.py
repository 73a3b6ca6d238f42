"""Prompts of files of every kind: the same prompts, and what stands beside them."""

import gzip
import json

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from uncollapse.errors import DataError
from uncollapse.prompts.further_columns import FurtherColumns
from uncollapse.prompts.prompt import Prompt
from uncollapse.prompts.prompt_file import PromptColumns, PromptFile, PromptWords

ROWS = [{"id": "01", "prompt": "a, b?", "answer": "x"}, {"id": "1", "prompt": 'He said "c"?', "answer": ""}]
TURNS = [
    {"role": "system", "content": "Be brief."},
    {"role": "user", "content": "é?"},
    {"role": "assistant", "content": "Yes."},
    {"role": "user", "content": "Why?"},
]


def written(path, rows):
    if path.suffix == ".parquet":
        pq.write_table(pa.Table.from_pylist(rows), path)
        return path
    if ".jsonl" in path.name:
        text = "".join(json.dumps(row) + "\n" for row in rows)
    else:
        delimiter = "\t" if ".tsv" in path.name else ","
        cells = [list(rows[0]), *(row.values() for row in rows)]
        text = "".join(delimiter.join('"' + one.replace('"', '""') + '"' for one in row) + "\n" for row in cells)
    pack = {".gz": gzip.compress, ".zst": lambda data: pa.Codec("zstd").compress(data, asbytes=True)}
    path.write_bytes(pack.get(path.suffix, bytes)(text.encode()))
    return path


@pytest.mark.parametrize("name", ["a.parquet", "a.jsonl", "a.csv", "a.jsonl.gz", "a.csv.zst", "a.jsonl.zst", "a.tsv"])
def test_every_kind_of_file_gives_the_same_prompts(tmp_path, name):
    file = PromptFile(written(tmp_path / name, ROWS))
    assert list(file.prompts()) == [
        Prompt("01", "a, b?", None, {"answer": "x"}),
        Prompt("1", 'He said "c"?', None, {"answer": ""}),
    ]
    assert not file.numbered
    survey = file.check()
    assert (survey.count, survey.conversations) == (2, False)
    assert survey.further == [pa.field("answer", pa.string())]


@pytest.mark.parametrize("name", ["a.parquet", "a.jsonl", "a.csv"])
def test_conversations(tmp_path, name):
    turns = json.dumps(TURNS) if name == "a.csv" else TURNS
    (prompt,) = PromptFile(written(tmp_path / name, [{"messages": turns}])).prompts()
    assert prompt == Prompt("0", TURNS, None, {})
    assert prompt.messages == TURNS


def test_instructions_of_a_row_and_of_all(tmp_path):
    path = written(tmp_path / "a.jsonl", [{"prompt": "a", "system": "S"}, {"prompt": "b", "system": None}])
    assert [prompt.system for prompt in PromptFile(path).prompts()] == ["S", None]
    with pytest.raises(DataError, match="line 1 has instructions of its own; leave --system out"):
        list(PromptFile(path, system="T").prompts())
    path = written(tmp_path / "b.jsonl", [{"messages": TURNS}])
    with pytest.raises(DataError, match="its messages have instructions of their own"):
        list(PromptFile(path, system="T").prompts())


def test_columns_as_named(tmp_path):
    rows = [{"question": "a", "key": 7, "id": "not this", "prompt": "nor this"}]
    columns = PromptColumns(prompt="question", id="key", left_out=("prompt",))
    assert list(PromptFile(written(tmp_path / "a.jsonl", rows), columns).prompts()) == [
        Prompt("7", "a", None, {"id": "not this"})
    ]


def test_ids_are_found_by_their_usual_names_or_are_numbers_of_rows(tmp_path):
    for column, expected in (("id", "b"), ("prompt_id", "b"), ("key", "0")):
        file = PromptFile(written(tmp_path / f"{column}.jsonl", [{"prompt": "a", column: "b"}]))
        assert [prompt.id for prompt in file.prompts()] == [expected]
        assert file.numbered == (column == "key")


def test_types_of_what_is_carried_along():
    seen = FurtherColumns(["none"])
    for row in (
        {"whole": 1, "number": 1, "flag": True, "mixed": 1, "list": [1], "large": 2**70, "both": 2**60},
        {"whole": None, "number": 1.5, "flag": False, "mixed": "a", "late": "x", "both": 0.5},
    ):
        seen.add(row)
    assert {one.name: str(one.type) for one in seen.fields()} == {
        "none": "string", "whole": "int64", "number": "double", "flag": "bool", "mixed": "string", "list": "string",
        "large": "string", "both": "string", "late": "string",
    }  # fmt: skip


def test_ids_of_a_hundred_thousand_rows_are_told_apart(tmp_path):
    ids = np.arange(100_000).astype(str)
    path = tmp_path / "a.parquet"
    pq.write_table(pa.table({"id": ids, "prompt": ids}), path)
    assert PromptFile(path).check().count == 100_000
    ids[99_000] = "5"
    pq.write_table(pa.table({"id": ids, "prompt": ids}), path)
    with pytest.raises(DataError, match="row 5 and row 99000 both have the id '5'"):
        PromptFile(path).check()


def test_a_file_without_rows(tmp_path):
    pq.write_table(pa.table({"prompt": pa.array([], pa.string())}), tmp_path / "a.parquet")
    with pytest.raises(DataError, match="holds no prompts"):
        PromptFile(tmp_path / "a.parquet").check()


def test_errors_name_what_the_reader_can_change(tmp_path):
    """An option of the command, or where the file is named by a config, its key."""
    path = written(tmp_path / "a.jsonl", [{"text": "a"}])
    keys = PromptWords(prompt="files.prompt", id="files.id")
    with pytest.raises(DataError, match=r"name one with --prompt$"):
        PromptFile(path).check()
    with pytest.raises(DataError, match=r"name one with files\.prompt$"):
        PromptFile(path, words=keys).check()
    with pytest.raises(DataError, match=r"name one with files\.id$"):
        PromptFile(path, PromptColumns(prompt="text", id="no"), words=keys).check()
