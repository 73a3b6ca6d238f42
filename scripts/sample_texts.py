"""Let a model trained from scratch write texts for the next.          pretrain -> [sample texts] -> mix -> pretrain"""

from uncollapse.jobs.stage import Stage, run_stage


def sample_texts(stage: Stage) -> None:
    """Input model; output samples. Spec: tokens, sampling, compute."""
    from uncollapse.artifacts.parquet import ParquetWriter
    from uncollapse.artifacts.passages import PASSAGE_TOKENS
    from uncollapse.compute.settings import ComputeSettings
    from uncollapse.language.engines.transformers_engine import load
    from uncollapse.language.settings import EngineSettings
    from uncollapse.pretraining.sampled import sampled
    from uncollapse.pretraining.writing_settings import TextSamplingSettings

    spec = stage.spec
    device = ComputeSettings(**spec["compute"]).device
    engine = load(stage.input("model"), EngineSettings(device=device), threads=stage.threads)
    stage.computed_on = engine.device.type
    progress, done = stage.progress(unit="tokens"), 0
    progress.start(total=spec["tokens"])
    with ParquetWriter(stage.output("samples"), PASSAGE_TOKENS) as writer:
        settings = TextSamplingSettings(**spec["sampling"])
        for columns, dropped in sampled(engine, tokens=spec["tokens"], settings=settings):
            writer.write(columns)
            rows = len(columns["corpus"])
            writer.count(rows_in=rows + sum(dropped.values()), kept=rows, dropped=dropped)
            progress.update(done := done + len(columns["ids"].flatten()) + rows)
    progress.finish()


if __name__ == "__main__":
    run_stage("sample_texts", sample_texts)
