"""A user's own selector, a .py file, of sequences, of texts and of passages; and what a mistake in one says."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from pydantic import ValidationError

from uncollapse.artifacts.datasets import DATASET
from uncollapse.artifacts.parquet import ParquetWriter, read_table, row_account, write_table
from uncollapse.artifacts.passages import PASSAGES
from uncollapse.candidates.judged import Scores
from uncollapse.errors import DataError
from uncollapse.passage_selection.kept import kept
from uncollapse.passage_selection.settings import TextSelectionSettings
from uncollapse.proxy.of_candidates import measure
from uncollapse.selection.choose import chosen
from uncollapse.selection.select import select_synthesized
from uncollapse.selection.settings import DatasetSettings
from uncollapse.selection.text_settings import TextDatasetSettings
from uncollapse.tasks import eigenvalues, number_encoding

# the second candidate where it scores above the first, none where a prompt scores nothing or ends the group
OWN = """
import numpy as np

READS, POOL, REASONS = "scores", "all", ("worthless", "last of its group")


def choose(groups, *, settings, prompts):
    for group in groups:
        rank = np.where(group.scores.max(1) > 0, group.scores[:, :2].argmax(1), ~0)
        rank[-1] = ~1
        yield rank
"""
SCORES = np.array([[1.0, 2.0], [0.0, 0.0], [3.0, 0.0], [2.0, 1.0], [1.0, 3.0], [2.0, 9.0]])
TOKENS = number_encoding.encode(np.arange(1.0, 25.0).reshape(6, 2, 2))


@pytest.fixture
def own(tmp_path: Path) -> Callable[[str], str]:
    def write(text: str = OWN) -> str:
        path = tmp_path / "my_selector.py"
        path.write_text(text)
        return str(path)

    return write


def _groups(cuts: list[int]) -> list[Scores]:
    return [Scores(prompt_id=ids, scores=SCORES[ids]) for ids in np.split(np.arange(6), cuts)]


def _rows(first: int, last: int) -> dict[str, np.ndarray]:
    return {"row": np.arange(first, last + 1.0)}


def test_it_selects_from_a_beam_and_every_prompt_is_accounted_for(
    own: Callable[..., str],
    tmp_path: Path,
    write_prompts: Callable[..., Path],
    write_candidates: Callable[..., Path],
    write_scores: Callable[..., Path],
) -> None:
    settings = DatasetSettings(select=own(), decoding="beam2", verifier="oracle", size=2)
    candidates = [write_candidates(TOKENS, np.tile([-1.0, -2.0], (6, 1)), groups=[3, 3])]
    scores = [write_scores(SCORES, SCORES > 1, groups=[3, 3])]
    path, task = tmp_path / "dataset.parquet", eigenvalues.Settings(matrix_size=2)
    with ParquetWriter(path, DATASET) as writer:
        select_synthesized(writer, write_prompts([8]), candidates, scores, eigenvalues, task, settings, available=6)
    table = read_table(path, DATASET)
    assert list(zip(table["prompt_id"].to_pylist(), table["rank"].to_pylist(), strict=True)) == [(0, 1), (3, 0)]
    dropped = {"beyond the size": 1, "last of its group": 2, "worthless": 1}
    assert row_account(path) == {"rows_in": 6, "kept": 2, "dropped": dropped}
    found = measure(candidates, scores, scores, settings, available=6, resamples=100, features=_rows)
    values = dict(zip(found["quantity"], found["value"], strict=True))
    assert (values["candidates"], values["kept"]) == (12, 3)  # it may keep either candidate; the size plays no part


def test_texts_come_in_one_group(own: Callable[..., str]) -> None:
    settings = TextDatasetSettings(select=own(), decoding="greedy", verifier="oracle")
    (choice,) = chosen(_groups([]), settings, prompts=6)
    assert choice.rank.tolist() == [1, -1, 0, 0, 1, -2]
    assert choice.dropped == {"worthless": 1, "last of its group": 1, "beyond the size": 0}


@pytest.mark.parametrize(
    ("old", "new", "words"),
    [
        ("~1\n", "~2\n", "reasons down to -2"),
        ("~1\n", "2\n", "ranks below 2"),
        ('"all"', '"first"', "POOL is 'first'"),
        ("yield rank", "yield rank * 1.0", "integers of shape"),
        ("yield rank", "yield rank[:-1]", "integers of shape"),
        ("yield rank", "pass", "must yield arrays, it returns None"),
        ("        yield rank", "    yield rank", "it yields fewer"),
        ("yield rank", "yield rank\n    yield rank", "it yields more"),
        ('"scores", "all"', '"verdicts", "all"', "gave no verdict"),
    ],
)
def test_a_mistake_is_a_data_error_that_names_the_selector(
    own: Callable[..., str], old: str, new: str, words: str
) -> None:
    assert old in OWN
    settings = DatasetSettings(select=own(OWN.replace(old, new)), decoding="beam2", verifier="oracle")
    with pytest.raises(DataError, match=words) as caught:
        list(chosen(_groups([3]), settings, prompts=6))
    assert "my_selector.py" in str(caught.value)


def test_config_says_what_a_file_lacks_and_which_selectors_there_are(own: Callable[..., str]) -> None:
    with pytest.raises(ValidationError, match=r"lacks POOL, REASONS; see uncollapse/selection/__init__.py"):
        DatasetSettings(select=own('READS = "scores"\ndef choose(groups): ...\n'), decoding="beam2", verifier="oracle")
    with pytest.raises(ValidationError, match="has no function choose"):
        DatasetSettings(select=own("READS = 3\n"), decoding="beam2", verifier="oracle")
    with pytest.raises(ValidationError, match=r"'top' is none of the selectors of sequences \(all, best, correct, lab"):
        DatasetSettings(select="top", decoding="beam2", verifier="oracle")
    with pytest.raises(ValidationError, match="needs a verifier"):
        DatasetSettings(select=own(), decoding="beam2")


def test_passages_by_a_users_file(tmp_path: Path) -> None:
    path = tmp_path / "longest.py"
    path.write_text(
        "import numpy as np\n\nREADS = ('texts',)\n\n\ndef choose(pool, settings):\n"
        "    return pool.highest(np.array([len(text) for text in pool.texts]))\n"
    )
    lengths = [9, 3, 5, 4, 8, 1]
    columns = {
        "passage_id": np.arange(6),
        "corpus": ["news"] + ["chat"] * 5,
        "written_by": ["human"] + ["machine"] * 5,
        "document_id": np.arange(6),
        "place": np.linspace(0, 0.9, 6),
        "text": ["x" * length for length in lengths],
    }
    write_table(tmp_path / "passages.parquet", columns, PASSAGES)
    given = {"tokens": tmp_path, "prior": None, "encoder": None, "device": None, "machine": ["chat"]}
    settings = TextSelectionSettings(by=str(path), share=0.4)
    found = kept(settings, passages=tmp_path / "passages.parquet", folder=tmp_path, **given)  # type: ignore[arg-type]
    assert found.tolist() == [True, False, True, False, True, False]
    path.write_text(path.read_text().replace("pool.highest", "np.argsort"))
    with pytest.raises(DataError, match="5 passages, 2 were asked for"):
        kept(settings, passages=tmp_path / "passages.parquet", folder=tmp_path, **given)  # type: ignore[arg-type]
