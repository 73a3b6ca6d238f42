"""Stages of generations of texts that are verified or edited, on a handful of made-up passages, in this process."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pandas as pd
import pytest
import yaml
from stage_workflow import ROOT, Recorded

from uncollapse.artifacts.parquet import read_table
from uncollapse.config.files import read
from uncollapse.errors import DataError
from uncollapse.experiments.generations.artifacts import (
    EDIT_SHARES,
    JUDGED,
    LEARNED,
    POSITIONS,
    real_schema,
    written_schema,
)
from uncollapse.generations.rows import TEXTS
from uncollapse.planning.plan import Plan

MODEL = {
    "name": "language_model",
    "architecture": {"architecture": "gpt2", "hidden_size": 8, "layers": 1, "heads": 1, "context": 40},
    "vocabulary_size": 280,
    "training": {"steps": 2, "batch_size": 4},
}
REPLACE = {"learner": "texts", "regime": {"kind": "replace"}, "generations": 1}
EDITS = {"verifier": "truth", "share": 0.3, "editing": {"exclude_original": True, "top_k": 4}}
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
    "runs": {
        "judged": REPLACE | {"verification": {"verifier": "narrow", "truth": "truth", "candidates": 2.0}},
        "frozen": REPLACE | {"generations": 2, "editing": {**EDITS, "frozen": True}},
        "mixed": REPLACE | {"editing": {**EDITS, "written": 5}},
    },
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


def texts_at(workflow: Recorded, path: str) -> pd.Series:
    """Texts by seed and row."""
    frame = read_table(workflow.make(path), written_schema(TEXTS)).to_pandas()
    return frame.set_index(["seed", "row_id"])["text"]


def test_real_texts_are_edited_where_the_prior_is_surest(workflow: Recorded, at: Path) -> None:
    edited = texts_at(workflow, f"{at}/edited/frozen.generation0.1of1.parquet")
    real = read_table(at / "real/texts.parquet", real_schema(TEXTS)).to_pandas()
    real = real[(real["split"] == "train") & (real["row_id"] < 12)].set_index("row_id")["text"].sort_index()
    for seed in (3, 5):
        assert edited[seed].index.tolist() == list(range(12))
        assert (edited[seed] != real).any()
    assert (edited[3] != edited[5]).any()  # seeds draw otherwise
    shares = read_table(at / "edited/frozen.generation0.1of1.shares.parquet", EDIT_SHARES).to_pandas()
    assert (shares["above"] / shares["tokens"]).between(0.15, 0.45).all()
    assert (shares["changed"] == shares["eligible"]).all()  # the original is excluded
    learned = read_table(workflow.make(f"{at}/learned/frozen.generation2.1of1.parquet"), LEARNED).to_pandas()
    assert learned.groupby(["seed", "origin"]).size().to_dict() == {(3, 1): 12, (5, 1): 12}


def test_a_frozen_set_stays_what_was_eligible_first(workflow: Recorded, at: Path) -> None:
    paths = [workflow.make(f"{at}/edited/frozen.generation{k}.1of1.positions.parquet") for k in (0, 1)]
    first, second = (read_table(path, POSITIONS).to_pandas() for path in paths)
    outside = [~before | after for before, after in zip(second["eligible"], first["eligible"], strict=True)]
    assert all(part.all() for part in outside)
    assert any(part.any() for part in second["eligible"])
    pairs = zip(first["ids"], second["ids"], second["eligible"], strict=True)
    assert all((before == after)[~eligible].all() for before, after, eligible in pairs)


def test_a_start_may_be_partly_synthetic(workflow: Recorded, at: Path) -> None:
    edited = texts_at(workflow, f"{at}/edited/mixed.generation0.1of1.parquet")
    starts = texts_at(workflow, f"{at}/written/texts-12rows.generation0.1of1.parquet")
    first_edits = texts_at(workflow, f"{at}/edited/frozen.generation0.1of1.parquet")
    for seed in (3, 5):
        assert (edited[seed][:7] == first_edits[seed][:7]).all()  # the same real texts, drawn alike
        same = [a[:2] == b[:2] for a, b in zip(edited[seed][7:], starts[seed][:5], strict=True)]
        assert any(same)  # own texts, edited


def test_too_few_texts_of_the_verifiers_own_are_told(workflow: Recorded, at: Path) -> None:
    from uncollapse.experiments.generations.stages import learn_verifier
    from uncollapse.jobs.stage import Stage

    corpus = workflow.plan.recipe_of(f"{at}/verifiers/narrow.texts.safetensors").inputs["corpus"]
    spec = {"verifier": BLOCK["verifiers"]["narrow"] | {"rows": 100_000}, "seed": 0}
    inputs = {"corpus": [workflow.make(path) for path in corpus]}
    with pytest.raises(DataError, match=r"\(texts\) have \d+ rows, of which it should learn from 100,000; lower its"):
        learn_verifier.run(Stage(body="a.b", spec=spec, code=[], inputs=inputs, outputs={}))


def test_a_verifier_that_leaves_too_few_to_learn_from_is_told(workflow: Recorded, at: Path, tmp_path: Path) -> None:
    from uncollapse.artifacts.parquet import write_table
    from uncollapse.experiments.generations.stages import fit_generation
    from uncollapse.jobs.stage import Stage

    recipe = workflow.plan.recipe_of(f"{at}/models/judged.generation1.1of1.safetensors")
    inputs = {name: [workflow.make(path) for path in paths] for name, paths in recipe.inputs.items()}
    judged = read_table(inputs["judged"][0], JUDGED).to_pandas()
    few = judged.assign(kept=judged["row_id"] < 1, accepted=judged["row_id"] < 1)
    write_table(tmp_path / "judged.parquet", few.to_dict("list"), JUDGED)
    outputs = {"model": tmp_path / "model.safetensors", "learned": tmp_path / "learned.parquet"}
    inputs["judged"] = [tmp_path / "judged.parquet"]
    longer = MODEL["architecture"] | {"context": 1000}
    spec = recipe.spec | {"model": recipe.spec["model"] | {"architecture": longer}}
    stage = Stage(body="a.b", spec=spec, code=[], inputs=inputs, outputs=outputs)
    with pytest.raises(DataError, match=r"seed 3: 1 of 24 rows are left after the verifier, too few .*; lower the"):
        fit_generation.run(stage)
