"""Decoders trained from scratch, all in one file."""

from collections.abc import Sequence

from uncollapse.decoding.greedy import generate
from uncollapse.experiments.rounds.answers import Answered
from uncollapse.jobs.device import prepared
from uncollapse.jobs.stage import Stage
from uncollapse.models.decoder_weights import load_members


def answers(stage: Stage, questions: Sequence[str], most: int) -> list[Answered]:
    """Answers of all members at once. Spec: compute."""
    device, _ = prepared(stage)
    model = load_members([stage.input("members")], device=device)
    written = generate(model, questions, most_tokens=most, progress=stage.progress(unit="questions"))
    return [(one.texts, one.finished) for one in written]
