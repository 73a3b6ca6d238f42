"""Items made of passages: the right choice is what the passage says, and nothing but the passage tells it."""

from __future__ import annotations

import pandas as pd
import pytest

from uncollapse.downstream_tasks.items import BUILDERS, CHOICES, items


def _passages(*, number: int = 12, words: int = 40) -> pd.DataFrame:
    rows = [
        {
            "passage_id": row, "corpus": corpus, "written_by": "machine" if corpus == "chat" else "human",
            "place": (7 * row % 36) / 36, "text": " ".join(f"{corpus}{row}w{place}" for place in range(words)),
        }
        for corpus_number, corpus in enumerate(("news", "plays", "chat"))
        for row in range(corpus_number * number, (corpus_number + 1) * number)
    ]  # fmt: skip
    return pd.DataFrame(rows)


@pytest.mark.parametrize("task", list(BUILDERS))
def test_the_right_choice_is_the_passages_own(task: str) -> None:
    passages = _passages()
    found, dropped = items(passages, task=task, most=10, seed=0)
    texts = passages.set_index("passage_id")["text"]
    assert len(found["answer"]) == 10
    assert sum(dropped.values()) + 10 == len(passages)
    assert dropped["written by a model"] == 12
    for row, (context, choices, answer) in enumerate(
        zip(found["context"], found["choices"], found["answer"], strict=True)
    ):
        assert len(set(choices)) == CHOICES
        text = texts[found["passage_id"][row]]
        assert [f"{context} {choice}" in text for choice in choices] == [place == answer for place in range(CHOICES)]


def test_as_many_of_each_corpus_and_all_places_of_the_answer() -> None:
    found, _ = items(_passages(number=40), task="next_words", most=60, seed=0)
    assert found["corpus"].count("news") == found["corpus"].count("plays") == 30
    assert set(found["answer"]) == set(range(CHOICES))


def test_items_of_some_corpora_alone() -> None:
    found, dropped = items(_passages(), task="next_words", most=10, seed=0, corpora=["plays"])
    assert found["corpus"] == ["plays"] * 10
    assert dropped == {"written by a model": 12, "of another corpus": 12, "more than asked for": 2}
    everything, _ = items(_passages(), task="next_words", most=24, seed=0)
    of_plays = [row for row, corpus in enumerate(everything["corpus"]) if corpus == "plays"]
    assert found["choices"] == [everything["choices"][row] for row in of_plays[:10]]


def test_wrong_words_are_of_the_same_corpus_and_wrong_orders_of_the_same_words() -> None:
    words, _ = items(_passages(), task="last_word", most=10, seed=0)
    for corpus, choices in zip(words["corpus"], words["choices"], strict=True):
        assert all(choice.startswith(corpus) for choice in choices)
    orders, _ = items(_passages(), task="word_order", most=10, seed=0)
    for choices in orders["choices"]:
        assert len({frozenset(choice.split()) for choice in choices}) == 1


def test_a_seed_draws_anew_and_the_same_seed_the_same() -> None:
    first, again, other = (items(_passages(), task="next_words", most=10, seed=seed)[0] for seed in (0, 0, 1))
    assert first == again
    assert first["choices"] != other["choices"]


def test_passages_that_give_too_few_choices_are_counted() -> None:
    same = _passages().assign(text="one one one one one one one one")
    found, dropped = items(same, task="word_order", most=10, seed=0)
    assert found["answer"] == []
    assert dropped["too few different choices"] == 10
