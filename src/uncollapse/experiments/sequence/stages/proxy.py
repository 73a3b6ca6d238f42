"""Estimate p_* of a data set before anything is trained on it."""

from uncollapse.artifacts.parquet import ParquetWriter
from uncollapse.artifacts.proxies import PROXY
from uncollapse.jobs.stage import Stage
from uncollapse.proxy.of_candidates import measure
from uncollapse.selection.settings import DatasetSettings


def run(stage: Stage) -> None:
    """Inputs prompts, candidates, truth (the oracle's scores), optionally scores (the selector's); output proxy.

    Spec: dataset, available, resamples. A data set of true labels has no inputs but prompts.
    """
    spec = stage.spec
    with ParquetWriter(stage.output("proxy"), PROXY) as writer:
        rows = measure(
            stage.inputs["candidates"],
            stage.inputs.get("scores", []),
            stage.inputs["truth"],
            DatasetSettings(**spec["dataset"]),
            available=spec["available"],
            resamples=spec["resamples"],
            count=writer.count,
        )
        writer.write(rows)
