"""Experiments in rejection sampling: prompts, candidates, verdicts, selections with twins, audits, students, tests."""

from collections.abc import Iterator
from typing import Any

from uncollapse.artifacts.artifact import File
from uncollapse.artifacts.base_models import BASE_MODEL_FILES
from uncollapse.experiments.kind import Job, Kind, Read, own_files
from uncollapse.experiments.rejection_sampling.artifacts import (
    ASKED_FILES,
    AUDIT_FILES,
    DECISION_FILES,
    PASSED_FILES,
    SAMPLED_FILES,
    SELECTED_FILES,
    STUDENT_CURVE_FILES,
    STUDENT_FILES,
    TESTED_FILES,
    VERDICT_FILES,
)
from uncollapse.experiments.rejection_sampling.frames import FRAMES, VALUES
from uncollapse.experiments.rejection_sampling.settings import BASE, VERIFIERS
from uncollapse.experiments.rejection_sampling.settings import RejectionSamplingSettings as Settings
from uncollapse.settings.finding import module_name

KIND = Kind("rejection_sampling", Settings, frames=FRAMES, values=VALUES)


def _parts(e: Settings, artifact: Any, *, rounds: int | None = None, **names: str) -> list[Read]:
    """Files of all shards of the first rounds, or of all."""
    numbers = range(1, (e.rounds if rounds is None else rounds) + 1)
    shards = range(1, e.shards + 1)
    return [artifact(**names, round=k, shard=shard, shards=e.shards) for k in numbers for shard in shards]


def _module(e: Settings, verifier: str) -> str:
    return module_name(e.verifiers[verifier].kind, package=VERIFIERS)  # type: ignore[attr-defined]


def _engine(e: Settings) -> str:
    return f"uncollapse.language.engines.{'vllm' if e.engine.name == 'vllm' else 'transformers'}_engine"


def _student(e: Settings, selection: str, arm: str, seed: int) -> tuple[str, str, int]:
    """A student's names; KeyError where config has none such."""
    if (selection, arm, seed) not in set(e.students()):
        raise KeyError(selection, arm, seed)
    return selection, arm, seed


# prompts and candidates


@KIND.stage(asked=ASKED_FILES)
def draw_prompts(e: Settings, *, split: str) -> Job:
    """Prompts of one split: questions of tasks at their difficulty, or those of a file."""
    if e.questions is not None:
        return Job(config={"questions": "questions"}, values={"split": split})
    assert e.files is not None
    columns = ("prompt", "id", "answer", "system_column", "system")
    return Job(
        reads={"prompts": getattr(e.files, split), "other": getattr(e.files, "train" if split == "test" else "test")},
        config={f"files.{name}": f"files.{name}" for name in columns},
        values={"split": split},
    )


@KIND.stage(sampled=SAMPLED_FILES, memory=8000, minutes=1440, priority=20, gpu=True)
def sample_candidates(e: Settings, *, round: int, shard: int, shards: int) -> Job:
    """Candidates of one shard of the prompts; none in a later round where all budgets are reached before it."""
    e.part_of(round, shard, shards)
    reads: dict[str, Read | list[Read]] = {"asked": ASKED_FILES(split="train")}
    config = {"sampling": "sampling", "asked": "asked"}
    plugins: list[str] = []
    if e.candidates is not None:
        reads["candidates"] = e.candidates.path
        config |= {f"candidates.{name}": f"candidates.{name}" for name in ("text", "prompt_id")}
    elif e.endpoint is not None:
        config["endpoint"] = "endpoint"
    else:
        reads["model"] = BASE_MODEL_FILES(base_model=e.base)
        config["engine"] = "engine"
        plugins.append(_engine(e))
    values: dict[str, Any] = {"round": round, "shard": shard, "shards": shards}
    config["seed"] = "sample_seed"
    if round > 1:
        budgets = e.budgets()
        values |= {"budgets": budgets, "parts": len(e.seeds)}
        config["cut_off"] = "cut_off"
        reads["sampled"] = _parts(e, SAMPLED_FILES, rounds=round - 1)
        for verifier in sorted({one for one, _, _ in budgets.values() if one is not None}):
            reads[f"verdicts_{verifier}"] = _parts(e, VERDICT_FILES, rounds=round - 1, verifier=verifier)
    return Job(reads=reads, config=config, values=values, plugins=plugins)


# verdicts, selections, audits


@KIND.stage(verdicts=VERDICT_FILES, memory=8000, minutes=1440, priority=20)
def verify_candidates(e: Settings, *, verifier: str, round: int, shard: int, shards: int) -> Job:
    """Judgement of a verifier on one shard of a round's candidates."""
    e.part_of(round, shard, shards)
    own = {"round": round, "shard": shard, "shards": shards}
    return Job(
        reads={
            "asked": ASKED_FILES(split="train"),
            "sampled": SAMPLED_FILES(**own),
            **{f"told_{name}": VERDICT_FILES(verifier=name, **own) for name in e.told_by(verifier)},
            "files": own_files(e.verifiers[verifier]),
        },
        config={"verifier": f"verifiers.{verifier}", "most_failed": "most_failed"},
        values={"name": verifier},
        plugins=[_module(e, verifier)],
    )


def _judged(e: Settings, selection: str) -> dict[str, Any]:
    """All candidates with the verdicts of a selection's verifier and of the reference."""
    verifier = e.selections[selection].verifier
    own = {} if verifier is None else {"verdicts": _parts(e, VERDICT_FILES, verifier=verifier)}
    return {
        "asked": ASKED_FILES(split="train"),
        "sampled": _parts(e, SAMPLED_FILES),
        **own,
        "truth": _parts(e, VERDICT_FILES, verifier=e.reference),
    }


@KIND.stage(selected=SELECTED_FILES, memory=8000, priority=20)
def select_candidates(e: Settings, *, selection: str, arm: str, seed: int) -> Job:
    """Candidates that students of one seed learn from: what a selection keeps, or its random twin."""
    _student(e, selection, arm, seed)
    return Job(
        reads=_judged(e, selection),
        config={"selection": f"selections.{selection}", "sample_seed": "sample_seed", "cut_off": "cut_off"},
        values={"place": e.seeds.index(seed), "parts": len(e.seeds), "arm": arm, "name": selection},
    )


@KIND.stage(audit=AUDIT_FILES, decision=DECISION_FILES, memory=8000, priority=20)
def audit_selection(e: Settings, *, selection: str) -> Job:
    """p* of a selection with all that it is made of, and the decision, before anything is trained."""
    return Job(
        reads=_judged(e, selection),
        config={
            "selection": f"selections.{selection}",
            "sample_seed": "sample_seed",
            "cut_off": "cut_off",
            "resamples": "resamples",
        },
        values={"parts": len(e.seeds)},
    )


# students


@KIND.stage(changed=STUDENT_FILES, curve=STUDENT_CURVE_FILES, memory=8000, minutes=1440, priority=10, gpu=True)
def fine_tune_student(e: Settings, *, selection: str, arm: str, seed: int) -> Job:
    """The base model, fine-tuned on one selection or its twin."""
    _student(e, selection, arm, seed)
    return Job(
        reads={
            "selected": SELECTED_FILES(selection=selection, arm=arm, seed=seed),
            "initial": BASE_MODEL_FILES(base_model=e.base),
        },
        config={"training": "training", "compute": "compute", "asked": "asked"},
        values={"seed": seed},
    )


@KIND.stage(sampled=TESTED_FILES, body="sample_candidates", memory=8000, minutes=240, priority=20, gpu=True)
def answer_test_prompts(e: Settings, *, selection: str, arm: str, seed: int) -> Job:
    """Answers of a student, or of the base model itself, to the test prompts, drawn with the same random numbers."""
    if (selection, arm, seed) not in set(e.tested()):
        raise KeyError(selection, arm, seed)
    own = {} if arm == BASE else {"changed": STUDENT_FILES(selection=selection, arm=arm, seed=seed)}
    return Job(
        reads={"asked": ASKED_FILES(split="test"), "model": BASE_MODEL_FILES(base_model=e.base), **own},
        config={"sampling": "evaluation", "asked": "asked", "engine": "engine", "seed": "sample_seed"},
        values={"round": 1, "shard": 1, "shards": 1},
        plugins=[_engine(e)],
    )


@KIND.stage(passed=PASSED_FILES, priority=20)
def score_answers(e: Settings, *, selection: str, arm: str, seed: int) -> Job:
    """How many of the answers to each test prompt the reference accepts."""
    if (selection, arm, seed) not in set(e.tested()):
        raise KeyError(selection, arm, seed)
    return Job(
        reads={
            "asked": ASKED_FILES(split="test"),
            "sampled": TESTED_FILES(selection=selection, arm=arm, seed=seed),
            "files": own_files(e.verifiers[e.reference]),
        },
        config={"verifier": f"verifiers.{e.reference}", "most_failed": "most_failed"},
        values={"name": e.reference},
        plugins=[_module(e, e.reference)],
    )


@KIND.accounts
def accounted(e: Settings) -> Iterator[File]:
    """Every prompt, candidate, verdict, and row that a student learns from."""
    yield from (ASKED_FILES(split=split) for split in ("train", "test"))
    yield from _parts(e, SAMPLED_FILES)  # type: ignore[misc]
    for verifier in e.verifiers:
        yield from _parts(e, VERDICT_FILES, verifier=verifier)  # type: ignore[misc]
    for selection, arm, seed in e.students():
        yield SELECTED_FILES(selection=selection, arm=arm, seed=seed)
