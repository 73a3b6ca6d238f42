"""Let a model trained from scratch write texts for the next."""

from uncollapse.artifacts.parquet import ParquetWriter
from uncollapse.artifacts.passages import PASSAGE_TOKENS
from uncollapse.compute.bfloat16 import kind_of
from uncollapse.compute.settings import ComputeSettings
from uncollapse.jobs.stage import Stage
from uncollapse.language.engines.transformers_engine import load
from uncollapse.language.settings import EngineSettings
from uncollapse.pretraining.writing_settings import TextSamplingSettings
from uncollapse.pretraining.written import sampled


def run(stage: Stage) -> None:
    """Input model; output samples. Spec: tokens, sampling, compute."""
    spec = stage.spec
    device = ComputeSettings(**spec["compute"]).device
    engine = load(stage.input("model"), EngineSettings(device=device), threads=stage.threads)
    stage.computed_on = kind_of(engine.device)
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
