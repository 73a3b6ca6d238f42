"""Stages of generations of texts that are verified, on a handful of made-up passages, in this process."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import yaml
from stage_workflow import ROOT, Recorded

from uncollapse.artifacts.parquet import read_table
from uncollapse.config.files import read
from uncollapse.errors import DataError
from uncollapse.experiments.generations.artifacts import JUDGED
from uncollapse.planning.plan import Plan

MODEL = {
    "name": "language_model",
    "architecture": {"architecture": "gpt2", "hidden_size": 8, "layers": 1, "heads": 1, "context": 40},
    "vocabulary_size": 280,
    "training": {"steps": 2, "batch_size": 4},
}
REPLACE = {"learner": "texts", "regime": {"kind": "replace"}, "generations": 1}
BLOCK: dict[str, Any] = {
    "kind": "generations",
    "seeds": [3, 5],
    "learners": {
        "texts": {
            "data": {"name": "texts", "corpus": "made_up", "words": 6},
            "model": MODEL,
            "rows": 12,
            "real": 24,
            "held_out": 12,
        }
    },
    "verifiers": {
        "truth": {"kind": "perplexity", "held_out": True, "model": MODEL},
        "narrow": {
            "kind": "perplexity",
            "data": {"name": "texts", "corpus": "elsewhere", "words": 6},
            "rows": 15,
            "ranked": True,
            "threshold": 0.5,
            "model": MODEL,
        },
    },
    "runs": {"judged": REPLACE | {"verification": {"verifier": "narrow", "truth": "truth", "candidates": 2.0}}},
}


@pytest.fixture(scope="module")
def workflow(tmp_path_factory: pytest.TempPathFactory) -> Recorded:
    folder = tmp_path_factory.mktemp("texts")
    files = {"files": ["scales/smoke_articles.jsonl"], "cleaning": {"min_words": 5, "near_duplicates": None}}
    corpora = {"made_up": files | {"columns": {"text": "text"}}, "elsewhere": files | {"columns": {"text": "lead"}}}
    experiments = yaml.safe_load((ROOT / "config.yaml").read_text())["experiments"]
    overlay = {
        "results": str(folder / "results"),
        "theory": None,
        "corpora": corpora,
        "experiments": dict.fromkeys(experiments) | {"small": BLOCK},
    }
    (folder / "overlay.yaml").write_text(yaml.safe_dump(overlay))
    return Recorded(Plan(read(ROOT / "config.yaml", [folder / "overlay.yaml"])))


@pytest.fixture(scope="module")
def at(workflow: Recorded) -> Path:
    return Path(workflow.plan.root) / "small"


def test_texts_are_ranked_by_a_model_of_another_corpus(workflow: Recorded, at: Path) -> None:
    judged = read_table(workflow.make(f"{at}/judged/judged.generation0.1of1.parquet"), JUDGED).to_pandas()
    assert judged.groupby("seed")["accepted"].sum().to_dict() == {3: 12, 5: 12}
    assert judged.groupby("seed")["kept"].sum().to_dict() == {3: 12, 5: 12}
    kept, others = (judged.loc[judged["kept"] == one, "score"] for one in (True, False))
    assert kept.min() > others.max()
    assert not {name: unseen for name, unseen in workflow.unseen.items() if unseen}


def test_too_few_texts_of_the_verifiers_own_are_told(workflow: Recorded, at: Path) -> None:
    from uncollapse.experiments.generations.stages import learn_verifier
    from uncollapse.jobs.stage import Stage

    corpus = workflow.plan.recipe_of(f"{at}/verifiers/narrow.texts.safetensors").inputs["corpus"]
    spec = {"verifier": BLOCK["verifiers"]["narrow"] | {"rows": 100_000}, "seed": 0}
    inputs = {"corpus": [workflow.make(path) for path in corpus]}
    with pytest.raises(DataError, match=r"\(texts\) have \d+ rows, of which it should learn from 100,000; lower its"):
        learn_verifier.run(Stage(body="a.b", spec=spec, code=[], inputs=inputs, outputs={}))
