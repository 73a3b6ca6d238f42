"""Score summaries that no model wrote: the first words, another article's summary."""

from collections.abc import Sequence

import numpy as np

from uncollapse.artifacts.evaluations import TEXT_BASELINES
from uncollapse.artifacts.parquet import ParquetWriter, read_table
from uncollapse.artifacts.prompts import TEXT_PROMPTS
from uncollapse.jobs.stage import Stage
from uncollapse.metrics.rouge import rouge

_SEED = 0  # of the shift that pairs each prompt with another one


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


def lead_summaries(prompts: Sequence[str], *, template: str, words: int) -> list[str]:
    """The first words of what is read, without the template around it.

    >>> lead_summaries(["Article: It rained in Rome. Summary:"], template="Article: {prompt} Summary:", words=2)
    ['It rained']
    """
    before, after = template.split("{prompt}")
    inner = [text.removeprefix(before).removesuffix(after) for text in prompts]
    return [" ".join(text.split()[:words]) for text in inner]


def random_summaries(answers: Sequence[str]) -> list[str]:
    """The true answer of another prompt for each: a fluent summary in the right style, of the wrong article.

    >>> random_summaries(["a", "b"])
    ['b', 'a']
    """
    shuffled = np.random.default_rng(_SEED).permutation(len(answers))
    partner = np.empty(len(answers), dtype=np.int64)
    partner[shuffled] = np.roll(shuffled, 1)
    return [answers[index] for index in partner]


def median_words(answers: Sequence[str]) -> int:
    """The median length in words, rounded.

    >>> median_words(["one", "one two", "one two three"])
    2
    """
    return round(float(np.median([len(answer.split()) for answer in answers])))
