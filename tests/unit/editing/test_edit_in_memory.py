"""ToEdit of a list of texts: as the command edits them."""

import json

import numpy as np
import tiny_models

from uncollapse.artifacts.edits import EDITS
from uncollapse.artifacts.parquet import read_table
from uncollapse.commands.toedit import main
from uncollapse.editing.in_memory import edit_texts
from uncollapse.editing.settings import EditSettings

TEXTS = [tiny_models.TEXT, "words, then it writes", "", "See www.example.org/a-b again and again and again."]


def test_texts_are_edited_as_the_command_edits_a_file(tmp_path):
    tokenizer = tiny_models.tokenizer()
    model = tiny_models.model(vocabulary=len(tokenizer), context=64, spread=0.3)
    model.save_pretrained(tmp_path / "model")
    tokenizer.save_pretrained(tmp_path / "model")
    (tmp_path / "in.jsonl").write_text("".join(json.dumps({"text": text}) + "\n" for text in TEXTS))
    main([str(tmp_path / "in.jsonl"), "--model", str(tmp_path / "model"), "--threshold", "0.02", "--seed", "3"])
    table = read_table(tmp_path / "in.jsonl.toedit.parquet", EDITS)
    edited = edit_texts(TEXTS, model, tokenizer, EditSettings(threshold=0.02, seed=3))
    assert edited.texts == table["text"].to_pylist()
    assert [row.tolist() for row in edited.ids] == table["new_ids"].to_pylist()
    assert edited.eligible.tolist() == table["eligible_tokens"].to_pylist()
    assert edited.changed.tolist() == table["changed_tokens"].to_pylist()
    assert 0 < edited.changed.sum() <= edited.eligible.sum() <= edited.tokens.sum()
    assert np.array_equal(edited.tokens, [len(row) for row in edited.ids])


def test_no_texts_at_all():
    tokenizer = tiny_models.tokenizer()
    edited = edit_texts([], tiny_models.model(vocabulary=len(tokenizer)), tokenizer)
    assert (edited.texts, edited.ids, edited.changed.tolist()) == ([], [], [])
