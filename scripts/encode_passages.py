"""Passages as token ids.                                   cut passages -> train tokenizer -> [encode] -> mix -> ..."""

from uncollapse.stage import Stage, run_stage


def encode_passages(stage: Stage) -> None:
    """Inputs passages (of one split), tokenizer; output tokens. No spec."""
    from uncollapse.artifacts import ParquetWriter
    from uncollapse.pretraining.tokens import encoded, read_tokenizer
    from uncollapse.schemas_pretraining import PASSAGE_TOKENS

    tokenizer = read_tokenizer(stage.input("tokenizer"))
    with ParquetWriter(stage.output("tokens"), PASSAGE_TOKENS) as writer:
        for columns in encoded(stage.input("passages"), tokenizer):
            writer.write(columns)
            writer.count(rows_in=len(columns["bytes"]), kept=len(columns["bytes"]))


if __name__ == "__main__":
    run_stage("encode_passages", encode_passages)
