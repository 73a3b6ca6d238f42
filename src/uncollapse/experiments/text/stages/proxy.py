"""Estimate p_* of a text data set before anything is trained on it."""

from uncollapse.artifacts.parquet import ParquetWriter, row_count
from uncollapse.artifacts.proxies import TEXT_PROXY
from uncollapse.jobs.stage import Stage
from uncollapse.proxy.of_texts import measure_texts
from uncollapse.selection.text_settings import TextDatasetSettings


def run(stage: Stage) -> None:
    """Inputs prompts, truth (the oracle's scores), optionally scores (the selector's), candidates; output proxy.

    Spec: dataset, threshold, thresholds, resamples.
    """
    spec = stage.spec
    with ParquetWriter(stage.output("proxy"), TEXT_PROXY) as writer:
        rows = measure_texts(
            stage.inputs.get("scores", []),
            stage.inputs["truth"],
            TextDatasetSettings(**spec["dataset"]),
            prompts=row_count(stage.input("prompts")),
            threshold=spec["threshold"],
            thresholds=spec["thresholds"],
            resamples=spec["resamples"],
            count=writer.count,
        )
        writer.write(rows)
