"""Frames and values of experiments with language models."""

from typing import Any

from uncollapse.artifacts.corpora import CARD_FILES
from uncollapse.artifacts.evaluations import (
    BASELINE_FILES,
    EXAMPLE_FILES,
    TEXT_EVALUATION_FILES,
    TEXT_OUTCOME_FILES,
)
from uncollapse.artifacts.model_names import GENERATOR
from uncollapse.artifacts.proxies import TEXT_PROXY_FILES
from uncollapse.experiments.frames import LABELLED, Frame, Value, evaluated

_MAIN = (GENERATOR, "downstream")  # roles of models


FRAMES = {
    "text_evaluations": evaluated(TEXT_EVALUATION_FILES, _MAIN),
    "text_outcomes": evaluated(TEXT_OUTCOME_FILES, _MAIN),
    "text_proxy": Frame(
        artifact=TEXT_PROXY_FILES,
        files=lambda e: [TEXT_PROXY_FILES(dataset=name) for name in e.synthesized()],
        about=("dataset",),
    ),
    "text_baselines": Frame(artifact=BASELINE_FILES, files=lambda e: [BASELINE_FILES()]),
    "text_examples": Frame(artifact=EXAMPLE_FILES, files=lambda e: [EXAMPLE_FILES()]),
    "card": Frame(artifact=CARD_FILES, files=lambda e: [CARD_FILES(corpus=e.data.corpus)]),
}


def _dataset_row(e: Any, name: str) -> dict[str, Any]:
    dataset = e.dataset(name)
    verifier = dataset.verifier
    return {
        "dataset": name,
        "select": dataset.select,
        "verifier": verifier,
        "verifier_kind": e.verifiers[verifier].kind if verifier else None,
        "verifier_model": e.model_of(verifier) if verifier else None,
        "share": dataset.share,
    }


def _further_rows(e: Any) -> list[dict[str, Any]]:
    return [
        {
            "name": name,
            "train_share": further.train_share,
            "same_base": further.base in (None, e.base),
        }
        for name, further in e.models.items()
    ]


VALUES = LABELLED | {
    "text_datasets": Value(lambda e: [_dataset_row(e, name) for name in e.trained_datasets()], rows=True),
    "further_models": Value(_further_rows, rows=True, may_be_empty=True),
    "train_share": Value(lambda e: e.sample.train_share),
}
