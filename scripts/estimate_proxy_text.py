"""Estimate p_* of a text data set before anything is trained on it.     ... -> label -> verify -> select -> [proxy]"""

from uncollapse.jobs.stage import Stage, run_stage


def estimate_proxy(stage: Stage) -> None:
    """Inputs prompts, truth (the oracle's scores), optionally scores (the selector's), candidates; output proxy.

    Spec: dataset, threshold, thresholds, resamples.
    """
    from uncollapse.artifacts.parquet import ParquetWriter, row_count
    from uncollapse.artifacts.proxies import TEXT_PROXY
    from uncollapse.proxy.of_texts import measure_texts
    from uncollapse.selection.text_settings import TextDatasetSettings

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


if __name__ == "__main__":
    run_stage("estimate_proxy_text", estimate_proxy)
