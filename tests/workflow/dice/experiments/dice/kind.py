"""Experiments with dice: rolls, and how often each face came up."""

from collections.abc import Iterator

from uncollapse.artifacts.artifact import File
from uncollapse.experiments.dice.artifacts import COUNT_FILES, ROLL_FILES
from uncollapse.experiments.dice.frames import FRAMES, VALUES
from uncollapse.experiments.dice.settings import DiceSettings as Settings
from uncollapse.experiments.kind import Job, Kind

KIND = Kind("dice", Settings, frames=FRAMES, values=VALUES)


@KIND.stage(rolls=ROLL_FILES, memory=500, minutes=5)
def roll(e: Settings, *, seed: int) -> Job:
    """Rolls of one seed."""
    if seed not in e.seeds:
        raise KeyError(seed)
    return Job(config={"sides": "sides", "rolls": "rolls"}, values={"seed": seed})


@KIND.stage(counts=COUNT_FILES, memory=500, minutes=5)
def count(e: Settings, *, seed: int) -> Job:
    """Rolls of one seed, counted by the face that came up."""
    return Job(reads={"rolls": ROLL_FILES(seed=seed)}, config={"sides": "sides"})


@KIND.accounts
def accounted(e: Settings) -> Iterator[File]:
    """Every roll."""
    yield from (ROLL_FILES(seed=seed) for seed in e.seeds)
