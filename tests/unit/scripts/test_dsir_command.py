"""``uncollapse dsir`` as a newcomer runs it: two files in, weights or a selection out, with all columns."""

import gzip
import json
import math

import numpy as np
import pandas as pd
import pytest

from uncollapse.commands.dsir import main
from uncollapse.corpora.tables import read_rows
from uncollapse.passage_selection.in_memory import dsir_log_weights

COUNT = 200


@pytest.fixture
def corpora(tmp_path):
    rng = np.random.default_rng(0)
    texts = [" ".join(f"{'ab'[number % 2]}{word}" for word in rng.integers(50, size=30)) for number in range(COUNT)]
    rows = {"id": [f"doc-{number:03}" for number in range(COUNT + 2)], "text": [*texts[:50], None, " ", *texts[50:]]}
    pd.DataFrame(rows | {"n": range(COUNT + 2)}).to_parquet(tmp_path / "raw.parquet")
    target = [" ".join(f"a{word}" for word in rng.integers(50, size=30)) for _ in range(50)]
    (tmp_path / "target.jsonl").write_text("".join(json.dumps({"text": text}) + "\n" for text in target))
    return tmp_path, texts, target


def test_weights_of_all_rows(corpora, capsys):
    folder, texts, target = corpora
    main([str(folder / "raw.parquet"), str(folder / "target.jsonl")])
    table = pd.read_parquet(folder / "raw.dsir.parquet")
    assert list(table) == ["id", "text", "n", "log_weight"]
    assert table["id"].tolist() == [f"doc-{number:03}" for number in range(COUNT + 2)]
    assert table["log_weight"].dropna().tolist() == dsir_log_weights(texts, target).tolist()
    assert table["n"][table["log_weight"].isna()].tolist() == [50, 51]
    assert "202 rows, of 202 read, 2 without a weight (1 without a text, 1 blank)" in capsys.readouterr().out
    assert not list(folder.glob(".*"))


def test_documents_that_look_like_the_target_are_drawn(corpora, capsys):
    folder, texts, _ = corpora
    main([str(folder / "raw.parquet"), str(folder / "target.jsonl"), "--select", "60", "--shortest", "10"])
    table = pd.read_parquet(folder / "raw.dsir.parquet")
    assert len(table) == 60
    assert "60 rows, of 202 read, 2 never drawn (1 without a text, 1 blank)" in capsys.readouterr().out
    assert set(table["n"] % 2) == {0}
    assert table["text"].tolist() == [texts[number - 2 * (number > 50)] for number in table["n"]]


@pytest.mark.parametrize("came", [".csv", ".jsonl.gz", ".parquet"])
@pytest.mark.parametrize("goes", [".parquet", ".jsonl.zst", ".csv.gz", ".tsv"])
def test_every_kind_of_file_with_own_columns(corpora, came, goes):
    folder, *_ = corpora
    raw, output = folder / f"in{came}", folder / f"out{goes}"
    table = pd.read_parquet(folder / "raw.parquet").iloc[40:60]
    if came == ".csv":
        table.to_csv(raw, index=False)
    elif came == ".jsonl.gz":
        with gzip.open(raw, "wt") as file:
            file.write(table.to_json(orient="records", lines=True))
    else:
        table.to_parquet(raw)
    main([str(raw), str(folder / "target.jsonl"), "--output", str(output)])
    rows = [row for _, row in read_rows(output, ["id", "text", "n", "log_weight"])]
    assert [row["id"] for row in rows] == table["id"].tolist()
    assert [int(row["n"]) for row in rows] == table["n"].tolist()
    weighed = [row["log_weight"] for row in rows if row["log_weight"] not in (None, "")]
    assert len(weighed) == 18
    assert all(math.isfinite(float(weight)) for weight in weighed)


def test_draws_follow_the_id_wherever_a_row_stands(corpora):
    folder, *_ = corpora
    shuffled = pd.read_parquet(folder / "raw.parquet").sample(frac=1, random_state=0)
    shuffled.to_parquet(folder / "shuffled.parquet")
    drawn = {}
    for name in ("raw", "shuffled"):
        target, more = str(folder / "target.jsonl"), ["--select", "20", "--shortest", "1", "--id", "id"]
        main([str(folder / f"{name}.parquet"), target, *more])
        drawn[name] = set(pd.read_parquet(folder / f"{name}.dsir.parquet")["id"])
    assert drawn["raw"] == drawn["shuffled"]


def test_a_killed_command_goes_on_where_it_was(corpora, monkeypatch):
    folder, texts, target = corpora
    given = [str(folder / "raw.parquet"), str(folder / "target.jsonl")]

    def killed(*_, **__):
        raise KeyboardInterrupt

    with monkeypatch.context() as patched:
        patched.setattr("uncollapse.candidate_tables.changed_rows.write_changed", killed)
        with pytest.raises(SystemExit, match="goes on from here"):
            main(given)
    kept = list((folder / ".raw.dsir.parquet.features").iterdir())
    assert kept
    monkeypatch.setattr("uncollapse.passage_selection.dsir._save", killed)  # nothing is left to be hashed
    main(given)
    table = pd.read_parquet(folder / "raw.dsir.parquet")
    assert table["log_weight"].dropna().tolist() == dsir_log_weights(texts, target).tolist()


@pytest.mark.parametrize(
    ("given", "message"),
    [
        (["--select", "1000", "--shortest", "10"], "1,000 rows asked for, but only 200 of 200 can be drawn"),
        (["--select", "1"], "1 rows asked for, but only 0 of 200 can be drawn"),
        (["--output", "x.docx"], "--output x.docx: must end in .parquet"),
        (["--output", "no/x.csv"], "there is no folder no"),
        (["--text", "body"], "no column 'body'; there are id, text"),
        (["--id", "key"], "no column 'key'; there are id, text"),
        (["--id", "twice"], "row 0 and row 1 both have 'x' in column 'twice'"),
        (["--id", "log"], "row 0 has 0.5 in column 'log'; ids are whole numbers or texts"),
    ],
)
def test_mistakes(corpora, given, message):
    folder, *_ = corpora
    table = pd.read_parquet(folder / "raw.parquet").assign(twice="x", log=0.5)
    table.to_parquet(folder / "raw.parquet")
    with pytest.raises(SystemExit, match="dsir: ") as end:
        main([str(folder / "raw.parquet"), str(folder / "target.jsonl"), *given])
    assert message in str(end.value)
    assert not list(folder.glob(".*"))


@pytest.mark.parametrize("name", ["raw", "target"])
@pytest.mark.parametrize("content", ["text,n\n", 'text,n\n" ",1\n'])
def test_a_table_without_a_text_is_named(corpora, name, content):
    folder, *_ = corpora
    (folder / f"{name}.csv").write_text(content)
    given = {"raw": folder / "raw.parquet", "target": folder / "target.jsonl"} | {name: folder / f"{name}.csv"}
    with pytest.raises(SystemExit, match=rf"{name}\.csv: no document has a text: [01] read"):
        main([str(given["raw"]), str(given["target"])])
    with pytest.raises(SystemExit, match=rf"{name}\.csv: no column 'body'; there are text, n"):
        main([str(folder / f"{name}.csv"), str(given["target"]), "--text", "body"])
    assert not list(folder.glob(".*"))


def test_weights_of_its_own_are_not_lost(corpora):
    folder, *_ = corpora
    pd.DataFrame({"text": ["a b"], "log_weight": ["mine"]}).to_csv(folder / "raw.csv", index=False)
    with pytest.raises(SystemExit, match="has a column 'log_weight', which would be lost"):
        main([str(folder / "raw.csv"), str(folder / "target.jsonl")])


def test_it_tells_how_long_it_will_take(corpora, capsys, monkeypatch):
    folder, *_ = corpora
    monkeypatch.setattr("uncollapse.jobs.progress.FIRST", 0.0)
    monkeypatch.setattr("uncollapse.passage_selection.dsir.chunks", lambda texts, size: (texts[:100], texts[100:]))
    main([str(folder / "raw.parquet"), str(folder / "target.jsonl")])
    assert "dsir: weigh: 100 of 200 documents" in capsys.readouterr().err
