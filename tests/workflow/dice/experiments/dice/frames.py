"""Frames and values that products may ask of experiments with dice."""

from uncollapse.experiments.dice.artifacts import COUNT_FILES
from uncollapse.experiments.frames import Frame, Value

FRAMES = {
    "face_counts": Frame(
        artifact=COUNT_FILES, files=lambda e: [COUNT_FILES(seed=seed) for seed in e.seeds], about=("seed",)
    )
}
VALUES = {"sides": Value(lambda e: e.sides)}
