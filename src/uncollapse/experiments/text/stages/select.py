"""Keep the answers a language model will be trained on."""

from uncollapse.artifacts.datasets import TEXT_DATASET
from uncollapse.artifacts.parquet import ParquetWriter
from uncollapse.jobs.stage import Stage
from uncollapse.selection.select_text import select_texts
from uncollapse.selection.text_settings import TextDatasetSettings


def run(stage: Stage) -> None:
    """Inputs prompts, and for synthesized data candidates (shards) and scores (shards); output dataset.

    Spec: dataset.
    """
    settings = TextDatasetSettings(**stage.spec["dataset"])
    candidates, scores = stage.inputs.get("candidates", []), stage.inputs.get("scores", [])
    with ParquetWriter(stage.output("dataset"), TEXT_DATASET) as writer:
        select_texts(writer, stage.input("prompts"), candidates, scores, settings)
