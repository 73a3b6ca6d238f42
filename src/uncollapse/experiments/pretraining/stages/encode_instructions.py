"""Instructions with answers as token ids."""

from contextlib import ExitStack

from uncollapse.artifacts.datasets import PAIRS
from uncollapse.artifacts.parquet import ParquetWriter, columns_of
from uncollapse.jobs.stage import Stage
from uncollapse.pretraining.settings import InstructionSettings
from uncollapse.pretraining.tokens import EMPTY, SPLITS, TOO_LONG, pairs_of, read_tokenizer


def run(stage: Stage) -> None:
    """Inputs corpus, tokenizer; outputs train, test. Spec: instructions."""
    settings = InstructionSettings(**stage.spec["instructions"])
    tokenizer = read_tokenizer(stage.input("tokenizer"))
    with ExitStack() as stack:
        writers = {split: stack.enter_context(ParquetWriter(stage.output(split), PAIRS)) for split in SPLITS}
        for found in pairs_of(stage.input("corpus"), tokenizer, settings):
            for split, writer in writers.items():
                rows, others = found[split], sum(len(found[name]) for name in SPLITS if name != split)
                writer.write(columns_of(rows, PAIRS))
                dropped = {reason: len(found[reason]) for reason in (TOO_LONG, EMPTY)} | {"in another split": others}
                writer.count(rows_in=sum(map(len, found.values())), kept=len(rows), dropped=dropped)
