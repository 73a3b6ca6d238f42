"""Importance weights as the package data-selection gives them; a selection that is seeded and resumes."""

import json
from pathlib import Path

import numpy as np
import pytest

from uncollapse.errors import DataError
from uncollapse.passage_selection import dsir
from uncollapse.passage_selection.hashed_ngrams import HashedNgrams
from uncollapse.passage_selection.without_replacement import row_noise, sample_rows

FIXTURES = {
    engine: json.loads(Path(__file__).with_name(f"data_selection_1.0.3_nltk_{nltk}.json").read_text())
    for engine, nltk in (("regex", "3.10.4"), ("re", "3.9.4"))
}
PACKAGE = FIXTURES["regex"]


@pytest.mark.parametrize("engine", ["regex", "re"])
def test_log_weights_are_the_packages(engine: str, tmp_path: Path) -> None:
    package = FIXTURES[engine]
    raw, target = dsir.chunks(package["raw"], 5), dsir.chunks(package["target"], 5)
    found = dsir.importance(raw, target, folder=tmp_path, engine=engine)
    assert np.abs(found.log_weights - package["log_weights"]).max() < 1e-6
    assert found.words.tolist() == package["words"]


def test_a_killed_run_hashes_only_what_is_left(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    raw, target = PACKAGE["raw"], PACKAGE["target"]
    undisturbed = dsir.importance(dsir.chunks(raw, 5), [target], folder=tmp_path / "whole")
    hashed = []
    honest = HashedNgrams.features

    def counting(hasher: HashedNgrams, texts: list[str]) -> object:
        if len(hashed) == 4:
            raise KeyboardInterrupt
        hashed.append(texts)
        return honest(hasher, texts)

    monkeypatch.setattr(HashedNgrams, "features", counting)
    with pytest.raises(KeyboardInterrupt):
        dsir.importance(dsir.chunks(raw, 5), [target], folder=tmp_path / "killed")
    assert len(list((tmp_path / "killed").iterdir())) == 3
    hashed.clear()
    monkeypatch.setattr(HashedNgrams, "features", lambda hasher, texts: hashed.append(texts) or honest(hasher, texts))
    resumed = dsir.importance(dsir.chunks(raw, 5), [target], folder=tmp_path / "killed")
    assert len(hashed) == 1 + len(list(dsir.chunks(raw, 5))) - 3
    assert np.array_equal(resumed.log_weights, undisturbed.log_weights)


def test_other_texts_under_the_same_folder_are_not_mistaken(tmp_path: Path) -> None:
    first = dsir.importance([["a b"], ["c d"]], [["a b"]], folder=tmp_path)
    second = dsir.importance([["c d"], ["a b"]], [["a b"]], folder=tmp_path)
    assert np.array_equal(first.log_weights, second.log_weights[::-1])
    joined = dsir.importance([["ab", "c d"]], [["a b"]], folder=tmp_path)
    assert joined.words.tolist() == [1, 2]


def test_short_documents_are_never_drawn() -> None:
    found = dsir.Importance(np.array([99.0, 0.0, 1.0]), np.array([99, 100, 500]))
    assert dsir.select(found, size=2, seed=0).tolist() == [1, 2]
    with pytest.raises(DataError, match=r"3 rows asked for, but only 2 of 3"):
        dsir.select(found, size=3, seed=0)


def test_what_is_like_the_target_is_chosen(tmp_path: Path) -> None:
    like, unlike = ["river stone water " * 40] * 20, ["model data text " * 40] * 20
    found = dsir.importance([like + unlike], [["river stone water " * 40]], folder=tmp_path)
    assert dsir.select(found, size=20, seed=1).tolist() == list(range(20))


def test_an_empty_corpus_is_said(tmp_path: Path) -> None:
    with pytest.raises(DataError, match="the target corpus has no words"):
        dsir.importance([["a"]], [[""]], folder=tmp_path)


def test_draws_are_proportional_to_the_weights() -> None:
    weights = np.log([1.0, 2.0, 5.0])
    first = [sample_rows(weights, size=1, seed=seed, stage="test")[0] for seed in range(4000)]
    shares = np.bincount(first, minlength=3) / 4000
    assert np.abs(shares - [0.125, 0.25, 0.625]).max() < 0.03
    pairs = [tuple(sample_rows(weights, size=2, seed=seed, stage="test").tolist()) for seed in range(4000)]
    assert abs(pairs.count((1, 2)) / 4000 - (2 / 8 * 5 / 6 + 5 / 8 * 2 / 3)) < 0.03


def test_noise_belongs_to_the_row() -> None:
    assert np.array_equal(row_noise(10, seed=3, stage="dsir"), row_noise(1000, seed=3, stage="dsir")[:10])
    assert not np.array_equal(row_noise(10, seed=3, stage="dsir"), row_noise(10, seed=4, stage="dsir"))
    assert not np.array_equal(row_noise(10, seed=3, stage="dsir"), row_noise(10, seed=3, stage="density"))
