"""What one table cannot tell is said: a verdict that is the label. What a mixture hides is looked for: its parts."""

from __future__ import annotations

import json

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from uncollapse.proxy.command import run
from uncollapse.proxy.report import exact_number


def write(path, **columns):
    rows = zip(*columns.values(), strict=True)
    path.write_text(",".join(columns) + "\n" + "".join(",".join(map(str, row)) + "\n" for row in rows))
    return str(path)


def test_one_column_is_not_both_label_and_verdict(tmp_path) -> None:
    table = write(tmp_path / "t.csv", correct=[1, 0] * 20, score=[1, 0] * 20)
    for given in (["--kept", "correct"], ["--score", "correct"], ["--correct", "score", "--score", "score"]):
        with pytest.raises(SystemExit, match="is named as the label and as the verifier's word"):
            run([table, "--independent", *given])


def test_a_verdict_that_is_the_label_is_told(tmp_path, capsys) -> None:
    right = np.arange(100) < 40
    told = "Note: the verdict is the label in all of 100 rows with one"
    table = write(tmp_path / "t.csv", correct=right * 1, kept=right * 1, score=right * 1.0)
    for given in ([], ["--score", "score", "--threshold", "0.5"], ["--score", "score"]):
        assert run([table, "--independent", *given, "--output", str(tmp_path / "o.json")]) == 0
        assert told in capsys.readouterr().out
        assert len(json.loads((tmp_path / "o.json").read_text())["notes"]) == 1
    kept = right.copy()
    kept[50] = True
    assert run([write(tmp_path / "t.csv", correct=right * 1, kept=kept * 1), "--independent"]) == 0
    assert "Note:" not in capsys.readouterr().out


@pytest.mark.parametrize("column", ["model", "source", "generator"])
def test_a_part_of_a_mixture_that_is_surely_wrong(tmp_path, capsys, column) -> None:
    rng = np.random.default_rng(0)
    small = np.arange(600) % 4 == 0
    right = rng.random(600) < np.where(small, 0.1, 0.8)
    kept = rng.random(600) < np.where(right, 0.8, 0.4)
    columns = {"correct": right * 1, "kept": kept * 1, "text": np.arange(600)}
    names = np.where(small, "small", np.where(np.arange(600) == 5, "", "large"))
    assert run([write(tmp_path / "t.csv", **columns, **{column: names}), "--independent"]) == 3
    assert f"where {column} is small (" in capsys.readouterr().out
    for values in (["one"] * 600, np.arange(600)):  # of one part, and of more than slices can be
        assert run([write(tmp_path / "t.csv", **columns, **{column: values}), "--independent"]) == 0
        assert f"Kept precision by {column}" not in capsys.readouterr().out


def test_a_threshold_is_printed_as_it_has_to_be_given_again(tmp_path, capsys) -> None:
    """A third and two thirds are no numbers of six digits: what is rounded keeps other candidates."""
    score = np.tile([1 / 3, 2 / 3, 0.1, 1.0], 60)
    right = np.tile([0, 1, 0, 1], 60)
    right[::40] = 1 - right[::40]
    table = write(tmp_path / "t.csv", correct=right, score=score, loss=-score)
    for given in (["--score", "score"], ["--score", "loss", "--lower"]):
        assert run([table, "--independent", *given]) == 0
        printed = capsys.readouterr().out
        line = next(one for one in printed.splitlines() if one.startswith(f"{given[1]} "))
        at = line.rstrip(":").split()[-1]
        kept = next(one for one in printed.splitlines() if one.startswith("240 candidates"))
        assert run([table, "--independent", *given, f"--threshold={at}"]) == 0
        assert kept in capsys.readouterr().out


def test_exact_numbers_are_read_back_as_they_were() -> None:
    for number in (0.0, -1e-3, 2 / 3, 1e300, 123456789.0, np.float64(0.1) + np.float64(0.2)):
        assert float(exact_number(number)) == number


def test_less_than_a_half_is_no_go_without_a_warning(tmp_path, capsys) -> None:
    columns = {"correct": [1] * 45 + [0] * 55 + [0] * 100, "kept": [1] * 100 + [0] * 100}
    table = write(tmp_path / "t.csv", **columns)
    assert run([table, "--independent", "--least-precision", "0.3"]) == 3
    told = "that more than a half of what is kept is right is not shown"
    assert told in capsys.readouterr().out
    columns["correct"][45:75] = [1] * 30
    assert run([write(tmp_path / "t.csv", **columns), "--independent", "--least-precision", "0.3"]) == 0
    assert told not in capsys.readouterr().out


@pytest.mark.parametrize("suffix", [".csv", ".parquet"])
@pytest.mark.parametrize("name", ["source", "question", "id"])
def test_a_name_of_two_columns_that_nobody_asked_for_is_looked_at_by_none(tmp_path, capsys, suffix, name) -> None:
    right, number = np.arange(100) % 10 > 2, np.arange(100)
    columns = {"prompt": number, "correct": right * 1, "kept": (number % 10 > 1) * 1, "one": number % 2, "two": number}
    path = tmp_path / f"t{suffix}"
    if suffix == ".csv":
        write(path, **columns)
        path.write_text(path.read_text().replace("one,two", f"{name},{name}"))
    else:
        table = pa.table(columns)
        pq.write_table(table.rename_columns([*table.column_names[:3], name, name]), path)
    assert run([str(path), "--prompt", "prompt"]) == 0
    assert f"by {name}" not in capsys.readouterr().out


def test_columns_of_more_values_than_slices_are_shown_are_no_slices(tmp_path, capsys) -> None:
    right, number = np.arange(200) % 10 > 2, np.arange(200)
    columns = {"correct": right * 1, "kept": (number % 10 > 1) * 1}
    for different, shown in ((50, True), (51, False)):
        table = write(tmp_path / "t.csv", **columns, source=number % different)
        assert run([table, "--independent"]) == 0
        assert ("Kept precision by source" in capsys.readouterr().out) is shown
