"""The command, end to end, on a model in a folder."""

import contextlib
import importlib.util
import itertools
import json
from pathlib import Path

import numpy as np
import pytest
import tiny_models
from tokenizers import Tokenizer, decoders, models, pre_tokenizers
from transformers import PreTrainedTokenizerFast

from uncollapse.artifacts.edits import EDITS
from uncollapse.artifacts.parquet import read_table
from uncollapse.corpora.tables import read_rows
from uncollapse.editing import corpus
from uncollapse.editing.edits import read_generation, training_texts
from uncollapse.editing.options import tokens_of
from uncollapse.editing.report import marked, summarize
from uncollapse.editing.run import Run
from uncollapse.jobs.parts import Parts
from uncollapse.language.byte_tokenizer import byte_tokenizer

SCRIPT = Path(__file__).parents[3] / "scripts" / "toedit.py"


@pytest.fixture(scope="module")
def toedit():
    spec = importlib.util.spec_from_file_location("toedit_script", SCRIPT)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module.main


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    path = tmp_path_factory.mktemp("model")
    tokenizer = tiny_models.tokenizer()
    tiny_models.model(vocabulary=len(tokenizer), context=64, spread=0.3).save_pretrained(path)
    tokenizer.save_pretrained(path)
    return path


@pytest.fixture
def texts(tmp_path, monkeypatch):
    monkeypatch.setattr(corpus, "PART_DOCUMENTS", 2)
    rng = np.random.default_rng(0)
    words = tiny_models.TEXT.split()
    rows = [{"text": " ".join(rng.choice(words, size)), "ask": "why?"} for size in (30, 1, 12, 7, 50, 3, 9)]
    path = tmp_path / "in.jsonl"
    path.write_text("".join(json.dumps(row) + "\n" for row in [*rows, {"text": "", "ask": ""}]))
    return path


def test_edits_and_reports(toedit, folder, texts, capsys):
    toedit(
        [str(texts), "--model", str(folder), "--threshold", "0.01", "--temperature", "3", "--rescore", "--show", "2"]
    )
    out = tokens_of(texts)
    table = read_table(out, EDITS)
    assert table["document_id"].to_pylist() == list(range(8))
    for row in table.to_pylist():
        expected = [p >= 0.01 for p in row["p"]]
        assert row["eligible"] == expected
        assert row["eligible_tokens"] == sum(expected)
        assert row["changed"] == [old != new for old, new in zip(row["ids"], row["new_ids"], strict=True)]
        assert row["changed_tokens"] == sum(row["changed"])
    summary = summarize(out, threshold=0.01)
    assert 0 < summary.changed <= summary.eligible < summary.tokens
    printed = capsys.readouterr().out
    assert f"{summary.eligible:,}" in printed
    assert f"{summary.changed:,}" in printed
    assert "after" in printed
    assert "->" in printed.split("perplexity")[1]
    tokens = [ids.tolist() for _, ids in training_texts(out)]
    assert tokens == table["new_ids"].to_pylist()
    assert not list(texts.parent.glob(".*.parts"))


def test_resumes_after_a_kill_to_the_same_bytes(toedit, folder, texts, monkeypatch):
    common = [str(texts), "--model", str(folder), "--threshold", "0.01"]
    toedit([*common, "--out", str(texts.parent / "whole.parquet")])
    write, written = Parts.write, []

    def counted(parts, number, columns):
        write(parts, number, columns)
        written.append(number)

    def killed(parts, number, columns):
        if len(written) == 2:
            raise KeyboardInterrupt
        counted(parts, number, columns)

    out = texts.parent / "again.parquet"
    monkeypatch.setattr(Parts, "write", killed)
    with pytest.raises(SystemExit, match="stopped; the same command goes on"):
        toedit([*common, "--out", str(out)])
    assert not out.exists()
    monkeypatch.setattr(Parts, "write", counted)
    toedit([*common, "--out", str(out)])
    assert len(written) == len(set(written)) == 4  # what was there was not done again
    assert out.read_bytes() == (texts.parent / "whole.parquet").read_bytes()


def test_parts_of_other_settings_are_neither_used_nor_lost(toedit, folder, texts, monkeypatch):
    common = [str(texts), "--model", str(folder), "--out", str(texts.parent / "out.parquet")]
    monkeypatch.setattr(Parts, "merge", lambda self: (_ for _ in ()).throw(KeyboardInterrupt))
    with pytest.raises(SystemExit, match="stopped"):
        toedit([*common, "--threshold", "0.01"])
    monkeypatch.undo()
    monkeypatch.setattr(corpus, "PART_DOCUMENTS", 2)
    parts = texts.parent / ".out.parquet.parts"
    before = {path.name: path.read_bytes() for path in parts.iterdir()}
    with pytest.raises(SystemExit, match=f"{parts}: holds parts of a run with other options"):
        toedit([*common, "--threshold", "0.05"])
    assert {path.name: path.read_bytes() for path in parts.iterdir()} == before
    toedit([*common, "--threshold", "0.01", "--device", "cpu"])  # what auto means here
    assert summarize(texts.parent / "out.parquet", threshold=0.01).documents == 8


def test_shards_have_files_of_their_own_unless_told_otherwise(toedit, folder, texts):
    for number in (1, 2):
        toedit([str(texts), "--model", str(folder), "--shard", f"{number}/2"])
    found = [read_table(tokens_of(texts, f".{number}of2"), EDITS) for number in (1, 2)]
    assert [table["document_id"].to_pylist() for table in found] == [[0, 1, 4, 5], [2, 3, 6, 7]]


def test_two_runs_do_not_write_one_file(toedit, folder, texts):
    out = tokens_of(texts)
    with Run(out, {}).alone(), pytest.raises(SystemExit, match=f"{out}: another run is writing it"):
        toedit([str(texts), "--model", str(folder)])
    toedit([str(texts), "--model", str(folder)])


def test_shards_make_up_the_whole(toedit, folder, texts):
    common = [str(texts), "--model", str(folder), "--threshold", "0.01", "--out"]
    toedit([*common, str(texts.parent / "whole.parquet")])
    shards = [texts.parent / f"shard{number}.parquet" for number in (1, 2, 3)]
    for number, path in enumerate(shards, start=1):
        toedit([*common, str(path), "--shard", f"{number}/3"])
    whole = read_table(texts.parent / "whole.parquet", EDITS)
    assert read_table(shards, EDITS).sort_by("document_id").equals(whole)


@pytest.mark.parametrize("frozen", [False, True])
def test_generations(toedit, folder, texts, frozen):
    out = texts.parent / "out.parquet"
    options = ["--generations", "3", "--threshold", "0.01", "--temperature", "3"] + ["--frozen"] * frozen
    toedit([str(texts), "--model", str(folder), "--out", str(out), *options])
    files = [out.with_suffix(f".gen{number}.parquet") for number in (1, 2, 3)]
    tables = [read_table(path, EDITS) for path in files]
    for before, after in itertools.pairwise(tables):
        assert after["ids"].equals(before["new_ids"])
    for number, (path, table) in enumerate(zip(files, tables, strict=True), start=1):
        found = summarize(path, threshold=0.01)
        p = np.concatenate(table["p"].to_pylist())
        assert found.before.tokens_above == (p >= 0.01).sum()
        assert (found.eligible < found.before.tokens_above) == (frozen and number > 1)
    masks = [np.concatenate(table["eligible"].to_pylist()).astype(bool) for table in tables]
    assert (masks[2] & ~masks[0]).any() == (not frozen)


def test_deletion_then_again(toedit, folder, texts):
    out = texts.parent / "out.parquet"
    toedit([str(texts), "--model", str(folder), "--out", str(out), "--delete", "--threshold", "0.01"])
    table = read_table(out, EDITS)
    summary = summarize(out, threshold=0.01)
    assert summary.new_tokens == summary.tokens - summary.eligible
    assert summary.changed == summary.eligible > 0
    assert all(len(part.eligible) == 0 for part in read_generation(out))
    assert table["text"][0].as_py() != json.loads(texts.read_text().splitlines()[0])["text"]


def test_answers_given_their_prompts(toedit, folder, texts):
    out = texts.parent / "out.parquet"
    toedit([str(texts), "--model", str(folder), "--out", str(out), "--prompt-column", "ask"])
    plain = texts.parent / "plain.parquet"
    toedit([str(texts), "--model", str(folder), "--out", str(plain)])
    asked, alone = read_table(out, EDITS), read_table(plain, EDITS)
    assert asked["ids"].equals(alone["ids"])
    assert len(asked["prompt_ids"][0]) > 0
    assert asked["p"][0].as_py() != alone["p"][0].as_py()


@pytest.mark.parametrize(
    ("options", "message"),
    [
        (["--threshold", "1.5"], "--threshold"),
        (["--protect", "names"], "--protect"),
        (["--sampling", "beam"], "--sampling"),
        (["--shard", "3/2"], "--shard 3/2"),
        (["--out", "x.docx"], "must end in .parquet"),
        (["--frozen", "--delete"], "exclude each other"),
        (["--text-column", "body"], "no column 'body'; there are text, ask"),
        (["--sampling", "topk"], "--sampling: Input should be 'top_k', 'top_p' or 'full'"),
        (["--protect", "digits", "digits"], "toedit: protect names a kind of span twice"),
        (["--beginning", "<none>"], "no such token"),
        (["--model", "/nowhere/model"], "/nowhere/model: no such model"),
        (["--model", "nowhere/model"], "cannot be loaded"),
    ],
)
def test_errors_are_told_in_one_line(toedit, folder, texts, options, message, monkeypatch):
    monkeypatch.setattr("huggingface_hub.constants.HF_HUB_OFFLINE", True)
    with pytest.raises(SystemExit) as caught:
        toedit([str(texts), "--model", str(folder), *options])
    text = str(caught.value)
    assert text.startswith("toedit: ")
    assert message in text


def test_own_rows_with_the_edited_text(toedit, folder, tmp_path, capsys):
    texts = ["one two", None, tiny_models.TEXT]
    rows = [{"key": f"doc-{number}", "body": text, "source": "web"} for number, text in enumerate(texts)]
    source, packed, plain = tmp_path / "in.jsonl", tmp_path / "out.csv.gz", tmp_path / "out.jsonl"
    source.write_text("".join(json.dumps(row) + "\n" for row in rows))
    common = [str(source), "--model", str(folder), "--text", "body", "--id", "key"]
    common += ["--threshold", "0.01", "--temperature", "3"]
    toedit([*common, "--rows", str(packed)])
    assert "1 row has no text and is not edited" in capsys.readouterr().err
    edited = read_table(tokens_of(source), EDITS)["text"].to_pylist()
    found = [row for _, row in read_rows(packed, ["key", "body", "source"])]
    assert [row["key"] for row in found] == ["doc-0", "doc-1", "doc-2"]
    assert [row["body"] for row in found] == [edited[0], "", edited[1]]
    assert edited[1] != tiny_models.TEXT
    toedit([*common, "--output", str(tmp_path / "again.parquet"), "--rows", str(plain), "--quiet"])
    assert capsys.readouterr().err == ""
    assert [row["body"] for _, row in read_rows(plain, ["body"])] == [edited[0], None, edited[1]]
    toedit([*common, "--output", str(tmp_path / "fourth.jsonl.gz")])
    assert [row["body"] for _, row in read_rows(tmp_path / "fourth.jsonl.gz", ["body"])] == [edited[0], None, edited[1]]
    assert read_table(tmp_path / "fourth.jsonl.gz.toedit.parquet", EDITS)["text"].to_pylist() == edited
    with pytest.raises(SystemExit, match=r"--rows .*is there already"):
        toedit([*common, "--output", str(tmp_path / "third.parquet"), "--rows", str(packed)])


def test_corpora_that_differ_in_their_kind_alone_have_tokens_of_their_own(toedit, folder, tmp_path):
    (tmp_path / "a.csv").write_text("text\none two three\n")
    (tmp_path / "a.jsonl").write_text('{"text": "four five"}\n')
    for name in ("a.csv", "a.jsonl"):
        toedit([str(tmp_path / name), "--model", str(folder)])
        toedit([str(tmp_path / name), "--model", str(folder), "--output", str(tmp_path / f"out.{name[2:]}")])
    for at in ("a", "out"):
        found = [read_table(tmp_path / f"{at}.{kind}.toedit.parquet", EDITS) for kind in ("csv", "jsonl")]
        assert [len(table) for table in found] == [1, 1]
        assert found[0]["ids"].to_pylist() != found[1]["ids"].to_pylist()


def test_nothing_is_overwritten(toedit, folder, texts):
    out = texts.parent / "out.parquet"
    out.write_text("mine")
    with pytest.raises(SystemExit, match="is there already"):
        toedit([str(texts), "--model", str(folder), "--out", str(out)])
    assert out.read_text() == "mine"


@pytest.mark.parametrize(("option", "value"), [("--generations", "0"), ("--threads", "0"), ("--context", "-3")])
def test_numbers_are_checked_where_they_are_read(toedit, texts, capsys, option, value):
    with pytest.raises(SystemExit):
        toedit([str(texts), "--model", "m", option, value])
    assert f"argument {option}: {value!r} is no whole number of at least 1" in capsys.readouterr().err


def test_letters_of_several_tokens_are_shown_whole():
    """A tokenizer of bytes has four tokens for an emoji, of which two changed ones make up another."""
    tokenizer = byte_tokenizer(["a b"], vocabulary_size=257)
    old, new = (tokenizer(text, add_special_tokens=False)["input_ids"] for text in ("a 😀 b", "a 😁 b"))
    changed = [one != other for one, other in zip(old, new, strict=True)]
    assert sum(changed) == 1  # the last byte
    whole = [False, False, True, True, True, True, False, False]
    assert marked({"ids": old, "new_ids": new, "changed": whole}, tokenizer) == "a [😀->😁] b"
    assert "\ufffd" not in marked({"ids": old, "new_ids": old, "changed": [False] * len(old)}, tokenizer)
    assert marked({"ids": old, "new_ids": old[:2], "changed": [False, False, *[True] * 6]}, tokenizer) == "a [😀 b->]"


def test_spaces_that_words_keep_are_shown():
    """As of Llama 2: the first token of a text loses its space when it is decoded alone."""
    words = {"<unk>": 0, "\u2581the": 1, "\u2581cat": 2, "\u2581dog": 3, "\u2581sat": 4}
    inner = Tokenizer(models.WordLevel(words, unk_token="<unk>"))
    inner.pre_tokenizer, inner.decoder = pre_tokenizers.Metaspace(), decoders.Metaspace()
    tokenizer = PreTrainedTokenizerFast(tokenizer_object=inner, unk_token="<unk>")
    row = {"ids": [1, 2, 4], "new_ids": [1, 3, 4], "changed": [False, True, False]}
    assert marked(row, tokenizer) == "the[ cat-> dog] sat"


def test_a_run_that_waited_for_another_takes_what_it_made(toedit, folder, texts, monkeypatch):
    """Both find nothing; the second is let in when the first has ended, with other options."""
    out = tokens_of(texts)
    common = [str(texts), "--model", str(folder)]
    alone = Run.alone

    @contextlib.contextmanager
    def later(run):
        monkeypatch.setattr(Run, "alone", alone)
        toedit([*common, "--threshold", "0.01"])
        with alone(run):
            yield

    monkeypatch.setattr(Run, "alone", later)
    with pytest.raises(SystemExit, match="is there already"):
        toedit([*common, "--threshold", "0.05"])
    assert summarize(out, threshold=0.01).eligible == sum(read_table(out, EDITS)["eligible_tokens"].to_pylist())
