"""``uncollapse sample --from``: candidates that exist already become the table that sampling writes."""

import json

import pandas as pd
import pyarrow.parquet as pq
import pytest

from faulty_server import FaultyServer
from uncollapse.commands.sample import main

PROMPTS = [{"id": f"p{number}", "prompt": f"{number} + 1?", "answer": number + 1} for number in range(3)]
GIVEN = [
    {"prompt_id": "p2", "text": "3", "log_prob": -0.5, "completion_tokens": 2},
    {"prompt_id": "p0", "text": "1", "status": "cut_off", "reason": "too long", "finish_reason": "length"},
    {"prompt_id": "p2", "text": " "},
    {"prompt_id": "p0", "text": "", "status": "rejected", "reason": "HTTP 400"},
]


def write(path, rows):
    path.write_text("".join(json.dumps(row) + "\n" for row in rows), encoding="utf-8")
    return path


def sample(folder, rows=GIVEN, *given, prompts=PROMPTS):
    files = write(folder / "prompts.jsonl", prompts), write(folder / "given.jsonl", rows)
    code = main([str(files[0]), "--from", str(files[1]), *given])
    return code, folder / "prompts.candidates.parquet"


def test_candidates_come_in_the_prompts_order_with_what_is_known_of_each(tmp_path, capsys):
    code, path = sample(tmp_path)
    table = pd.read_parquet(path)
    assert code == 0
    assert table["prompt_id"].tolist() == ["p0", "p2", "p2"]
    assert table["sample"].tolist() == [0, 0, 1]
    assert table["status"].tolist() == ["cut_off", "ok", "empty"]
    assert table["reason"].tolist() == ["too long", "", "no text"]
    assert table["answer"].tolist() == [1, 3, 3]
    assert table["log_prob"].tolist()[1] == -0.5
    assert table["completion_tokens"].tolist()[1] == 2
    beside = pd.read_parquet(path.with_suffix(".without_answer.parquet"))
    assert beside[["prompt_id", "sample", "status"]].values.tolist() == [["p0", 1, "rejected"]]
    told = capsys.readouterr()
    assert "3 of 4 candidates" in told.out
    assert "1 prompt has no candidate" in told.err


def test_columns_of_the_prompts_come_back_lists_and_blocks_as_json(tmp_path):
    asked = {"id": "p0", "prompt": "0 + 1?", "tags": ["a", "b"], "from": {"book": 3}, "level": 2}
    _, path = sample(tmp_path, [{"prompt_id": "p0", "text": "1"}], prompts=[asked])
    (row,) = pd.read_parquet(path).to_dict("records")
    assert (json.loads(row["tags"]), json.loads(row["from"]), row["level"]) == (["a", "b"], {"book": 3}, 2)


def test_the_table_has_the_columns_of_one_that_was_sampled(tmp_path):
    _, path = sample(tmp_path)
    asked = tmp_path / "asked.parquet"
    with FaultyServer().running() as server:
        main([str(tmp_path / "prompts.jsonl"), "--model", "tiny", "--endpoint", server.url, "--output", str(asked)])
    assert pq.read_schema(path).equals(pq.read_schema(asked), check_metadata=False)


def test_other_names_of_columns(tmp_path):
    rows = [{"question": "p1", "said": "2", "text": 7}]
    _, path = sample(tmp_path, rows, "--text", "said", "--prompt-id", "question")
    assert pd.read_parquet(path)["text"].tolist() == ["2"]


@pytest.mark.parametrize(
    ("row", "options", "told"),
    [
        ({"prompt_id": "p9", "text": "x"}, [], r"line 5 is of prompt 'p9', which is none of .*--prompt-id"),
        ({"prompt_id": None, "text": "x"}, [], "line 5 has no id of a prompt"),
        ({"prompt_id": "p1", "text": 7}, [], "line 5: column 'text' holds a int"),
        ({"prompt_id": "p1", "text": "x", "status": "fine"}, [], "line 5 has the status 'fine'"),
        ({"prompt_id": "p1", "text": "x", "log_prob": "low"}, [], "line 5: column 'log_prob' holds 'low', no number"),
        ({"prompt_id": "p1", "text": "x", "log_prob": float("nan")}, [], "line 5: column 'log_prob' holds nan, no n"),
        ({"prompt_id": "p1", "text": "x", "completion_tokens": -5}, [], "'completion_tokens' holds -5, no number of"),
        ({"prompt_id": "p1", "text": "x", "completion_tokens": 2.5}, [], "'completion_tokens' holds 2.5, no number of"),
        ({"prompt_id": "p1", "text": "x"}, ["--text", "answer"], "no column 'answer'.*correct --text"),
    ],
)
def test_what_cannot_be_read_is_refused_with_its_place_and_nothing_is_written(tmp_path, row, options, told):
    first = [GIVEN[1] | {"log_prob": -1.0}, *GIVEN[1:]]
    with pytest.raises(SystemExit, match=told):
        sample(tmp_path, [*first, row], *options)
    assert not list(tmp_path.glob("*.parquet"))


def test_a_first_row_without_a_text_is_no_file_without_texts(tmp_path):
    _, path = sample(tmp_path, [{"prompt_id": "p1", "status": "rejected"}, {"prompt_id": "p1", "text": "2"}])
    assert pd.read_parquet(path)["text"].tolist() == ["2"]


def test_columns_that_are_not_carried_along_are_named(tmp_path, capsys):
    sample(
        tmp_path, [{"prompt_id": "p1", "text": "2", "accepted": False}, {"prompt_id": "p1", "text": "3", "score": 1}]
    )
    assert "not carried along: accepted, score" in capsys.readouterr().err


def test_a_column_of_both_files_is_refused(tmp_path):
    with pytest.raises(SystemExit, match="column 'answer' is one of the prompts too"):
        sample(tmp_path, [{"prompt_id": "p1", "text": "2", "answer": 3}])


def test_prompts_without_ids_are_refused(tmp_path):
    with pytest.raises(SystemExit, match=r"no column of ids.*--id"):
        sample(tmp_path, [{"prompt_id": "1", "text": "2"}], prompts=[{"prompt": "0 + 1?"}, {"prompt": "1 + 1?"}])


def test_what_is_there_stays(tmp_path):
    there = write(tmp_path / "prompts.candidates.jsonl", [{"precious": 1}])
    with pytest.raises(SystemExit, match="is there already"):
        sample(tmp_path, GIVEN, "--output", str(there))
    assert json.loads(there.read_text()) == {"precious": 1}


def test_options_of_a_model_are_refused(tmp_path, capsys):
    for options in (["--model", "m"], ["--n", "2"], ["--endpoint", "http://x/v1"]):
        with pytest.raises(SystemExit):
            sample(tmp_path, GIVEN, *options)
        assert f"{options[0]} is about a model that is asked" in capsys.readouterr().err
    with pytest.raises(SystemExit):
        main([str(tmp_path / "prompts.jsonl")])
    assert "--from FILE" in capsys.readouterr().err
