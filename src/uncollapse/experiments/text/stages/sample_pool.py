"""Make prompts and true answers of the pool that a generator beyond the first has to itself, or of its part of it."""

from uncollapse.artifacts.parquet import ParquetWriter
from uncollapse.artifacts.prompts import TEXT_PROMPTS
from uncollapse.experiments.text.prompt_settings import TextDataSettings, TextSampleSettings
from uncollapse.experiments.text.prompts import write_prompts
from uncollapse.jobs.stage import Stage


def run(stage: Stage) -> None:
    """Input corpus; output prompts. Spec: data, sample, split (train or synthesize), draw."""
    spec = stage.spec
    data, settings = TextDataSettings(corpus="any", **spec["data"]), TextSampleSettings(**spec["sample"])
    with ParquetWriter(stage.output("prompts"), TEXT_PROMPTS) as writer:
        write_prompts(writer, stage.input("corpus"), data, settings, split=spec["split"], draw=spec["draw"])
