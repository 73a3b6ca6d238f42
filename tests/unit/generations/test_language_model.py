"""Small language models of made-up texts over generations."""

import math
from io import StringIO
from pathlib import Path

import numpy as np
import pyarrow as pa
import pytest

from uncollapse.artifacts.corpora import DOCUMENTS
from uncollapse.artifacts.parquet import write_table
from uncollapse.errors import DataError
from uncollapse.generations.data import texts as data
from uncollapse.generations.models import language_model
from uncollapse.generations.rows import TEXTS
from uncollapse.generations.state import load_states, save_states
from uncollapse.generations.work import Work
from uncollapse.jobs.progress import Progress

SETTINGS = language_model.Settings.model_validate(
    {
        "name": "language_model",
        "architecture": {"architecture": "gpt2", "hidden_size": 16, "layers": 1, "heads": 2, "context": 24},
        "vocabulary_size": 270,
        "training": {"steps": 60, "batch_size": 8, "schedule": {"warmup_steps": 5}},
    }
)
WORDS = ["red", "green", "blue", "dog", "cat"]


def as_rows(texts: list[str]) -> pa.Table:
    return pa.table({"text": texts}, schema=TEXTS)


def made_up(number: int, *, words: list[str], seed: int) -> pa.Table:
    rng = np.random.default_rng(seed)
    return as_rows([" ".join(rng.choice(words, size=4)) for _ in range(number)])


def work(folder: Path) -> Work:
    return Work(
        progress=Progress("test", unit="blocks", stream=StringIO()), checkpoint=folder / "checkpoint", identity="x"
    )


@pytest.fixture(scope="module")
def fitted(tmp_path_factory):
    folder = tmp_path_factory.mktemp("lm")
    rows = made_up(150, words=WORDS, seed=0)
    return language_model.fit(rows, SETTINGS, weights=None, first=None, seed=1, work=work(folder))


def test_a_model_knows_texts_like_its_own_better_than_others(fitted, tmp_path) -> None:
    known = language_model.losses(fitted, SETTINGS, made_up(20, words=WORDS, seed=5), work=work(tmp_path))
    other = language_model.losses(fitted, SETTINGS, made_up(20, words=["xyz", "uvw"], seed=5), work=work(tmp_path))
    assert known.shape == (20,)
    assert known.mean() < other.mean() - 1


def test_a_state_comes_back_from_its_file_as_it_was(fitted, tmp_path) -> None:
    save_states({3: fitted}, tmp_path / "m.safetensors")
    again = load_states(tmp_path / "m.safetensors")[3]
    asked = made_up(5, words=WORDS, seed=6)
    first, second = (language_model.losses(s, SETTINGS, asked, work=work(tmp_path)) for s in (fitted, again))
    np.testing.assert_array_equal(first, second)


def test_samples_are_as_many_as_asked_for_and_the_same_again(fitted, tmp_path) -> None:
    def draw() -> list[str]:
        parts = language_model.sample(fitted, SETTINGS, rows=30, seed=2, work=work(tmp_path))
        return [text for part in parts for text in part["text"]]

    first, second = draw(), draw()
    assert len(first) == 30
    assert first == second
    assert all(text.strip() for text in first)
    assert len(set(first)) > 10


def test_a_model_that_writes_nothing_is_given_up_with_counts(fitted, tmp_path, monkeypatch) -> None:
    monkeypatch.setattr(language_model, "_PART", 4)
    monkeypatch.setattr(language_model, "_TRIES", 2)

    class Silent:
        class tokenizer:
            eos_token_id = 0

        context = 24

        def generate(self, prompts, sampling, *, keys):
            class Answer:
                text = " "

            return [[Answer()] for _ in prompts]

    monkeypatch.setattr(language_model, "_engine", lambda *_: Silent())
    with pytest.raises(DataError, match=r"wrote 0 texts and 9 empty ones, where 3 are asked for"):
        list(language_model.sample(fitted, SETTINGS, rows=3, seed=0, work=work(tmp_path)))


def test_later_generations_keep_the_tokenizer(fitted, tmp_path) -> None:
    rows = made_up(60, words=["other", "words"], seed=0)
    later = language_model.fit(rows, SETTINGS, weights=None, first=fitted, seed=1, work=work(tmp_path))
    assert later.about["tokenizer"] == fitted.about["tokenizer"]


def test_heavy_texts_are_learned_better(fitted, tmp_path) -> None:
    rows = as_rows(["red red red red"] * 40 + ["cat cat cat cat"] * 40)
    weights = np.repeat([1.9, 0.1], 40)
    found = language_model.fit(rows, SETTINGS, weights=weights, first=fitted, seed=1, work=work(tmp_path))
    heavy, light = language_model.losses(
        found, SETTINGS, as_rows(["red red red red", "cat cat cat cat"]), work=work(tmp_path)
    )
    assert heavy < light - 0.2


def test_measures_of_words_by_hand() -> None:
    real = as_rows(["a a a a a a a a a b"])  # a alone makes 90%
    found = language_model.measures(as_rows(["a b a b", "c"]), SETTINGS, real=real, learned=real)
    assert found["distinct_bigrams"] == pytest.approx(2 / 3)  # a b, b a, a b
    assert found["rare_words"] == pytest.approx(3 / 5)
    one, two, three = language_model.features(as_rows(["red dog", "dog red", "blue cat"]), SETTINGS)
    np.testing.assert_allclose(one, two)
    assert math.dist(one, three) == pytest.approx(2**0.5)


def test_passages_of_a_corpus_by_their_numbers(tmp_path) -> None:
    texts = [" ".join(f"w{k}" for k in range(n)) for n in (7, 2, 9)]
    blank = [""] * 3
    columns = {"document_id": [0, 1, 2], "source": blank, "title": blank, "lead": blank, "text": texts}
    write_table(tmp_path / "c.parquet", columns, DOCUMENTS)
    settings = data.Settings(name="texts", corpus="c", words=3, per_document=2)
    inputs = {"corpus": [tmp_path / "c.parquet"]}
    assert data.size(settings, inputs) == 4
    (part,) = data.read(settings, inputs, numbers=np.array([1, 2]), seed=0)
    assert part["text"] == ["w3 w4 w5", "w0 w1 w2"]
