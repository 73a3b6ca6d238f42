"""uncollapse select: files with every column, a twin unasked, an account that adds up, refusals in one line."""

import json

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from own_candidates import write_candidates

from uncollapse.corpora.tables import read_rows
from uncollapse.row_selection.account import read_account
from uncollapse.row_selection.command import run


@pytest.fixture
def candidates(tmp_path):
    path = tmp_path / "candidates.jsonl"
    write_candidates(path, prompts=30)
    return path


def rows(path):
    return [json.loads(line) for line in path.read_text().splitlines()]


def test_selection_and_twin_are_whole_rows(candidates, tmp_path, capsys):
    run([str(candidates), "--rule", "first", "--output", str(tmp_path / "kept.jsonl")])
    every = {row["id"]: row for row in rows(candidates)}
    kept, twin = rows(tmp_path / "kept.jsonl"), rows(tmp_path / "kept.random.jsonl")
    assert all(every[row["id"]] == row for row in (*kept, *twin))
    assert all(row["accepted"] for row in kept)
    assert [row["prompt_id"] for row in kept] == [row["prompt_id"] for row in twin]
    account = read_account(tmp_path / "kept.selection.json")
    assert account.kept == len(kept)
    assert account.candidates == len(every) == account.kept + sum(account.dropped.values())
    assert account.twin_accepted == np.mean([row["accepted"] for row in twin])
    assert f"random twin, {len(kept)} of the same prompts" in capsys.readouterr().out


def test_parquet_keeps_its_types(candidates, tmp_path):
    table = pa.Table.from_pylist(rows(candidates)).append_column("n", pa.array(np.arange(150, dtype=np.int16)))
    pq.write_table(table, tmp_path / "c.parquet", row_group_size=40)
    run([str(tmp_path / "c.parquet"), "--output", str(tmp_path / "kept.parquet")])
    found = pq.read_table(tmp_path / "kept.parquet")
    assert found.equals(table.filter(table["accepted"]))
    twin = pq.read_table(tmp_path / "kept.random.parquet")
    assert twin.schema == table.schema
    assert len(twin) == len(found)


def test_the_same_from_every_kind_of_file(candidates, tmp_path):
    table = pa.Table.from_pylist(rows(candidates))
    pq.write_table(table, tmp_path / "c.parquet")
    table.to_pandas().to_csv(tmp_path / "c.csv", index=False)
    ids = []
    for name in ("candidates.jsonl", "c.parquet", "c.csv"):
        output = tmp_path / f"{name}.kept.jsonl"
        run([str(tmp_path / name), "--rule", "top", "--n", "20", "--output", str(output)])
        ids.append([[row["id"] for row in rows(path)] for path in (output, tmp_path / f"{name}.kept.random.jsonl")])
    assert ids[0] == ids[1] == ids[2]
    run([str(tmp_path / "c.csv"), "--output", str(tmp_path / "kept.csv")])
    assert (tmp_path / "kept.csv").read_text().startswith("id,prompt_id,prompt,text,accepted,score,source\n")


@pytest.mark.parametrize("goes", [".parquet", ".jsonl.zst", ".csv.gz", ".tsv"])
def test_into_every_kind_of_file(candidates, tmp_path, goes, capsys):
    talk = [{"role": "user", "content": "?"}]
    every = [row | {"prompt": talk} for row in rows(candidates)]
    candidates.write_text("".join(json.dumps(row) + "\n" for row in every))
    run([str(candidates), "--rule", "top", "--n", "20", "--output", str(tmp_path / "kept.jsonl")])
    run([str(candidates), "--rule", "top", "--n", "20", "--output", str(tmp_path / f"other{goes}"), "--quiet"])
    for part in ("", ".random"):
        found = [row for _, row in read_rows(tmp_path / f"other{part}{goes}", ["id", "prompt", "text"])]
        assert [row["id"] for row in found] == [row["id"] for row in rows(tmp_path / f"kept{part}.jsonl")]
        as_text = goes in (".csv.gz", ".tsv")
        assert found[0]["prompt"] == (json.dumps(talk) if as_text else talk)
    assert (tmp_path / "other.selection.json").is_file()
    assert capsys.readouterr().err == ""


def test_a_prompt_and_its_samples_are_an_id(tmp_path):
    path = tmp_path / "c.jsonl"
    some = [
        {"prompt_id": f"p{n // 2}", "sample": n % 2, "prompt": "?", "text": "x", "accepted": n % 3 > 0}
        for n in range(8)
    ]
    path.write_text("".join(json.dumps(row) + "\n" for row in some))
    run([str(path), "--output", str(tmp_path / "kept.jsonl")])
    assert rows(tmp_path / "kept.jsonl") == [row for row in some if row["accepted"]]


def test_twins_that_are_hardly_others_are_told(tmp_path, capsys):
    path = tmp_path / "c.jsonl"
    path.write_text(
        "".join(json.dumps({"id": n, "prompt": n, "text": "x", "accepted": n > 3}) + "\n" for n in range(9))
    )
    run([str(path), "--output", str(tmp_path / "kept.jsonl")])
    assert "100% of the twin are in the selection too" in capsys.readouterr().out


def test_a_budget_that_does_not_suffice_says_how_many_more(candidates, tmp_path, capsys):
    output = str(tmp_path / "kept.jsonl")
    run([str(candidates), "--rule", "budget", "--n", "40", "--budget", "60", "--output", output])
    kept = len(rows(tmp_path / "kept.jsonl"))
    more = round((40 - kept) * 60 / kept)
    told = f"{kept} of 40 were reached within 60 candidates; at this rate it takes {more} more"
    assert f"{told}: --budget {60 + more} looks at as many" in capsys.readouterr().out
    run([str(candidates), "--rule", "budget", "--n", "90", "--output", output, "--overwrite"])
    kept = len(rows(tmp_path / "kept.jsonl"))
    more = round((90 - kept) * 150 / kept)
    told = f"{more} more: uncollapse sample --n {5 + int(np.ceil(more / 30))} goes on from the 5 of each prompt"
    assert told in capsys.readouterr().out


@pytest.mark.parametrize(
    ("given", "said"),
    [
        (["--rule", "top", "--output", "kept.jsonl"], "--rule top takes --n"),
        (["--rule", "threshold", "--output", "kept.jsonl"], "takes --threshold"),
        (["--output", "kept.docx"], "must end in .parquet"),
        (["--output", "none/kept.jsonl"], "there is no folder"),
        (["--output", "kept.parquet.gz"], "all but .parquet also in .gz or .zst"),
        (["--output", "candidates.jsonl"], "is the table itself"),
        (["--output", "kept.jsonl", "--kept", "good"], "no column 'good'; there are id, prompt_id"),
        (["--output", "kept.jsonl", "--threshold", "99"], "nothing is kept: 150 not accepted. Nothing was written"),
    ],
)
def test_refusals(candidates, tmp_path, monkeypatch, given, said):
    monkeypatch.chdir(tmp_path)
    with pytest.raises(SystemExit, match=said):
        run(["candidates.jsonl", *given])
    assert [path.name for path in tmp_path.iterdir()] == ["candidates.jsonl"]


def test_nothing_is_written_over_unasked(candidates, tmp_path):
    output = ["--output", str(tmp_path / "kept.jsonl")]
    run([str(candidates), *output])
    with pytest.raises(SystemExit, match="is there; name another, or say --overwrite"):
        run([str(candidates), *output])
    run([str(candidates), *output, "--overwrite"])
