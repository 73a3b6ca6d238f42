"""``uncollapse dsir`` as a newcomer runs it: two files in, weights or a selection out."""

import json

import numpy as np
import pandas as pd
import pytest

from uncollapse.commands.dsir import main
from uncollapse.passage_selection.in_memory import dsir_log_weights

COUNT = 200


@pytest.fixture
def corpora(tmp_path):
    rng = np.random.default_rng(0)
    texts = [" ".join(f"{'ab'[number % 2]}{word}" for word in rng.integers(50, size=30)) for number in range(COUNT)]
    pd.DataFrame({"text": [*texts, None]}).to_parquet(tmp_path / "raw.parquet")
    target = [" ".join(f"a{word}" for word in rng.integers(50, size=30)) for _ in range(50)]
    (tmp_path / "target.jsonl").write_text("".join(json.dumps({"text": text}) + "\n" for text in target))
    return tmp_path, texts, target


def test_weights_of_all_documents(corpora, capsys):
    folder, texts, target = corpora
    main([str(folder / "raw.parquet"), str(folder / "target.jsonl")])
    table = pd.read_parquet(folder / "raw.dsir.parquet")
    assert table["text"].tolist() == texts
    assert table["log_weight"].tolist() == dsir_log_weights(texts, target).tolist()
    assert "200 of 201 read, 1 left out (1 without a text, 0 blank)" in capsys.readouterr().out


def test_documents_that_look_like_the_target_are_drawn(corpora):
    folder, texts, _ = corpora
    main([str(folder / "raw.parquet"), str(folder / "target.jsonl"), "--select", "60", "--shortest", "10"])
    table = pd.read_parquet(folder / "raw.dsir.parquet")
    assert len(table) == 60
    assert set(table["document"] % 2) == {0}
    assert table["text"].tolist() == [texts[number] for number in table["document"]]


@pytest.mark.parametrize(
    ("given", "message"),
    [
        (["--select", "1000", "--shortest", "10"], "1,000 rows asked for, but only 200 of 200 can be drawn"),
        (["--select", "1"], "1 rows asked for, but only 0 of 200 can be drawn"),
        (["--output", "x.csv"], "--output x.csv: must end in .parquet"),
        (["--text", "body"], "no column 'body'; there are text"),
    ],
)
def test_mistakes(corpora, given, message):
    folder, *_ = corpora
    with pytest.raises(SystemExit, match="dsir: ") as end:
        main([str(folder / "raw.parquet"), str(folder / "target.jsonl"), *given])
    assert message in str(end.value)
