"""Passages as token ids.                                   cut passages -> train tokenizer -> [encode] -> mix -> ..."""

from uncollapse.jobs.stage import Stage, run_stage


def encode_passages(stage: Stage) -> None:
    """Inputs passages (of one split), tokenizer; output tokens. No spec."""
    from uncollapse.artifacts.parquet import ParquetWriter
    from uncollapse.artifacts.passages import PASSAGE_TOKENS
    from uncollapse.pretraining.tokens import encoded, read_tokenizer

    tokenizer = read_tokenizer(stage.input("tokenizer"))
    with ParquetWriter(stage.output("tokens"), PASSAGE_TOKENS) as writer:
        for columns in encoded(stage.input("passages"), tokenizer):
            writer.write(columns)
            writer.count(rows_in=len(columns["bytes"]), kept=len(columns["bytes"]))


if __name__ == "__main__":
    run_stage("encode_passages", encode_passages)
