"""Verifiers by name, a user's own file among them."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

import uncollapse.verifiers.sequences.tolerance
from uncollapse.artifacts.parquet import read_table
from uncollapse.artifacts.prompts import prompts as prompt_schema
from uncollapse.artifacts.scores import SCORES
from uncollapse.candidates.sequences import read_candidates
from uncollapse.errors import ConfigError, DataError
from uncollapse.tasks import eigenvalues, number_encoding
from uncollapse.verifiers.finding import load_verifier
from uncollapse.verifiers.scoring import checked_scores

SCRIPT = Path(__file__).parents[3] / "scripts" / "stage.py"
BODY = "uncollapse.experiments.sequence.stages.verify"
OWN = """
from typing import Literal
import numpy as np
from pydantic import BaseModel

class Settings(BaseModel):
    kind: str
    sign: float = 1.0

def score(candidates, prompts, *, task, task_settings, settings):
    entries = np.array(prompts.column("entries").to_pylist())
    return {returned}
"""


@pytest.fixture
def own(tmp_path: Path) -> Callable[[str], str]:
    """A user's verifier that returns the given expression."""

    def write(returned: str) -> str:
        path = tmp_path / "mine.py"
        path.write_text(OWN.replace("{returned}", returned))
        return str(path)

    return write


@pytest.fixture
def candidates(write_candidates: Callable[..., Path]) -> Path:
    """Two candidates for each of three prompts, in two row groups."""
    tokens = number_encoding.encode(np.arange(1.0, 13.0).reshape(3, 2, 2))
    return write_candidates(tokens, [[-1.0, -2.0], [-0.5, -4.0], [-3.0, -3.5]], groups=[2, 1])


def test_ours_by_name() -> None:
    assert load_verifier("tolerance", of="sequences") is uncollapse.verifiers.sequences.tolerance


@pytest.mark.parametrize("kind", ["toleranc", "", "tolerance.score", "../tolerance", "nowhere/mine.py"])
def test_an_unknown_verifier_is_a_config_error_that_names_it(kind: str) -> None:
    with pytest.raises(ConfigError) as caught:
        load_verifier(kind, of="sequences")
    assert kind in str(caught.value)


def test_an_unknown_verifier_is_told_which_there_are() -> None:
    with pytest.raises(ConfigError, match="perplexity, tolerance"):
        load_verifier("oracle", of="sequences")


def test_one_name_means_the_verifier_of_the_world_where_it_stands() -> None:
    ours = {of: load_verifier("perplexity", of=of) for of in ("sequences", "texts")}
    assert "model" in ours["texts"].Settings.model_fields
    assert "model" not in ours["sequences"].Settings.model_fields
    with pytest.raises(ConfigError, match=r"'rouge' is none of the verifiers of sequences \(biased, noisy, perplex"):
        load_verifier("rouge", of="sequences")


def test_a_users_verifier_sees_candidates_and_their_prompts(
    own: Callable[[str], str], candidates: Path, write_prompts: Callable[..., Path]
) -> None:
    verifier = load_verifier(
        own("settings.sign * entries[:, :1] + candidates.log_prob, candidates.log_prob > -3"), of="sequences"
    )
    prompts = read_table(write_prompts([3]), prompt_schema(eigenvalues.PROMPT_COLUMNS))
    first = next(read_candidates(candidates))
    scores, accepted = checked_scores(
        verifier.score(
            first,
            prompts.slice(0, 2),
            task=eigenvalues,
            task_settings=eigenvalues.Settings(),
            settings=verifier.Settings(kind="mine.py", sign=-1),
        ),
        shape=(2, 2),
        verifier="mine.py",
    )
    entries = np.array(prompts.column("entries").to_pylist())
    np.testing.assert_allclose(scores, -entries[:2, :1] + np.array([[-1.0, -2.0], [-0.5, -4.0]]))
    assert accepted is not None
    assert accepted.tolist() == [[True, True], [True, False]]


@pytest.mark.parametrize(
    ("returned", "word"),
    [
        ("candidates.log_prob[:, 0], None", "shape"),
        ("candidates.log_prob * np.nan, None", "NaN"),
        ("candidates.log_prob, candidates.log_prob", "bool"),
        ("candidates.log_prob", "must return"),
    ],
)
def test_a_users_mistake_is_a_data_error_that_names_the_file(
    own: Callable[[str], str], candidates: Path, write_prompts: Callable[..., Path], returned: str, word: str
) -> None:
    path = own(returned)
    verifier = load_verifier(path, of="sequences")
    prompts = read_table(write_prompts([3]), prompt_schema(eigenvalues.PROMPT_COLUMNS))
    settings = verifier.Settings(kind=path)
    found = verifier.score(
        next(read_candidates(candidates)), prompts.slice(0, 2), task=eigenvalues, task_settings=None, settings=settings
    )
    with pytest.raises(DataError) as caught:
        checked_scores(found, shape=(2, 2), verifier=path)
    assert path in str(caught.value)
    assert word in str(caught.value)


def _verify(
    tmp_path: Path, kind: str, prompts: Path, candidates: Path
) -> tuple[subprocess.CompletedProcess[str], Path]:
    scores = tmp_path / "out" / "scores.parquet"
    spec = {"task": {"name": "eigenvalues"}, "verifier": {"kind": kind}}
    command = [sys.executable, str(SCRIPT), BODY, "--spec", json.dumps(spec), "--input", f"prompts={prompts}"]
    command += ["--input", f"candidates={candidates}", "--output", f"scores={scores}"]
    return subprocess.run(command, capture_output=True, text=True), scores


def test_the_command_runs_a_users_verifier(
    tmp_path: Path, own: Callable[[str], str], candidates: Path, write_prompts: Callable[..., Path]
) -> None:
    done, scores = _verify(tmp_path, own("candidates.log_prob, None"), write_prompts([3]), candidates)
    assert done.returncode == 0, done.stderr
    assert read_table(scores, SCORES).to_pydict() == {
        "prompt_id": [0, 0, 1, 1, 2, 2],
        "rank": [0, 1, 0, 1, 0, 1],
        "score": [-1.0, -2.0, -0.5, -4.0, -3.0, -3.5],
        "accepted": [None] * 6,
    }


def test_the_command_stops_at_a_users_mistake_without_output_or_traceback(
    tmp_path: Path, own: Callable[[str], str], candidates: Path, write_prompts: Callable[..., Path]
) -> None:
    path = own("np.where(candidates.prompt_id[:, None] == 2, np.nan, candidates.log_prob), None")  # in the second group
    done, scores = _verify(tmp_path, path, write_prompts([3]), candidates)
    assert done.returncode == 1
    assert "2 of 2 scores are NaN" in done.stderr
    assert path in done.stderr
    assert "Traceback" not in done.stderr
    assert list(scores.parent.iterdir()) == []
