"""Greedy decoding with kept keys and values against the whole text read anew for every token."""

from __future__ import annotations

import io

import numpy as np
import pytest
import torch
from tiny_decoders import ALPHABET, decoder

from uncollapse.decoding import cached_attention, greedy
from uncollapse.decoding.cached_attention import CachedAttention
from uncollapse.decoding.greedy import generate
from uncollapse.errors import DataError
from uncollapse.jobs.progress import Progress
from uncollapse.models.characters import STOP
from uncollapse.models.decoder import Decoder


@torch.no_grad()
def slowly(model: Decoder, question: str, most_tokens: int) -> list[tuple[str, bool]]:
    """Each member's answer, one question at a time, nothing kept between tokens."""
    answers = []
    for member in range(model.members):
        text = model.characters.encode([question]).tokens.tolist()
        begin = len(text)
        while len(text) < begin + most_tokens:
            attention = CachedAttention(model, torch.zeros(1, dtype=torch.int64), room=len(text))
            tokens = torch.tensor(text).expand(model.members, -1)
            x = model.states(tokens, attention.of_layer, model.matrices(), positions=attention.read(len(text)))
            text.append(int(model.logits(x)[member, -1].argmax()))
            if text[-1] == STOP:
                break
        answers.append((model.characters.decode(np.array(text[begin:])), text[-1] == STOP))
    return answers


def questions(count: int, *, longest: int, seed: int = 0) -> list[str]:
    rng = np.random.default_rng(seed)
    return ["".join(rng.choice(list(ALPHABET), rng.integers(1, longest + 1))) for _ in range(count)]


@pytest.mark.parametrize("positions", ["none", "rotary"])
@pytest.mark.parametrize("seeds", [[3], [3, 4, 5]])
def test_every_member_writes_what_it_would_without_a_cache(
    monkeypatch: pytest.MonkeyPatch, positions: str, seeds: list[int]
) -> None:
    """Questions of several lengths, several batches, answers that end at different times."""
    monkeypatch.setitem(greedy._AT_ONCE, "cpu", 8)
    monkeypatch.setattr(greedy, "MORE", 2)
    monkeypatch.setattr(cached_attention, "MORE", 2)
    model = decoder(seeds, positions=positions)
    asked = questions(20, longest=6)
    written = generate(model, asked, most_tokens=12)
    found = [list(zip(each.texts, each.finished.tolist(), strict=True)) for each in written]
    expected = [slowly(model, question, 12) for question in asked]
    assert found == [list(of_member) for of_member in zip(*expected, strict=True)]
    ended = np.concatenate([each.finished for each in written])
    assert 0.1 < ended.mean() < 0.95  # both ways to end are met
    assert len({len(text) for each in written for text in each.texts}) > 3


def test_answers_do_not_depend_on_the_order_of_the_questions() -> None:
    model, asked = decoder([1, 2]), questions(30, longest=5, seed=1)
    written = generate(model, asked, most_tokens=6)
    backwards = generate(model, asked[::-1], most_tokens=6)
    assert [each.texts[::-1] for each in backwards] == [each.texts for each in written]


def test_batches_are_as_small_as_memory_asks_for(monkeypatch: pytest.MonkeyPatch) -> None:
    model, asked = decoder([1, 2]), questions(30, longest=5, seed=1)
    expected = generate(model, asked, most_tokens=6)
    sizes: list[int] = []
    padded = greedy.padded_left
    monkeypatch.setattr(greedy, "padded_left", lambda texts, rows: sizes.append(len(rows)) or padded(texts, rows))
    each = 2 * 2 * 2 * 16 * (5 + 6) * 4  # keys and values, layers, members, width, positions, bytes
    for room, most in ((7 * each, 7), (1, 1)):
        sizes.clear()
        monkeypatch.setattr(greedy, "_CACHE", room)
        assert [one.texts for one in generate(model, asked, most_tokens=6)] == [one.texts for one in expected]
        assert sizes[0] == most
        assert sum(sizes) == 30


def test_no_questions_no_answers() -> None:
    (written,) = generate(decoder([1]), [], most_tokens=3)
    assert (written.texts, len(written.finished)) == ([], 0)


def test_progress_counts_questions() -> None:
    out = io.StringIO()
    progress = Progress("label", unit="questions", stream=out, interval=0.0)
    generate(decoder([1]), questions(5, longest=3), most_tokens=2, progress=progress)
    assert "5 questions done" in out.getvalue()


def test_what_cannot_be_asked() -> None:
    with pytest.raises(DataError, match="alphabet"):
        generate(decoder([1]), ["x"], most_tokens=3)
    with pytest.raises(ValueError, match="at least one character"):
        generate(decoder([1]), ["a", ""], most_tokens=3)
    with pytest.raises(ValueError, match="most_tokens"):
        generate(decoder([1]), ["a"], most_tokens=0)
