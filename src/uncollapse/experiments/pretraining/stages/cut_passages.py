"""Cut documents of several corpora into passages of one length."""

from contextlib import ExitStack

from uncollapse.artifacts.parquet import ParquetWriter
from uncollapse.artifacts.passages import PASSAGES
from uncollapse.jobs.stage import Stage
from uncollapse.pretraining.passages import write_passages
from uncollapse.pretraining.settings import SPLITS, PassageSettings


def run(stage: Stage) -> None:
    """Inputs corpus_NAME, one for each corpus; outputs train, validation, test. Spec: data."""
    settings = PassageSettings(**stage.spec["data"])
    corpora = {name: stage.input(f"corpus_{name}") for name in settings.corpora}
    with ExitStack() as stack:
        writers = {split: stack.enter_context(ParquetWriter(stage.output(split), PASSAGES)) for split in SPLITS}
        write_passages(writers, corpora, settings)
