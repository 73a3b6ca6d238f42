"""Costs and likeness of texts that a model writes, rephrases and edits. cut passages -> [compare] -> report"""

import sys
from time import process_time

from uncollapse.artifacts.parquet import read_table, write_rows
from uncollapse.artifacts.passages import PASSAGES
from uncollapse.artifacts.synthesis import SYNTHESIS_COSTS, SYNTHESIS_TEXTS
from uncollapse.editing.load import load_job_prior
from uncollapse.jobs.stage import Stage
from uncollapse.language.engines.choose import load_engine
from uncollapse.language.settings import EngineSettings
from uncollapse.pretraining.synthesis import described, edited, timed, written
from uncollapse.pretraining.writing_settings import SynthesisSettings
from uncollapse.pretraining.written import prompts_of


def run(stage: Stage) -> None:
    """Inputs passages, model; outputs costs, texts. Spec: synthesis, engine. Processor seconds go to the log."""
    settings = SynthesisSettings(**stage.spec["synthesis"])
    table = read_table(stage.input("passages"), PASSAGES).to_pandas()
    table = table[table["corpus"] == settings.corpus].sort_values("place", kind="stable").head(settings.passages)
    texts, ids = table["text"].tolist(), table["passage_id"].tolist()
    prior = load_job_prior(stage, "model")
    engine = load_engine(stage.input("model"), EngineSettings(**stage.spec["engine"]), threads=stage.threads)
    work = {
        method: lambda method=method, prompts=prompts: written(engine, prompts, ids, method=method, settings=settings)
        for method, prompts in prompts_of(settings, texts).items()
    }
    work["edited"] = lambda: edited(prior, texts, ids, settings)
    progress, rows = stage.progress(unit="ways"), []
    progress.start(total=len(work))
    for number, (method, each) in enumerate(work.items(), start=1):
        found, seconds = timed(each, process_time)
        rows += found
        print(f"{method}: {1000 * seconds:.2f} processor seconds for 1,000 tokens", file=sys.stderr)
        progress.update(number)
    progress.finish()
    write_rows(stage.output("costs"), rows, SYNTHESIS_COSTS)
    write_rows(stage.output("texts"), described(dict(zip(ids, texts, strict=True)), rows), SYNTHESIS_TEXTS)
