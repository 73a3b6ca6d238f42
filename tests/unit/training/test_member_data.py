"""What members draw: every source at its weight, every example as often, batches that only the own seed decides."""

from __future__ import annotations

from collections import Counter
from itertools import islice

import numpy as np
import pytest
import torch

from uncollapse.errors import DataError
from uncollapse.models.characters import STOP, Characters
from uncollapse.training import member_data
from uncollapse.training.member_data import Draws, Examples, Source
from uncollapse.training.packing import layout, pack

CHARACTERS = Characters("0123456789=")


def source(first: int, last: int, *, weight: float = 1.0) -> Source:
    """Questions ``n=`` with the answer n."""
    return Source(
        questions=[f"{n}=" for n in range(first, last)], answers=[str(n) for n in range(first, last)], weight=weight
    )


def drawn(draws: Draws, member: int = 0) -> list[str]:
    """The questions of a step."""
    ends = np.cumsum(draws.lengths)
    texts = []
    for end, length, asked in zip(ends, draws.lengths, draws.questions, strict=True):
        tokens = draws.tokens[member, end - length : end]
        assert tokens[-1] == STOP
        question = CHARACTERS.decode(tokens[:asked])
        assert CHARACTERS.decode(tokens[asked:]) == question[:-1]
        texts.append(question)
    return texts


def test_every_example_is_drawn_as_often() -> None:
    """Strata of 10, 90 and 60 examples; 480 draws are three each, up to what a stratum is ahead of the others."""
    examples = Examples([source(0, 160)], CHARACTERS, batch_size=16, seeds=[0])
    counts = Counter(text for draws in islice(examples.steps(0), 30) for text in drawn(draws))
    assert sum(counts.values()) == 480
    assert set(counts.values()) <= {2, 3, 4}
    assert sum(counts[f"{n}="] for n in range(10)) == pytest.approx(30, abs=1)
    assert sum(counts[f"{n}="] for n in range(100, 160)) == pytest.approx(180, abs=1)


def test_every_batch_has_its_share_of_each_source_and_length() -> None:
    sources = [source(0, 100, weight=3), source(500, 600, weight=1)]
    examples = Examples(sources, CHARACTERS, batch_size=40, seeds=[0])
    for draws in islice(examples.steps(0), 20):
        numbers = [int(text[:-1]) for text in drawn(draws)]
        assert sum(number >= 500 for number in numbers) == pytest.approx(10, abs=1)
        assert sum(number < 10 for number in numbers) == pytest.approx(3, abs=1)


def test_a_member_draws_by_its_own_seed() -> None:
    alone = Examples([source(0, 160)], CHARACTERS, batch_size=16, seeds=[5])
    together = Examples([source(0, 160)], CHARACTERS, batch_size=16, seeds=[4, 5])
    for one, both in islice(zip(alone.steps(0), together.steps(0), strict=True), 12):
        assert np.array_equal(both.tokens[1], one.tokens[0])
        assert np.array_equal(both.lengths, one.lengths)
        assert drawn(both, 0) != drawn(both, 1)


@pytest.mark.parametrize("first", [1, 7, 8, 29])
def test_a_step_follows_from_its_number(monkeypatch: pytest.MonkeyPatch, first: int) -> None:
    monkeypatch.setattr(member_data, "_AHEAD", 50)
    sources = [source(0, 30, weight=2), source(200, 201)]
    whole = list(islice(Examples(sources, CHARACTERS, batch_size=7, seeds=[1, 2]).steps(0), 33))
    later = islice(Examples(sources, CHARACTERS, batch_size=7, seeds=[1, 2]).steps(first), 4)
    for found, expected in zip(later, whole[first:], strict=False):
        assert np.array_equal(found.tokens, expected.tokens)


def test_blocks_do_not_show(monkeypatch: pytest.MonkeyPatch) -> None:
    def texts() -> list[list[str]]:
        return [drawn(d) for d in islice(Examples([source(0, 160)], CHARACTERS, batch_size=9, seeds=[3]).steps(0), 40)]

    expected = texts()
    monkeypatch.setattr(member_data, "_AHEAD", 37)
    assert texts() == expected


@pytest.mark.parametrize(
    ("sources", "message"),
    [
        ([], "nothing to learn from"),
        ([Source(questions=[], answers=[])], "0 questions"),
        ([Source(questions=["1="], answers=["1", "2"])], "1 questions and 2 answers"),
        ([Source(questions=["1=", ""], answers=["1", "2"])], "empty question"),
        ([source(0, 5, weight=0)], "weight 0"),
        ([Source(questions=["1?"], answers=["1"])], "alphabet"),
    ],
)
def test_nothing_to_learn_from(sources: list[Source], message: str) -> None:
    with pytest.raises(DataError, match=message):
        Examples(sources, CHARACTERS, batch_size=4, seeds=[0])


def test_packed_examples_are_whole_and_see_themselves_alone() -> None:
    examples = Examples([source(0, 1200)], CHARACTERS, batch_size=13, seeds=[0, 1])
    for draws in islice(examples.steps(0), 5):
        packed = pack([draws], device=torch.device("cpu"))
        _, rows, width, _ = packed.hidden.shape
        assert packed.predicting.shape[1] == int((draws.lengths - draws.questions).sum())
        for member in range(2):
            # every example is found again by what its places may look at
            texts = []
            for row in range(rows):
                for place in range(width):
                    place_of_all = row * width + place
                    seen = (~packed.hidden[0, row, place]).nonzero().squeeze(1)
                    position = int(packed.positions[0, place_of_all])
                    if seen[-1] == place and int(packed.tokens[member, place_of_all]) != STOP:
                        assert seen.tolist() == list(range(place - position, place + 1))
                    if place_of_all in (chosen := packed.predicting[member].tolist()):
                        target = int(packed.targets[member, chosen.index(place_of_all)])
                        if target == STOP:
                            read = packed.tokens[member, row * width + seen].numpy()
                            texts.append(CHARACTERS.decode(read))
                        else:
                            assert target == int(packed.tokens[member, place_of_all + 1])
            expected = [text + text[:-1] for text in drawn(draws, member)]
            assert sorted(texts) == sorted(expected)


@pytest.mark.parametrize("seed", range(4))
def test_little_is_padding(seed: int) -> None:
    rng = np.random.default_rng(seed)
    lengths = -np.sort(-rng.integers(3, rng.integers(20, 60), 128))
    width, (starts,), rows = layout([lengths])
    assert lengths.sum() > 0.93 * width * rows
    taken = np.zeros(width * rows, dtype=int)
    for start, length in zip(starts, lengths, strict=True):
        assert start // width == (start + length - 1) // width
        taken[start : start + length] += 1
    assert taken.max() == 1


def test_each_example_goes_into_the_row_that_it_leaves_fullest() -> None:
    """One after the other; of rows that are alike, into the one that was left last."""
    rng = np.random.default_rng(0)
    for _ in range(60):
        lengths = -np.sort(-rng.integers(1, rng.integers(2, 30), rng.integers(1, 60)))
        width, (starts,), rows = layout([lengths])
        room: dict[int, int] = {}  # of each row, the one that was last filled last
        expected = []
        for length in lengths.tolist():
            fitting = [row for row, left in room.items() if left >= length]
            row = min(reversed(fitting), key=lambda each: room[each], default=len(room))
            left = room.pop(row, width)
            expected.append(row * width + width - left)
            room[row] = left - length
        assert starts.tolist() == expected
        assert rows == len(room)
