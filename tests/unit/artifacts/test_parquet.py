"""Parquet files hold what their schema declares, or say which file and column do not."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from uncollapse.artifacts.parquet import (
    ParquetWriter,
    PromptsById,
    as_table,
    check_schema,
    list_column,
    read_row_groups,
    read_table,
    row_account,
    row_count,
    write_table,
)
from uncollapse.artifacts.prompts import prompts as prompt_schema
from uncollapse.errors import ArtifactError
from uncollapse.tasks import eigenvalues

SCHEMA = pa.schema(
    [
        pa.field("id", pa.int64(), nullable=False),
        pa.field("tokens", pa.list_(pa.int16()), nullable=False),
        pa.field("score", pa.float64(), nullable=True),
    ]
)
PROMPTS = prompt_schema(eigenvalues.PROMPT_COLUMNS)


def _columns(rows: int = 3) -> dict[str, object]:
    return {
        "id": np.arange(rows),
        "tokens": np.arange(2 * rows, dtype=np.int16).reshape(rows, 2),
        "score": [None] + [0.5] * (rows - 1),
    }


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "table.parquet"


# write and read


def test_round_trip(path: Path) -> None:
    write_table(path, _columns(), SCHEMA)
    table = read_table(path, SCHEMA)
    assert table.schema == SCHEMA
    assert table.to_pydict() == {"id": [0, 1, 2], "tokens": [[0, 1], [2, 3], [4, 5]], "score": [None, 0.5, 0.5]}
    assert row_count(path) == 3


def test_row_groups_are_read_one_by_one_across_files_in_order(tmp_path: Path) -> None:
    paths = [tmp_path / "b.parquet", tmp_path / "a.parquet"]
    for first, path in zip((0, 10), paths, strict=True):
        with ParquetWriter(path, SCHEMA) as writer:
            for start in (first, first + 5):
                writer.write({**_columns(2), "id": np.array([start, start + 1])})
    assert [table.column("id").to_pylist() for table in read_row_groups(paths, SCHEMA)] == [
        [0, 1],
        [5, 6],
        [10, 11],
        [15, 16],
    ]
    assert read_table(paths, SCHEMA).column("id").to_pylist() == [0, 1, 5, 6, 10, 11, 15, 16]


def test_a_file_without_rows_reads_as_an_empty_table(path: Path) -> None:
    with ParquetWriter(path, SCHEMA):
        pass
    table = read_table(path, SCHEMA)
    assert (len(table), table.schema) == (0, SCHEMA)


def test_equal_content_gives_equal_bytes(tmp_path: Path) -> None:
    """Whatever the path, the time, and the kind of arrays the values come in."""
    first, second, other = tmp_path / "first.parquet", tmp_path / "deep" / "second.parquet", tmp_path / "other.parquet"
    second.parent.mkdir()
    write_table(first, _columns(), SCHEMA)
    write_table(
        second,
        {name: pa.array(list(values), type=SCHEMA.field(name).type) for name, values in _columns().items()},
        SCHEMA,
    )
    write_table(other, {**_columns(), "id": np.array([0, 1, 3])}, SCHEMA)
    assert first.read_bytes() == second.read_bytes()
    assert first.read_bytes() != other.read_bytes()


# row accounts


def test_the_account_of_rows_stands_in_the_footer(path: Path) -> None:
    with ParquetWriter(path, SCHEMA) as writer:
        writer.write(_columns(2))
        writer.count(rows_in=5, kept=2, dropped={"wrong": 3, "late": 0})
        writer.write(_columns(1))
        writer.count(rows_in=4, kept=1, dropped={"wrong": 1, "duplicate": 2})
    assert row_account(path) == {"rows_in": 9, "kept": 3, "dropped": {"duplicate": 2, "wrong": 4}}


def test_write_table_accounts_for_its_rows_by_itself_or_as_told(tmp_path: Path) -> None:
    write_table(tmp_path / "a.parquet", _columns(), SCHEMA)
    assert row_account(tmp_path / "a.parquet") == {"rows_in": 3, "kept": 3, "dropped": {}}
    write_table(tmp_path / "b.parquet", _columns(), SCHEMA, rows_in=4, kept=3, dropped={"wrong": 1})
    assert row_account(tmp_path / "b.parquet") == {"rows_in": 4, "kept": 3, "dropped": {"wrong": 1}}


@pytest.mark.parametrize("account", [{"rows_in": 4, "kept": 3}, {"rows_in": 3, "kept": 3, "dropped": {"wrong": 1}}])
def test_accounts_that_do_not_add_up_are_an_error(path: Path, account: dict[str, object]) -> None:
    with pytest.raises(AssertionError, match="rows in"):
        write_table(path, _columns(), SCHEMA, **account)


def test_an_error_while_writing_is_not_hidden_by_the_account(path: Path) -> None:
    def fail_half_way() -> None:
        with ParquetWriter(path, SCHEMA) as writer:
            writer.count(rows_in=7, kept=0)
            raise KeyError

    with pytest.raises(KeyError):
        fail_half_way()


def test_a_foreign_file_has_no_account(path: Path) -> None:
    pq.write_table(as_table(_columns(), SCHEMA), path)
    assert row_account(path) is None


# what a file may not hold


def _replaced(name: str, column: pa.Array | None) -> pa.Table:
    table = as_table(_columns(), SCHEMA)
    table = table.drop_columns([name]) if name in table.column_names else table
    return table if column is None else table.append_column(name, column)


def _refused(path: Path, *words: str) -> None:
    for read in (lambda: check_schema(path, SCHEMA), lambda: read_table(path, SCHEMA)):
        with pytest.raises(ArtifactError) as caught:
            read()
        for word in (str(path), *words):
            assert word in str(caught.value)


def test_missing_column(path: Path) -> None:
    pq.write_table(_replaced("tokens", None), path)
    _refused(path, "'tokens'", "missing", "int16")


def test_extra_column(path: Path) -> None:
    pq.write_table(_replaced("comment", pa.array(["a", "b", "c"])), path)
    _refused(path, "unexpected", "comment")


@pytest.mark.parametrize(
    ("name", "column", "expected", "found"),
    [
        ("id", pa.array([0, 1, 2], pa.int32()), "int64", "int32"),
        ("score", pa.array([0.0, 1.0, 2.0], pa.float32()), "double", "float"),
        ("tokens", pa.array([[0], [1], [2]], pa.list_(pa.int64())), "int16>", "int64>"),
        ("tokens", pa.array([0, 1, 2], pa.int16()), "list<", "found int16"),
    ],
)
def test_retyped_column(path: Path, name: str, column: pa.Array, expected: str, found: str) -> None:
    pq.write_table(_replaced(name, column), path)
    _refused(path, repr(name), expected, found)


def test_columns_in_another_order_are_read_or_refused_by_name(path: Path) -> None:
    """Such as a file that another program wrote."""
    pq.write_table(as_table(_columns(), SCHEMA).select(["score", "tokens", "id"]), path)
    message = ""
    try:
        assert read_table(path, SCHEMA).equals(as_table(_columns(), SCHEMA))
    except ArtifactError as error:
        message = str(error)
    assert message == "" or str(path) in message


def test_nulls_where_none_are_declared(path: Path) -> None:
    pq.write_table(_replaced("id", pa.array([0, None, 2], pa.int64())), path)
    with pytest.raises(ArtifactError) as caught:
        read_table(path, SCHEMA)
    assert str(path) in str(caught.value)
    assert "'id' has 1 empty" in str(caught.value)


def test_missing_file(path: Path) -> None:
    _refused(path, "no such file")


@pytest.mark.parametrize("share", [0.0, 0.3, 0.9, 0.999])
def test_truncated_file(path: Path, share: float) -> None:
    write_table(path, _columns(1000), SCHEMA)
    whole = path.read_bytes()
    path.write_bytes(whole[: int(len(whole) * share)])
    _refused(path, "delete it and rerun")


def test_damaged_row_group(path: Path) -> None:
    """The footer is whole, so only reading the pages shows it."""
    write_table(path, {**_columns(1000), "id": np.random.default_rng(0).integers(0, 2**60, 1000)}, SCHEMA)
    content = bytearray(path.read_bytes())
    content[4:3000] = bytes(2996)
    path.write_bytes(bytes(content))
    check_schema(path, SCHEMA)
    with pytest.raises(ArtifactError) as caught:
        read_table(path, SCHEMA)
    assert str(path) in str(caught.value)
    assert "row group 0" in str(caught.value)


@pytest.mark.parametrize("change", [{"id": None}, {"extra": [1, 2, 3]}])
def test_columns_to_write_must_be_those_of_the_schema(path: Path, change: dict[str, object]) -> None:
    columns = {name: values for name, values in {**_columns(), **change}.items() if values is not None}
    with pytest.raises(ArtifactError, match="schema declares"):
        write_table(path, columns, SCHEMA)


# list columns


def test_list_column_of_a_slice(path: Path) -> None:
    table = as_table(_columns(5), SCHEMA)
    assert list_column(table.slice(1, 2), "tokens").tolist() == [[2, 3], [4, 5]]
    assert list_column(pa.concat_tables([table, table]), "tokens").shape == (10, 2)


@pytest.mark.parametrize("lists", [[[1, 2], [3]], [[1], [2, 3, 4]], [[1, 2], [], [3, 4, 5, 6]]])
def test_list_column_refuses_ragged_lists(lists: list[list[int]]) -> None:
    """Even where the numbers of tokens happen to divide: values would slip into other rows."""
    table = pa.table({"tokens": pa.array(lists, pa.list_(pa.int16()))})
    with pytest.raises(ArtifactError, match="differ in length"):
        list_column(table, "tokens")


# prompts by id


@pytest.mark.parametrize(
    "ranges",
    [
        [(0, 11)],
        [(0, 2), (3, 4), (5, 11)],  # within a group, across its end, to the end of the file
        [(1, 3), (2, 8), (8, 8), (8, 10)],  # overlapping
        [(6, 7), (11, 11)],  # a shard that begins late
    ],
)
def test_prompts_by_id_across_row_groups(write_prompts: Callable[..., Path], ranges: list[tuple[int, int]]) -> None:
    path = write_prompts([4, 1, 4, 3])
    whole = read_table(path, PROMPTS)
    source = PromptsById(path, PROMPTS)
    for first, last in ranges:
        assert source.range(first, last).equals(whole.slice(first, last - first + 1)), (first, last)


def test_prompts_by_id_beyond_the_file(write_prompts: Callable[..., Path]) -> None:
    path = write_prompts([4, 2])
    with pytest.raises(ArtifactError) as caught:
        PromptsById(path, PROMPTS).range(3, 6)
    assert str(path) in str(caught.value)
    assert "prompt 6" in str(caught.value)
