"""Make prompts and true answers of a corpus, for one split."""

from uncollapse.artifacts.parquet import ParquetWriter
from uncollapse.artifacts.prompts import TEXT_PROMPTS
from uncollapse.experiments.text.prompt_settings import TextDataSettings, TextSampleSettings
from uncollapse.experiments.text.prompts import write_prompts
from uncollapse.jobs.stage import Stage


def run(stage: Stage) -> None:
    """Input corpus; output prompts. Spec: data, sample, split."""
    spec = stage.spec
    data = TextDataSettings(corpus="any", **spec["data"])
    with ParquetWriter(stage.output("prompts"), TEXT_PROMPTS) as writer:
        write_prompts(writer, stage.input("corpus"), data, TextSampleSettings(**spec["sample"]), split=spec["split"])
