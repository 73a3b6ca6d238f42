"""Score summaries that no model wrote: the first words, another article's summary."""

from uncollapse.artifacts.evaluations import TEXT_BASELINES
from uncollapse.artifacts.parquet import ParquetWriter, read_table
from uncollapse.artifacts.prompts import TEXT_PROMPTS
from uncollapse.jobs.stage import Stage
from uncollapse.metrics.rouge import rouge
from uncollapse.metrics.summary_baselines import lead_summaries, median_words, random_summaries


def run(stage: Stage) -> None:
    """Inputs test, train (prompts); output baselines (per baseline, prompt and metric).

    Spec: metrics, lead_words (null: as long as the median true answer to the train prompts), template.
    """
    spec = stage.spec
    test, train = (read_table(stage.input(split), TEXT_PROMPTS) for split in ("test", "train"))
    answers = test.column("answer").to_pylist()
    words = spec["lead_words"] or median_words(train.column("answer").to_pylist())
    baselines = {
        "lead": lead_summaries(test.column("prompt").to_pylist(), template=spec["template"], words=words),
        "random": random_summaries(answers),
    }
    with ParquetWriter(stage.output("baselines"), TEXT_BASELINES) as writer:
        for baseline, texts in baselines.items():
            for metric, values in rouge(texts, answers, spec["metrics"]).items():
                columns = {"baseline": [baseline] * len(values), "metric": [metric] * len(values), "value": values}
                writer.write({**columns, "prompt_id": test.column("prompt_id")})
        writer.count(rows_in=len(test), kept=len(test))
