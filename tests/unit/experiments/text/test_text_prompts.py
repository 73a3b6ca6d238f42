"""Prompts of a corpus: what a document becomes, and splits that share none."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from uncollapse.artifacts.corpora import DOCUMENTS
from uncollapse.artifacts.parquet import ParquetWriter, read_table, row_account, write_table
from uncollapse.artifacts.prompts import TEXT_PROMPTS
from uncollapse.errors import DataError
from uncollapse.experiments.text import prompts as sampling
from uncollapse.experiments.text.prompt_settings import TextDataSettings, TextSampleSettings
from uncollapse.experiments.text.prompts import example, write_prompts

DATA = TextDataSettings(corpus="any", prompt_words=4, answer_words=5, template="Read: {prompt} Write:")
SAMPLE = TextSampleSettings(test=5, validation=4, pool=20, train_share=0.25)


@pytest.fixture
def corpus(tmp_path: Path) -> Path:
    """40 documents that can serve, and five that cannot."""
    texts = [f"Story {number} is about the number {number}." for number in range(40)]
    leads = [f"It is {number}." for number in range(40)]
    texts += ["", "No lead here.", "A lead that is too long.", texts[0], f"  {texts[1]}  "]
    leads += ["Nothing follows.", "", "one two three four five six", "Twice.", "Thrice."]
    path = tmp_path / "corpus.parquet"
    rows = len(texts)
    columns = {"document_id": list(range(rows)), "source": [""] * rows, "title": ["T"] * rows}
    write_table(path, {**columns, "lead": leads, "text": texts}, DOCUMENTS)
    return path


@pytest.fixture
def rows_of(corpus: Path, tmp_path: Path) -> Callable[..., list[dict]]:
    """The rows of one split."""

    def write(split: str, *, settings: TextSampleSettings = SAMPLE, draw: int | None = None) -> list[dict]:
        path = tmp_path / f"{split}.parquet"
        with ParquetWriter(path, TEXT_PROMPTS) as writer:
            write_prompts(writer, corpus, DATA, settings, split=split, draw=draw)
        return read_table(path, TEXT_PROMPTS).to_pylist()

    return write


def test_the_prompt_is_the_opening_within_the_template() -> None:
    made = example("", "Short lead.", "One two  three\nfour five six.", DATA)
    assert (made.prompt, made.answer, made.dropped) == ("Read: One two three four Write:", "Short lead.", "")


def test_a_template_may_hold_braces_of_the_text() -> None:
    assert example("", "Yes.", "{prompt} {x}", DATA).prompt == "Read: {prompt} {x} Write:"


def test_sizes_of_splits(rows_of: Callable[..., list[dict]]) -> None:
    sizes = {split: len(rows_of(split)) for split in ("test", "validation", "synthesize", "train")}
    assert sizes == {"test": 5, "validation": 4, "synthesize": 20, "train": 5}


def test_splits_share_no_prompt_but_for_the_generators_part_of_the_pool(rows_of: Callable[..., list[dict]]) -> None:
    found = {split: {row["prompt"] for row in rows_of(split)} for split in ("test", "validation", "synthesize")}
    assert len(set.union(*found.values())) == 29
    assert {row["prompt"] for row in rows_of("train")} < found["synthesize"]


def test_rows_are_numbered_and_lie_in_the_order_of_documents(rows_of: Callable[..., list[dict]]) -> None:
    rows = rows_of("synthesize")
    assert [row["prompt_id"] for row in rows] == list(range(20))
    documents = [row["document_id"] for row in rows]
    assert documents == sorted(documents)


def test_every_document_is_accounted_for(rows_of: Callable[..., list[dict]], tmp_path: Path) -> None:
    rows_of("test")
    account = row_account(tmp_path / "test.parquet")
    assert account is not None
    assert (account["rows_in"], account["kept"]) == (45, 5)
    assert account["dropped"] == {
        "empty lead": 1,
        "empty text": 1,
        "lead of more than 5 words": 1,
        "of another split, or beyond the pool": 35,
        "the same prompt as an earlier document's": 2,
    }


def test_a_larger_test_split_holds_the_smaller_one(rows_of: Callable[..., list[dict]]) -> None:
    few = {row["prompt"] for row in rows_of("test")}
    many = {row["prompt"] for row in rows_of("test", settings=SAMPLE.model_copy(update={"test": 9}))}
    assert few < many


def test_another_seed_draws_others(rows_of: Callable[..., list[dict]]) -> None:
    first = {row["prompt"] for row in rows_of("synthesize")}
    assert first != {row["prompt"] for row in rows_of("synthesize", settings=SAMPLE.model_copy(update={"seed": 1}))}


def test_further_draws_share_the_test_prompts_and_have_pools_of_their_own(rows_of: Callable[..., list[dict]]) -> None:
    aside = {row["prompt"] for split in ("test", "validation") for row in rows_of(split)}
    pools = [{row["prompt"] for row in rows_of("synthesize", draw=draw)} for draw in (None, 1, 2)]
    assert [len(pool) for pool in pools] == [20, 20, 20]
    assert not aside & set.union(*pools)
    assert pools[0] != pools[1] != pools[2]
    for draw, pool in zip((1, 2), pools[1:], strict=True):
        part = {row["prompt"] for row in rows_of("train", draw=draw)}
        assert len(part) == 5
        assert part < pool


def test_a_draw_of_all_others_differs_in_the_generators_part_alone(rows_of: Callable[..., list[dict]]) -> None:
    whole = SAMPLE.model_copy(update={"pool": None})
    parts = [{row["prompt"] for row in rows_of("train", settings=whole, draw=draw)} for draw in (None, 1)]
    pools = [{row["prompt"] for row in rows_of("synthesize", settings=whole, draw=draw)} for draw in (None, 1)]
    assert pools[0] == pools[1]
    assert parts[0] != parts[1]


def test_every_document_is_accounted_for_in_a_further_pool(rows_of: Callable[..., list[dict]], tmp_path: Path) -> None:
    rows_of("synthesize", draw=1)
    account = row_account(tmp_path / "synthesize.parquet")
    assert account is not None
    assert account["rows_in"] - account["kept"] == sum(account["dropped"].values()) == 25


def test_row_groups_are_small_enough_to_be_shared_out(
    rows_of: Callable[..., list[dict]], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sampling, "ROW_GROUP", 8)
    assert [row["prompt_id"] for row in rows_of("synthesize")] == list(range(20))


@pytest.mark.parametrize("change", [{"pool": 40}, {"test": 50, "pool": None}, {"train_share": 0.01}])
def test_too_few_documents_are_an_error(rows_of: Callable[..., list[dict]], change: dict) -> None:
    with pytest.raises(DataError, match=r"40 documents can serve, but sample asks for"):
        rows_of("test", settings=SAMPLE.model_copy(update=change))
