"""Training files: read back by datasets, by the rules of TRL's formats, with all that was left out counted.

Where TRL is installed, ``test_trl_takes_exports.py`` hands them to its own trainers.
"""

import gzip
import json
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
import yaml
from own_candidates import accepted_in, write_candidates

from uncollapse.exports.command import run
from uncollapse.exports.formats import ROLES
from uncollapse.row_selection.command import run as select

CONVERSATION = [{"role": "system", "content": "Be short."}, {"role": "user", "content": "2 + 2?"}]


def write(path, rows):
    path.write_text("".join(json.dumps({"id": n, "accepted": True} | row) + "\n" for n, row in enumerate(rows)))
    return path


def rows_of(path):
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]


def follows_trl(row, kind, conversational):
    """Rules of TRL's documented dataset formats (dataset_formats, of version 1.16)."""
    keys = {
        "chat": ["messages"],
        "completion": ["prompt", "completion"],
        "preferences": ["prompt", "chosen", "rejected"],
    }
    assert list(row) == keys[kind]
    for name, value in row.items():
        if kind != "chat" and not conversational:
            assert isinstance(value, str)
            assert value
            continue
        assert isinstance(value, list)
        assert all(
            set(one) == {"role", "content"} and one["role"] in ROLES and isinstance(one["content"], str)
            for one in value
        )
        assert value[-1]["role"] == ("user" if name == "prompt" else "assistant")
        if name in ("completion", "chosen", "rejected"):
            assert len(value) == 1


@pytest.fixture
def candidates(tmp_path):
    path = tmp_path / "candidates.jsonl"
    write_candidates(path, prompts=20)
    return path


@pytest.mark.parametrize("conversational", [False, True])
@pytest.mark.parametrize("kind", ["chat", "completion", "preferences"])
def test_formats(candidates, tmp_path, kind, conversational):
    from datasets import load_dataset

    output = tmp_path / "train.jsonl"
    run([str(candidates), "--format", kind, "--output", str(output), *["--conversational"] * conversational])
    rows = rows_of(output)
    assert len(rows) == (20 if kind == "preferences" else 100)
    for row in rows:
        follows_trl(row, kind, conversational)
    read = load_dataset("json", data_files=str(output), split="train", cache_dir=str(tmp_path / "cache"))
    assert read.to_list() == rows


def test_a_conversation_and_a_system_text(tmp_path):
    path = write(tmp_path / "c.jsonl", [{"prompt": CONVERSATION, "text": "4"}])
    run([str(path), "--output", str(tmp_path / "t.jsonl")])
    assert rows_of(tmp_path / "t.jsonl") == [{"messages": [*CONVERSATION, {"role": "assistant", "content": "4"}]}]
    path = write(tmp_path / "d.jsonl", [{"prompt": "2 + 2?", "system": "Be short.", "text": "4"}])
    run([str(path), "--format", "completion", "--output", str(tmp_path / "u.jsonl")])
    assert rows_of(tmp_path / "u.jsonl") == [
        {"prompt": CONVERSATION, "completion": [{"role": "assistant", "content": "4"}]}
    ]


def test_conversations_of_a_csv_and_of_a_parquet_file(tmp_path):
    (tmp_path / "c.csv").write_text('id,prompt,text\n1,"' + json.dumps(CONVERSATION).replace('"', '""') + '",4\n')
    pq.write_table(pa.table({"id": [1], "messages": [CONVERSATION], "text": ["4"]}), tmp_path / "c.parquet")
    for name in ("c.csv", "c.parquet"):
        run([str(tmp_path / name), "--output", str(tmp_path / f"{name}.jsonl")])
        assert rows_of(tmp_path / f"{name}.jsonl")[0]["messages"][:2] == CONVERSATION


def test_rows_that_cannot_be_trained_on_are_counted(tmp_path, capsys):
    path = write(
        tmp_path / "c.jsonl",
        [
            {"prompt": "a", "text": "ok"},
            {"prompt": "a", "text": " \n"},
            {"prompt": "a", "text": None},
            {"prompt": " ", "text": "x"},
            {"prompt": "a", "text": "\ud83d"},
            {"prompt": [{"from": "human", "value": "a"}], "text": "x"},
            {"prompt": [*CONVERSATION, {"role": "assistant", "content": "4"}], "text": "x"},
            {"prompt": [{"role": "user", "content": [{"type": "image", "url": "x"}]}], "text": "x"},
            {"prompt": [{"role": "user", "content": [{"type": "text", "text": "a"}]}], "text": "x"},
            {"prompt": "a", "text": "ü = 🎲 \u2028"},
        ],
    )
    run([str(path), "--output", str(tmp_path / "t.jsonl")])
    said = capsys.readouterr().out
    assert "3 rows, format chat" in said
    for number, reason in ((2, "an empty candidate"), (1, "a prompt without text"), (1, "half a character"),
                           (1, "a prompt that is no conversation"), (1, "a conversation that ends with an answer"),
                           (1, "a message that is more than text")):  # fmt: skip
        assert f"  {number} left out: {reason}" in said
    assert (tmp_path / "t.jsonl").read_bytes().count(b"\n") == 3


def test_a_conversation_with_calls_of_tools_is_left_out_and_no_call_is_lost(tmp_path, capsys):
    call = {"role": "assistant", "content": "", "tool_calls": [{"name": "add", "arguments": "{}"}]}
    turns = [{"role": "user", "content": "a"}, call, {"role": "tool", "content": "4"}]
    plain = [{"role": "user", "content": "a", "tool_calls": None, "name": ""}]
    path = write(tmp_path / "c.jsonl", [{"prompt": turns, "text": "x"}, {"prompt": plain, "text": "y"}])
    run([str(path), "--output", str(tmp_path / "t.jsonl")])
    assert "  1 left out: a message that is more than text" in capsys.readouterr().out
    (row,) = map(json.loads, (tmp_path / "t.jsonl").read_text().splitlines())
    assert row["messages"] == [{"role": "user", "content": "a"}, {"role": "assistant", "content": "y"}]


@pytest.mark.parametrize("kind", ["completion", "preferences"])
def test_a_prompt_of_instructions_alone_is_left_out(tmp_path, capsys, kind):
    alone = [{"role": "developer", "content": "Write a poem."}]
    rows = [
        {"prompt": prompt, "text": text, "accepted": text == "a"} for prompt in (alone, CONVERSATION) for text in "ab"
    ]
    path = write(tmp_path / "c.jsonl", rows)
    run([str(path), "--format", kind, "--output", str(tmp_path / "t.jsonl")])
    assert "left out: a conversation that ends with instructions" in capsys.readouterr().out
    assert all(row["prompt"] == CONVERSATION for row in rows_of(tmp_path / "t.jsonl"))
    run([str(path), "--output", str(tmp_path / "chat.jsonl")])
    assert len(rows_of(tmp_path / "chat.jsonl")) == 4


PAIRS = [  # prompt, score, text
    ("a", 0.1, "worst"), ("a", 0.9, "best"), ("a", 0.5, "middle"),
    ("b", 0.5, "x"), ("b", 0.5, "y"),
    ("c", 0.5, "alone"),
    ("d", 0.2, "same"), ("d", 0.8, "same"),
    ("e", 0.5, "near"), ("e", 0.55, "nearer"),
    ("f", None, "none"), ("f", 0.4, "one"),
]  # fmt: skip


def test_pairs_are_best_against_worst_and_ties_are_counted(tmp_path, capsys):
    rows = [{"prompt": prompt, "score": score, "text": text} for prompt, score, text in PAIRS]
    path = write(tmp_path / "c.jsonl", rows)
    run([str(path), "--format", "preferences", "--margin", "0.1", "--output", str(tmp_path / "p.jsonl")])
    assert rows_of(tmp_path / "p.jsonl") == [{"prompt": "a", "chosen": "best", "rejected": "worst"}]
    said = capsys.readouterr().out
    for number, reason in ((2, "a prompt with one candidate"), (1, "a tie of the best and the worst"),
                           (1, "a difference below the margin"), (1, "a pair of the same text")):  # fmt: skip
        assert f"  {number} left out: {reason}" in said
    run([str(path), "--format", "preferences", "--lower", "--output", str(tmp_path / "q.jsonl")])
    assert rows_of(tmp_path / "q.jsonl")[0] == {"prompt": "a", "chosen": "worst", "rejected": "best"}


def test_pairs_by_a_verdict(tmp_path):
    rows = [{"prompt": "a", "text": str(n), "accepted": n in (2, 3)} for n in range(5)]
    path = write(tmp_path / "c.jsonl", rows)
    run([str(path), "--format", "preferences", "--output", str(tmp_path / "p.jsonl")])
    assert rows_of(tmp_path / "p.jsonl") == [{"prompt": "a", "chosen": "2", "rejected": "0"}]


@pytest.mark.parametrize("conversational", [False, True])
def test_texts_that_are_all_dates_are_told(tmp_path, capsys, conversational):
    from datasets import Dataset, load_dataset

    path = write(tmp_path / "c.jsonl", [{"prompt": f"{n}?", "text": f"2026-12-0{n}"} for n in range(1, 4)])
    output, cache = tmp_path / "t.jsonl.gz", str(tmp_path / "cache")
    run([str(path), "--format", "completion", "--output", str(output), *["--conversational"] * conversational])
    assert "every text of completion is a date" in capsys.readouterr().out
    with gzip.open(output, "rt") as file:
        rows = [json.loads(line) for line in file]
    assert load_dataset("json", data_files=str(output), split="train", cache_dir=cache).to_list() != rows
    assert Dataset.from_list(rows).to_list() == rows
    run([str(path), "--output", str(tmp_path / "chat.jsonl")])  # beside the prompts they stay texts
    assert "is a date" not in capsys.readouterr().out
    read = load_dataset("json", data_files=str(tmp_path / "chat.jsonl"), split="train", cache_dir=cache)
    assert read.to_list() == rows_of(tmp_path / "chat.jsonl")


def test_columns_are_carried_along(candidates, tmp_path):
    run([str(candidates), "--output", str(tmp_path / "t.jsonl"), "--carry", "id", "source"])
    assert list(rows_of(tmp_path / "t.jsonl")[0]) == ["messages", "id", "source"]


@pytest.mark.parametrize("name", ["messages", "prompt", "text", "label", "labels", "image"])
def test_a_carried_column_that_a_trainer_reads_is_refused(tmp_path, name):
    path = write(tmp_path / "c.jsonl", [{"question": "a", "candidate": "b", "accepted": True, name: "x"}])
    given = [str(path), "--prompt", "question", "--text", "candidate", "--output", str(tmp_path / "t.jsonl")]
    with pytest.raises(SystemExit, match=f"--carry {name}: trainers take a column of that name"):
        run([*given, "--carry", name])
    assert not (tmp_path / "t.jsonl").exists()
    if name == "label":  # of a completion it makes an unpaired preference
        run([*given, "--carry", name, "--format", "completion"])
        assert rows_of(tmp_path / "t.jsonl") == [{"prompt": "a", "completion": "b", "label": "x"}]


@pytest.mark.parametrize(
    ("given", "said"),
    [
        (["--output", "t.parquet"], "must end in .jsonl"),
        (["--output", "none/t.jsonl"], "there is no folder"),
        (["--output", "candidates.jsonl"], "is the table itself"),
        (["--output", "t.jsonl", "--carry", "x"], "no column 'x'; there are id"),
        (["--output", "t.jsonl", "--card", "c.md", "--audit", "none.json"], "none.json: no such file"),
        (["--output", "t.jsonl", "--text", "answer"], "no column 'answer'"),
        (["--output", "t.jsonl", "--format", "preferences", "--margin", "99"], "there is no pair: 20 for a difference"),
    ],
)  # fmt: skip
def test_refusals(candidates, tmp_path, monkeypatch, given, said):
    monkeypatch.chdir(tmp_path)
    with pytest.raises(SystemExit, match=said):
        run(["candidates.jsonl", *given])
    assert [path.name for path in tmp_path.iterdir()] == ["candidates.jsonl"]


def test_mixed_prompts_are_told(tmp_path):
    path = write(tmp_path / "c.jsonl", [{"prompt": "a", "text": "x"}, {"prompt": CONVERSATION, "text": "x"}])
    given = [str(path), "--format", "completion", "--output", str(tmp_path / "t.jsonl")]
    with pytest.raises(SystemExit, match="line 2 is a conversation, and the prompts before it are texts"):
        run(given)
    run([*given, "--conversational"])
    assert len(rows_of(tmp_path / "t.jsonl")) == 2


def test_card(tmp_path, capsys):
    path = tmp_path / "c.parquet"
    rows = [
        {"prompt_id": f"p{n // 4}", "sample": n % 4, "prompt": "?", "text": f"t{n}", "accepted": n % 4 == 1,
         "prompt_tokens": 10, "completion_tokens": 30}
        for n in range(40)
    ]  # fmt: skip
    table = pa.Table.from_pylist(rows)
    pq.write_table(
        table.replace_schema_metadata({b"uncollapse.sampling": b'{"model": "a|b<script>", "base_url": "x"}'}), path
    )
    select([str(path), "--output", str(tmp_path / "kept.parquet")])
    audit = tmp_path / "audit.json"
    rate = {"value": 0.75, "low": 0.5, "high": None}
    audit.write_text(json.dumps({
        "decision": {"word": "GO-BUT", "sentence": "good.", "warnings": ["lost *prompts*"]}, "labels": 40.0,
        "rates": {name: rate | {"high": 0.9} for name in ("p", "phi", "psi", "kept_precision")} | {"p_star": rate},
        "notes": ["a note"], "contents": accepted_in(path),
    }))  # fmt: skip
    card = tmp_path / "CARD.md"
    run([str(tmp_path / "kept.parquet"), "--output", str(tmp_path / "train.jsonl"), "--card", str(card),
         "--audit", str(audit), "--prices", "1", "10"])  # fmt: skip
    said = card.read_text()
    for line in (
        "| candidates | 40 |", "| dropped: not accepted | 30 |", "| selected, of 10 of 10 prompts | 10 |",
        "| rows of the file | 10 |", "| candidates sampled | 4.0 |", "| prompt tokens | 40 |",
        "| completion tokens | 120 |", "| money, at 1 and 10 a million tokens | 0.00124 |", "**GO-BUT**: good.",
        "- but lost \\*prompts\\*", "| 40 labels by hand | 95% interval |", "- a note",
        "| sampling: model | a\\|b\\<script\\> |", "| sampling: base\\_url | x |", "data_files: \"train.jsonl\"",
    ):  # fmt: skip
        assert line in said, line
    assert "unknown |" in said
    run([str(path), "--output", str(tmp_path / "all.jsonl"), "--card", str(tmp_path / "ALL.md")])
    assert "it has no account of the selection" in capsys.readouterr().out
    assert "Nobody has audited it" in (tmp_path / "ALL.md").read_text()


def kept_of(tmp_path, rows=8):
    """A selection with its account."""
    rows = [{"id": n, "prompt_id": f"p{n}", "prompt": "?", "text": f"t{n}", "accepted": True} for n in range(rows)]
    pq.write_table(pa.Table.from_pylist(rows), tmp_path / "c.parquet")
    select([str(tmp_path / "c.parquet"), "--output", str(tmp_path / "kept.parquet"), "--overwrite"])
    return tmp_path / "kept.parquet"


@pytest.mark.parametrize(
    ("file", "card", "told"),
    [
        ("train.jsonl", "README.md", 'data_files: "train.jsonl"'),
        ("data/train \N{ROCKET}.jsonl", "README.md", 'data_files: "data/train \N{ROCKET}.jsonl"'),
        ("train.jsonl", "data/README.md", None),
    ],
)
def test_a_card_names_its_file_from_where_it_lies(tmp_path, file, card, told):
    (tmp_path / "data").mkdir()
    run([str(kept_of(tmp_path)), "--output", str(tmp_path / file), "--card", str(tmp_path / card)])
    said = (tmp_path / card).read_text()
    head = yaml.safe_load(said.split("---\n")[1])
    assert head["tags"] == ["synthetic", "rejection-sampling"]
    if told is None:
        assert "configs" not in head
    else:
        from datasets import load_dataset

        assert told in said
        rows = load_dataset(str((tmp_path / card).parent), split="train", cache_dir=str(tmp_path / "cache"))
        assert len(rows) == 8


@pytest.mark.parametrize(
    ("given", "said"),
    [
        (["--card", "train.jsonl"], "--output and --card are the same file"),
        (["--card", "CARD.md", "--audit", "CARD.md"], "--card and --audit are the same file"),
        (["--card", "CARD.md", "--audit", "./train.jsonl"], "--output and --audit are the same file"),
    ],
)
def test_no_two_files_of_a_call_are_the_same(tmp_path, monkeypatch, given, said):
    kept = kept_of(tmp_path)
    monkeypatch.chdir(tmp_path)
    with pytest.raises(SystemExit, match=said):
        run([str(kept), "--output", "train.jsonl", "--overwrite", *given])
    assert not Path("train.jsonl").exists()


def test_an_account_of_other_rows_than_the_table_has_is_left_out_of_the_card(tmp_path, capsys):
    kept = kept_of(tmp_path)
    pq.write_table(pq.read_table(kept).slice(2), kept)
    run([str(kept), "--output", str(tmp_path / "train.jsonl"), "--card", str(tmp_path / "CARD.md")])
    assert f"{tmp_path / 'kept.selection.json'} is of 8 rows, and {kept} has 6" in capsys.readouterr().out
    said = (tmp_path / "CARD.md").read_text()
    assert "| rows of the file | 6 |" in said
    assert "candidates" not in said.split("## Is the verifier")[0]


RATES = {name: {"value": 0.75, "low": 0.5, "high": 0.9} for name in ("p", "phi", "psi", "kept_precision", "p_star")}
AUDIT = {"decision": {"word": "GO", "sentence": "good.", "warnings": []}, "labels": 8.0, "rates": RATES, "kept": 8}


@pytest.mark.parametrize(
    "content",
    [
        "", "[]", "3", "null", "{}", "[[" * 100_000, '"GO"', b"\xff\xfe",
        AUDIT | {"labels": "8"}, AUDIT | {"labels": True}, AUDIT | {"labels": float("nan")}, AUDIT | {"kept": "8"},
        AUDIT | {"rates": RATES | {"p": 0.5}}, AUDIT | {"rates": RATES | {"p": {"value": "0.5", "low": 0, "high": 1}}},
        AUDIT | {"rates": {"p": RATES["p"]}}, AUDIT | {"decision": "GO"}, AUDIT | {"notes": "a note"},
        AUDIT | {"decision": {"word": "GO", "sentence": "good.", "warnings": "none"}},
        AUDIT | {"decision": {"word": "GO", "sentence": None, "warnings": []}},
    ],
)  # fmt: skip
def test_what_is_no_audit_is_refused_before_anything_is_written(tmp_path, content):
    kept, audit = kept_of(tmp_path), tmp_path / "audit.json"
    written = content if isinstance(content, str) else content if isinstance(content, bytes) else json.dumps(content)
    audit.write_bytes(written if isinstance(written, bytes) else written.encode())
    call = [str(kept), "--output", str(tmp_path / "t.jsonl"), "--card", str(tmp_path / "C.md"), "--audit", str(audit)]
    with pytest.raises(SystemExit, match=r"audit\.json: not what uncollapse audit read --output writes \("):
        run(call)
    assert not (tmp_path / "t.jsonl").exists()
    audit.write_text(json.dumps(AUDIT | {"contents": accepted_in(tmp_path / "c.parquet")}))
    run(call)
