"""Columns of candidates in types that programs other than pandas write: the same numbers, truths and prompts."""

import json
from decimal import Decimal

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from uncollapse.candidate_tables.pool import read_pool
from uncollapse.candidate_tables.roles import Roles
from uncollapse.corpora.cells import digest, text_of
from uncollapse.errors import DataError
from uncollapse.proxy.of_table import read_candidates
from uncollapse.verification.columns import Columns
from uncollapse.verification.reading import rows

PROMPTS = {
    "large texts in a dictionary": pa.array(["b", "a", "b", "c"], pa.large_string()).dictionary_encode(),
    "two bytes": pa.array(np.array([1, 2, 1, 3], np.float16)),
    "decimals": pa.array([Decimal("1.00"), Decimal("2.00"), Decimal("1.00"), Decimal("3.00")]),
    "times": pa.array([1, 2, 1, 3], pa.timestamp("ns", "Europe/Berlin")),
    "bytes": pa.array([b"1", b"2", b"1", b"3"]),
    "small": pa.array([1, 2, 1, 3], pa.uint8()),
    "pieces": pa.array([{"a": 1, "b": None}, {"a": 1, "b": 2}, {"a": 1, "b": None}, {"a": 2, "b": 2}]),
}


@pytest.mark.parametrize("name", list(PROMPTS))
def test_prompts_are_told_apart(name, tmp_path):
    pq.write_table(pa.table({"prompt": PROMPTS[name]}), tmp_path / "a.parquet")
    table = read_candidates(tmp_path / "a.parquet", {"--prompt": ["prompt"]})
    for found in (table.places("prompt"), table.groups("prompt")[0], table.places_or_own("prompt")):
        assert found.tolist() in ([0, 1, 0, 2], [1, 0, 1, 2])


SCORES = [0.5, 2.0, -1.0, 0.25]


@pytest.mark.parametrize(
    "column",
    [
        pa.array(np.array(SCORES, np.float16)),
        pa.array([Decimal(str(one)) for one in SCORES]),
        pa.array([str(one) for one in SCORES], pa.string_view()),
        pa.array([str(one) for one in SCORES], pa.string_view()).cast(pa.large_string()).dictionary_encode(),
        pa.array(SCORES).dictionary_encode(),
    ],
    ids=lambda column: str(column.type),
)
def test_numbers_are_numbers(column, tmp_path):
    pq.write_table(pa.table({"score": column}), tmp_path / "a.parquet")
    table = read_candidates(tmp_path / "a.parquet", {"--score": ["score"]})
    assert table.numbers("score").tolist() == SCORES


@pytest.mark.parametrize(
    "kind", [pa.string(), pa.large_string(), pa.string_view(), pa.dictionary(pa.int8(), pa.large_string())]
)
def test_a_blank_text_of_any_type_is_missing(kind, tmp_path):
    pq.write_table(pa.table({"kept": pa.array(["1", " ", None, "1"]).cast(kind)}), tmp_path / "a.parquet")
    true, known = read_candidates(tmp_path / "a.parquet", {"--kept": ["kept"]}).truth_where_known("kept")
    assert known.tolist() == [True, False, False, True]
    assert true[known].tolist() == [True, True]
    with pytest.raises(DataError, match="column 'kept' has 2 missing values"):
        read_candidates(tmp_path / "a.parquet", {"--kept": ["kept"]}).truth("kept")


@pytest.mark.parametrize(("kind", "bits"), [(pa.float16(), 11), (pa.float32(), 24), (pa.float64(), 53)])
def test_ids_whose_last_digits_are_lost_are_refused_by_every_command(kind, bits, tmp_path):
    """Of 2**24 and its neighbour, a column of four bytes has one number."""
    numpy = {11: np.float16, 24: np.float32, 53: np.float64}[bits]
    lost, kept = (pa.array(np.array([first, first + 1], numpy), kind) for first in (2**bits, 2**bits - 2))
    other = {"text": ["a", "b"], "accepted": [True, False], "id": [0, 1]}
    path = tmp_path / "a.parquet"
    roles = Roles(id="id", prompt_id="prompt", text="text", kept="accepted")
    pq.write_table(pa.table(other | {"prompt": lost}), path)
    for read in (
        lambda: read_candidates(path, {"--prompt": ["prompt"]}).places("prompt"),
        lambda: read_pool(path, roles, told=None),
        lambda: list(rows(path, Columns(text="text", prompt_id="prompt"))),
    ):
        with pytest.raises(DataError, match=rf"2\*\*{bits} and more, where neighbours are one number"):
            read()
    pq.write_table(pa.table(other | {"prompt": kept}), path)
    assert read_candidates(path, {"--prompt": ["prompt"]}).places("prompt").tolist() == [0, 1]
    assert read_pool(path, roles, told=None).prompt.tolist() in ([0, 1], [1, 0])


@pytest.mark.parametrize("missing", [None, " ", float("nan")])
def test_candidates_without_a_prompt_are_not_of_one_prompt(missing, tmp_path):
    row = {"text": "t", "accepted": True}
    (tmp_path / "a.jsonl").write_text(
        "".join(json.dumps(row | {"id": n, "prompt_id": one}) + "\n" for n, one in enumerate(["p", missing, missing]))
    )
    roles = Roles(id="id", prompt_id="prompt_id", text="text", kept="accepted")
    with pytest.raises(DataError, match="line 2 has no prompt in column 'prompt_id'; fill or drop that row"):
        read_pool(tmp_path / "a.jsonl", roles, told=None)


def test_messages_that_differ_in_a_call_of_a_tool_are_two():
    call = {"role": "assistant", "content": None, "tool_calls": [{"name": "add", "arguments": {"a": 1}}]}
    other = call | {"tool_calls": [{"name": "add", "arguments": {"a": 2}}]}
    assert digest([call]) != digest([other])
    assert text_of([call]) == 'assistant:  {"tool_calls": [{"arguments": {"a": 1}, "name": "add"}]}'
    plain = {"role": "user", "content": "a"}
    assert digest([plain]) == digest([plain | {"tool_calls": None, "name": ""}])
