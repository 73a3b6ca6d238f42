"""Pools of text experiments: prompts that a generator beyond the first labels, and its part with true answers."""

from dataclasses import replace

from uncollapse.artifacts.artifact import NUMBER
from uncollapse.artifacts.prompts import TEXT_PROMPT_FILES

# the first generator's lie with the splits that all share, as its data sets bear no labeller's name
POOL_FILES = replace(
    TEXT_PROMPT_FILES,
    path="prompts/{split}.by{draw}.parquet",
    patterns={"split": "train|synthesize", "draw": NUMBER},
)
