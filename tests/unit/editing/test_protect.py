"""Tokens within spans that must not be edited."""

import pytest
import tiny_models

from uncollapse.editing.protect import Pieces, protected


@pytest.mark.parametrize(
    ("kinds", "expected"),
    [
        ([], ""),
        (["digits"], "3.14,12:30,1997"),
        (["urls"], "https://a.b/c?d=1,www.x.y"),
        (["code"], "`f(x)`,```\nlong\n```"),
    ],
)
def test_characters_of_spans(kinds, expected):
    text = "pi 3.14 at 12:30 in 1997: https://a.b/c?d= 1 or www.x.y `f(x)` and\n```\nlong\n``` end"
    if kinds == ["digits"]:
        text = text.replace("d= 1", "d=")
    text = text.replace("d= 1", "d=1")
    mask = protected(list(text), kinds)
    found = "".join(character if inside else "\0" for character, inside in zip(text, mask, strict=True))
    assert [part for part in found.split("\0") if part] == [part for part in expected.split(",") if part]


def test_tokens_that_touch_a_span_are_in_it():
    assert protected(["a1", "9", "b", " "], ["digits"]).tolist() == [True, True, False, False]


def test_parts_of_characters_do_not_shift_spans():
    tokenizer = tiny_models.tokenizer()
    ids = tokenizer("café 🙂 1997 é", add_special_tokens=False)["input_ids"]
    pieces = Pieces(tokenizer)(ids)
    assert len(pieces) == len(ids)
    mask = protected(pieces, ["digits"])
    assert tokenizer.decode([token for token, inside in zip(ids, mask, strict=True) if inside]).strip() == "1997"
