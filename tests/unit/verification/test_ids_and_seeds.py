"""``uncollapse verify --id`` and ``--seed``: failures by the candidate's name, and one seed for whatever draws."""

import json

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from uncollapse.commands import verify

NOISY = "noisy:truth=right,phi=0.6,psi=0.4,sample=text"


def table(path, rows=200, **columns):
    """Candidates, two a prompt; some are right."""
    every = range(rows)
    held = {
        "prompt_id": [f"p{n // 2}" for n in every],
        "text": [f"x{n}" for n in every],
        "right": [None if n in (3, 5) else n % 3 == 0 for n in every],
    }
    pq.write_table(pa.table(held | columns), path)
    return path


def run(source, output, *given):
    verify.main([str(source), "--output", str(output), "--threads", "1", *map(str, given)])
    return pq.read_table(output)


@pytest.mark.parametrize(
    ("columns", "options", "first"),
    [
        ({"id": [f"q{n}" for n in range(200)]}, [], "id q3"),
        ({"name": list(range(200))}, ["--id", "name"], "name 3"),
        ({"sample": [n % 2 for n in range(200)]}, [], "prompt_id and sample p1/1"),
        ({}, [], "row 3"),
    ],
)
def test_the_first_failure_is_named(tmp_path, capsys, columns, options, first):
    source = table(tmp_path / "in.parquet", **columns)
    run(source, tmp_path / "out.parquet", "--verifier", NOISY, *options)
    assert f"2: nothing in column 'right' (first: {first})\n" in capsys.readouterr().out
    with pytest.raises(SystemExit, match=rf"\(2\)\. Mend this .* The first without a verdict: of noisy {first}$"):
        run(source, tmp_path / "more.parquet", "--verifier", NOISY, "--most-failed", 0, *options)


def test_a_named_id_must_tell_candidates_apart(tmp_path, capsys):
    twice = [f"q{max(n, 1)}" for n in range(200)]
    source = table(tmp_path / "in.parquet", id=twice)
    options = ["--verifier", NOISY]
    with pytest.raises(SystemExit, match=r"row 0 and row 1 both have the id 'q1' \(1 such pairs\): .*--id"):
        run(source, tmp_path / "out.parquet", *options, "--id", "id")
    assert not (tmp_path / "out.parquet").exists()
    with pytest.raises(SystemExit, match="no column 'uuid'; there are prompt_id, text, right, id: name one with --id"):
        run(source, tmp_path / "out.parquet", *options, "--id", "uuid")
    with pytest.raises(SystemExit, match="row 3 has no right: each candidate needs one"):
        run(source, tmp_path / "out.parquet", *options, "--id", "right")
    run(source, tmp_path / "out.parquet", *options)  # nobody asked for ids, and no verifier needs them
    said = capsys.readouterr()
    assert "note: " in said.err
    assert "both have the id 'q1'" in said.err
    assert "(first: row 3)" in said.out


def accepted(source, output, *given):
    return run(source, output, *given)["noisy.accepted"].to_pylist()


def test_a_seed_is_that_of_verifiers_without_their_own(tmp_path, capsys):
    source = table(tmp_path / "in.parquet")
    by = {
        name: accepted(source, tmp_path / f"{name}.parquet", "--verifier", verifier, *given)
        for name, verifier, given in (
            ("none", NOISY, []),
            ("zero", NOISY, ["--seed", 0]),
            ("three", NOISY, ["--seed", 3]),
            ("own", f"{NOISY},seed=3", []),
            ("both", f"{NOISY},seed=3", ["--seed", 4]),
        )
    }
    assert by["none"] == by["zero"] != by["three"]
    assert by["three"] == by["own"] == by["both"]
    config = tmp_path / "verifiers.yaml"
    config.write_text(
        json.dumps({"verifiers": {"noisy": {"truth": "right", "phi": 0.6, "psi": 0.4, "sample": "text"}}})
    )
    assert accepted(source, tmp_path / "file.parquet", "--config", config, "--seed", 3) == by["three"]
    assert "none of these verifiers draws" not in capsys.readouterr().err
    run(source, tmp_path / "format.parquet", "--verifier", "format:regex=x", "--seed", 3)
    assert "note: --seed: none of these verifiers draws" in capsys.readouterr().err


def test_parts_of_another_seed_are_not_gone_on_with(tmp_path):
    source, options = table(tmp_path / "in.parquet"), ["--verifier", NOISY, "--most-failed", 0]
    with pytest.raises(SystemExit, match="no verdict"):
        run(source, tmp_path / "out.parquet", *options, "--seed", 3)
    with pytest.raises(SystemExit, match="parts of a run with other options"):
        run(source, tmp_path / "out.parquet", *options, "--seed", 4)
    ids = table(tmp_path / "in.parquet", id=[str(n) for n in range(200)])  # another table
    with pytest.raises(SystemExit, match="another state of the table"):
        run(ids, tmp_path / "out.parquet", *options, "--seed", 3)
