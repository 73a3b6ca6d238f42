"""Files of an experiment in rounds. All models of a run, one for each seed, share one file; pretrained ones do not.

``run`` is a run of config, with what an avalanche of it adds to its name; round 0 is the initial training, which all
runs of a course share, so there ``run`` is the course.
"""

import pyarrow as pa

from uncollapse.artifacts.artifact import NUMBER, Artifact
from uncollapse.artifacts.columns import field
from uncollapse.artifacts.curves import CURVE

RUN = r"[a-z][a-z0-9_]*(-[a-z]+(_[a-z]+)?-\d+at\d+)?"
_NAMED = {"run": RUN, "round": NUMBER}

SEED = field("seed", pa.int64(), "of the model")
DIFFICULTY = field("difficulty", pa.int32(), "of the question, from 1")
QUESTION_ID = field("question_id", pa.int64(), "row number of the question within its round")
TEXT = field("text", pa.string(), "what the model reads")

QUESTIONS = pa.schema(
    [
        QUESTION_ID,
        DIFFICULTY,
        TEXT,
        field("answer", pa.string(), "the true one"),
        field("about", pa.string(), "what the task's scorer needs beside them"),
    ]
)
CHOSEN = pa.schema(
    [
        DIFFICULTY,
        field("mastery", pa.float64(), "accuracy or agreement of all models before the round", nullable=True),
    ]
)
ANSWERS = pa.schema(
    [
        QUESTION_ID,
        SEED,
        field("answer", pa.string(), "what the model wrote"),
        field("finished", pa.bool_(), "whether it ended its answer by itself"),
    ]
)
LABELS = pa.schema(
    [
        QUESTION_ID,
        SEED,
        DIFFICULTY,
        TEXT,
        field("answer", pa.string(), "what the model learns to write"),
        field("right", pa.bool_(), "whether that is right, which no model is told"),
    ]
)


def _share(name: str, meaning: str) -> pa.Field:
    return field(name, pa.float64(), meaning, nullable=True)


FILTERED = pa.schema(
    [
        SEED,
        field("difficulty", pa.int32(), "of the questions; 0 stands for all of the round"),
        field("answers", pa.int64(), "that the model wrote, label noise included"),
        field("right", pa.int64(), "of them"),
        field("kept", pa.int64(), "of all answers"),
        field("kept_right", pa.int64(), "of those that are kept"),
        _share("label_accuracy", "right / answers"),
        _share("p", "wrong / answers"),
        _share("phi", "P(kept | right)"),
        _share("psi", "P(kept | wrong)"),
        _share("kept_precision", "kept_right / kept"),
        _share("p_star", "1 / (1 + psi / phi)"),
    ]
)
ACCURACIES = pa.schema(
    [
        SEED,
        DIFFICULTY,
        field("spoken", pa.string(), "the difficulty in the task's words"),
        field("questions", pa.int64(), "test questions of that difficulty"),
        field("correct", pa.int64(), "questions answered right"),
        field("agreed", pa.int64(), "questions that all models answer alike"),
    ]
)
CURVES = pa.schema([SEED, *(one for one in CURVE if not one.name.startswith("validation_"))])

START_FILES = Artifact(path="questions/{course}.start.parquet", schema=QUESTIONS, counts="ask")
TEST_FILES = Artifact(path="questions/{course}.test.parquet", schema=QUESTIONS, counts="ask")
CHOSEN_FILES = Artifact(
    path="difficulties/{run}.round{round}.parquet", schema=CHOSEN, key=("difficulty",), patterns=_NAMED
)
QUESTION_FILES = Artifact(path="questions/{run}.round{round}.parquet", schema=QUESTIONS, counts="ask", patterns=_NAMED)
ANSWER_FILES = Artifact(
    path="answers/{run}.round{round}.{shard}of{shards}.parquet", schema=ANSWERS, counts="answer", patterns=_NAMED
)
LABEL_FILES = Artifact(path="labels/{run}.round{round}.parquet", schema=LABELS, counts="filter", patterns=_NAMED)
FILTERED_FILES = Artifact(
    path="filtered/{run}.round{round}.parquet", schema=FILTERED, key=("seed", "difficulty"), patterns=_NAMED
)
MEMBER_FILES = Artifact(path="members/{run}.round{round}.safetensors", patterns=_NAMED)
STATE_FILES = Artifact(path="members/{run}.round{round}.optimizer.safetensors", patterns=_NAMED)
MEMBER_CURVE_FILES = Artifact(
    path="members/{run}.round{round}.curve.parquet", schema=CURVES, key=("seed", "step"), patterns=_NAMED
)
LANGUAGE_MEMBER_FILES = Artifact(path="members/{run}.round{round}.seed{seed}.safetensors", patterns=_NAMED)
LANGUAGE_CURVE_FILES = Artifact(
    path="members/{run}.round{round}.seed{seed}.curve.parquet", schema=CURVE, key=("step",), patterns=_NAMED
)
ACCURACY_FILES = Artifact(
    path="accuracies/{run}.round{round}.parquet", schema=ACCURACIES, key=("seed", "difficulty"), patterns=_NAMED
)
