"""Candidates of a model in this process: the same table, and the same answers however the work is cut."""

import json

import pandas as pd
import pytest
import tiny_models

from uncollapse.commands.sample import main

TEMPLATE = "{% for m in messages %}{{ m.role }}: {{ m.content }}\n{% endfor %}assistant:"


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    path = tmp_path_factory.mktemp("model")
    tokenizer = tiny_models.tokenizer()
    tokenizer.chat_template = TEMPLATE
    tiny_models.model(vocabulary=len(tokenizer), context=64, spread=0.3).save_pretrained(path)
    tokenizer.save_pretrained(path)
    return path


def sample(folder, path, *given, n=2, output="out.parquet"):
    output = path.with_name(output)
    assert main([*map(str, [path, "--model", folder, "--n", n, "--max-tokens", 6, "--output", output, *given])]) == 0
    files = [output, output.with_suffix(".without_answer.parquet")]
    return pd.concat([pd.read_parquet(path) for path in files if path.exists()], ignore_index=True)


def written(path, rows):
    path.write_text("".join(json.dumps(row) + "\n" for row in rows))
    return path


ROWS = [{"id": f"p{number}", "prompt": f"say {number}", "answer": str(number)} for number in range(40)]


def test_a_table_like_that_of_a_server(folder, tmp_path):
    table = sample(folder, written(tmp_path / "a.jsonl", ROWS))
    assert len(table) == 80
    assert set(table["status"]) <= {"ok", "cut_off", "empty"}
    assert (table["log_prob"] < 0).all()
    assert table["completion_tokens"].between(1, 6).all()
    assert set(table.loc[table["status"] == "cut_off", "finish_reason"]) <= {"length"}
    tokenizer = tiny_models.tokenizer()
    read = tokenizer("user: say 0\nassistant:", add_special_tokens=False)["input_ids"]
    assert table["prompt_tokens"][0] == len(read)
    assert table["text"].nunique() > 40


def test_answers_do_not_depend_on_what_else_is_asked(folder, tmp_path):
    whole = sample(folder, written(tmp_path / "a.jsonl", ROWS), n=3)
    some = sample(folder, written(tmp_path / "b.jsonl", ROWS[35:]), n=3, output="other.parquet")
    assert whole[whole["prompt_id"].isin(some["prompt_id"])]["text"].tolist() == some["text"].tolist()
    fewer = sample(folder, tmp_path / "a.jsonl", n=1, output="third.parquet")
    assert fewer["text"].tolist() == whole[whole["sample"] == 0]["text"].tolist()
    more = sample(folder, tmp_path / "a.jsonl", n=3, output="third.parquet")
    assert more["text"].tolist() == whole["text"].tolist()


def test_another_seed_is_another_draw(folder, tmp_path):
    path = written(tmp_path / "a.jsonl", ROWS[:5])
    first, second = (sample(folder, path, "--seed", seed, n=1)["text"].tolist() for seed in (0, 1))
    assert first != second


def test_a_prompt_that_is_too_long_is_a_row_with_its_reason(folder, tmp_path):
    table = sample(folder, written(tmp_path / "a.jsonl", [ROWS[0], {"id": "long", "prompt": "x" * 500}]), n=1)
    assert table["status"].tolist()[1] == "rejected"
    assert "context has room for 58" in table["reason"][1]


@pytest.mark.parametrize(
    ("rows", "given", "message"),
    [
        ([{"prompt": "a <|endoftext|> b"}], [], "prompt '0' holds the special token '<|endoftext|>'"),
        ([{"prompt": "a"}], ["--temperature", "0", "--n", "2"], "temperature 0 gives the same answer every time"),
        ([{"prompt": "a"}], ["--model", "./nowhere"], "./nowhere: no such model"),
        ([{"prompt": "a"}], ["--endpoint", "nonsense"], "must be an address"),
    ],
)
def test_mistakes(folder, tmp_path, rows, given, message):
    with pytest.raises(SystemExit, match="sample: ") as end:
        main([str(written(tmp_path / "a.jsonl", rows)), "--model", str(folder), *given])
    assert message in str(end.value)


def test_a_chat_needs_a_chat_template(tmp_path):
    tokenizer = tiny_models.tokenizer()
    tiny_models.model(vocabulary=len(tokenizer), context=64).save_pretrained(tmp_path / "plain")
    tokenizer.save_pretrained(tmp_path / "plain")
    path = written(tmp_path / "a.jsonl", ROWS[:2])
    with pytest.raises(SystemExit, match="has no chat template: give --kind completions"):
        sample(tmp_path / "plain", path)
    assert len(sample(tmp_path / "plain", path, "--kind", "completions")) == 4
