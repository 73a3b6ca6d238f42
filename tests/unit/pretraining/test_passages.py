"""Passages of one length, in splits that share no document."""

from __future__ import annotations

from pathlib import Path

import pyarrow.parquet as pq
import pytest
from small_corpora import SETTINGS, write_corpus

from uncollapse.artifacts.parquet import ParquetWriter, row_account
from uncollapse.artifacts.passages import PASSAGES
from uncollapse.errors import DataError
from uncollapse.pretraining.passages import SPLITS, cut, write_passages
from uncollapse.pretraining.settings import PassageSettings


def test_paragraphs_survive_a_cut() -> None:
    assert cut("a b\nc  d e", words=3) == ["a b\nc"]
    assert cut("a b c d e f", words=2, most=2) == ["a b", "c d"]
    assert cut("", words=1) == []


def test_all_passages_have_one_length(passages: dict[str, Path]) -> None:
    rows = [row for split in SPLITS for row in pq.read_table(passages[split]).to_pylist()]
    assert {len(row["text"].split()) for row in rows} == {SETTINGS.passage_words}
    assert {(row["corpus"], row["written_by"]) for row in rows} == {("news", "human"), ("chat", "machine")}


def test_splits_share_no_document(passages: dict[str, Path]) -> None:
    seen: dict[tuple[str, int], str] = {}
    for split in SPLITS:
        for row in pq.read_table(passages[split]).to_pylist():
            assert seen.setdefault((row["corpus"], row["document_id"]), split) == split


def test_the_number_of_passages_is_bounded_and_every_document_accounted_for(passages: dict[str, Path]) -> None:
    for split, most in (("test", 3), ("validation", 3)):
        corpora = pq.read_table(passages[split]).column("corpus").to_pylist()
        assert corpora.count("news") == corpora.count("chat") == most
    for split in SPLITS:
        account = row_account(passages[split])
        assert account is not None
        assert account["rows_in"] == 120


def test_another_corpus_changes_none_of_the_first_ones_passages(
    passages: dict[str, Path], corpora: dict[str, Path], tmp_path: Path
) -> None:
    paths = _write({"news": corpora["news"], "chat": write_corpus(tmp_path / "other.parquet", "else")}, tmp_path)
    for split in SPLITS:
        first, second = (
            [row["text"] for row in pq.read_table(path[split]).to_pylist() if row["corpus"] == "news"]
            for path in (passages, paths)
        )
        assert first == second


def test_another_seed_splits_the_documents_anew(
    passages: dict[str, Path], corpora: dict[str, Path], tmp_path: Path
) -> None:
    paths = _write(corpora, tmp_path, SETTINGS.model_copy(update={"seed": 7}))
    for split in ("validation", "test"):
        first, second = (set(pq.read_table(path[split]).column("text").to_pylist()) for path in (passages, paths))
        assert len(first) == len(second)
        assert first != second


def test_a_corpus_of_short_documents_is_an_error(corpora: dict[str, Path], tmp_path: Path) -> None:
    short = write_corpus(tmp_path / "short.parquet", "short", words=4)
    with pytest.raises(DataError, match=r"short\.parquet: no passage of 5 words .* lower data\.passage_words"):
        _write({"news": corpora["news"], "chat": short}, tmp_path)


def _write(corpora: dict[str, Path], folder: Path, settings: PassageSettings = SETTINGS) -> dict[str, Path]:
    paths = {split: folder / f"{split}.parquet" for split in SPLITS}
    writers = {split: ParquetWriter(path, PASSAGES) for split, path in paths.items()}
    try:
        write_passages(writers, corpora, settings)
    finally:
        for writer in writers.values():
            writer._writer.close()
    return paths
