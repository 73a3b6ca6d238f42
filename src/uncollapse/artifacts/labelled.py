"""Files of experiments whose prompts are labelled in shards: those of one model's candidates and scores."""

from typing import Any

from uncollapse.artifacts.artifact import File
from uncollapse.artifacts.candidates import CANDIDATE_FILES
from uncollapse.artifacts.model_names import Model
from uncollapse.artifacts.scores import SCORE_FILES


def candidates(e: Any, model: Model, split: str, decoding: str) -> list[File]:
    """All shards of a model's candidates; ``e`` is the experiment's block."""
    names = {"model": model.name, "split": split, "decoding": decoding}
    return [CANDIDATE_FILES(**names, shard=k, shards=len(e.shards_of(split))) for k in e.shards_of(split)]


def scores(e: Any, model: Model, decoding: str, verifier: str) -> list[File]:
    """All shards of a verifier's scores of synthesized candidates."""
    names, shards = {"model": model.name, "decoding": decoding, "verifier": verifier}, e.shards_of("synthesize")
    return [SCORE_FILES(**names, shard=k, shards=len(shards)) for k in shards]
