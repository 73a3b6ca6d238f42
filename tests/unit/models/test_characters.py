"""Characters to tokens and back, and what is refused."""

from __future__ import annotations

import numpy as np
import pytest

from uncollapse.errors import DataError
from uncollapse.models.characters import STOP, Characters

CHARACTERS = Characters("0123456789+=é")


def test_texts_come_back() -> None:
    texts = ["12+34=", "", "é", "46"]
    encoded = CHARACTERS.encode(texts)
    assert encoded.lengths.tolist() == [6, 0, 1, 2]
    parts = [encoded.tokens[a:b] for a, b in zip(encoded.starts[:-1], encoded.starts[1:], strict=True)]
    assert [CHARACTERS.decode(part) for part in parts] == texts
    assert len(CHARACTERS) == 14


def test_an_answer_ends_at_the_stop_token() -> None:
    assert CHARACTERS.decode(np.array([5, 7, STOP, 1])) == "46"


@pytest.mark.parametrize("character", [" ", "a", "\U0001f600"])
def test_a_character_outside_the_alphabet_is_named(character: str) -> None:
    with pytest.raises(DataError, match=r"'1" + character) as raised:
        CHARACTERS.encode(["12", f"1{character}2", "x"])
    assert repr(character) in str(raised.value)


@pytest.mark.parametrize("alphabet", ["", "aba"])
def test_no_alphabet(alphabet: str) -> None:
    with pytest.raises(DataError):
        Characters(alphabet)
