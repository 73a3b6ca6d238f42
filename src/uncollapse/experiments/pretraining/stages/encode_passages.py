"""Passages as token ids."""

from uncollapse.artifacts.parquet import ParquetWriter
from uncollapse.artifacts.passages import PASSAGE_TOKENS
from uncollapse.jobs.stage import Stage
from uncollapse.pretraining.tokens import encoded, read_tokenizer


def run(stage: Stage) -> None:
    """Inputs passages (of one split), tokenizer; output tokens. No spec."""
    tokenizer = read_tokenizer(stage.input("tokenizer"))
    with ParquetWriter(stage.output("tokens"), PASSAGE_TOKENS) as writer:
        for columns in encoded(stage.input("passages"), tokenizer):
            writer.write(columns)
            writer.count(rows_in=len(columns["bytes"]), kept=len(columns["bytes"]))
