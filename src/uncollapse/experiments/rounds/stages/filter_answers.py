"""Keep the answers that models will learn from, and tell p_* of the filters that keep them."""

import numpy as np

from uncollapse.artifacts.parquet import ParquetWriter, read_table, write_table
from uncollapse.errors import ArtifactError, DataError
from uncollapse.experiments.rounds.artifacts import ANSWERS, FILTERED, LABELS, QUESTIONS
from uncollapse.jobs.stage import Stage
from uncollapse.rounds.answering import judged
from uncollapse.rounds.filtering import PACKAGE, kept
from uncollapse.rounds.label_quality import quality
from uncollapse.rounds.noise import noisy
from uncollapse.rounds.plugins import task_of
from uncollapse.settings.finding import load_plugin


def run(stage: Stage) -> None:
    """Inputs questions, answers (shards); outputs labels, filtered.

    Spec: task, filters, at_random, seeds, seed, run, round, optionally noise (kind, rate).
    """
    spec = stage.spec
    task, settings = task_of(spec["task"])
    filters = [load_plugin(one["kind"], package=PACKAGE).Settings(**one) for one in spec["filters"]]
    table, seeds = read_table(stage.input("questions"), QUESTIONS), spec["seeds"]
    parts = [read_table(path, ANSWERS).to_pandas() for path in stage.inputs["answers"]]
    texts, finished = [], []
    for seed in seeds:
        mine = [part[part["seed"] == seed] for part in parts]
        if [number for part in mine for number in part["question_id"]] != list(range(len(table))):
            raise ArtifactError(
                f"{stage.inputs['answers'][0]}: not one answer of seed {seed} to each of {len(table):,} questions;"
                " delete it and rerun"
            )
        texts.append([text for part in mine for text in part["answer"]])
        finished.append(np.concatenate([part["finished"].to_numpy(dtype=bool) for part in mine]))
    if "noise" in spec:
        key = f"{spec['seed']} {spec['round']}"
        texts = [noisy(mine, **spec["noise"], key=f"{key} {seed}") for seed, mine in zip(seeds, texts, strict=True)]
    answers = judged(task, settings, table, texts, finished)
    learned, dropped = kept(answers, filters, at_random=spec["at_random"], seeds=seeds, draw=spec["seed"])
    for seed, some in zip(seeds, learned.sum(1), strict=True):
        if not some:
            named = " and ".join(one.kind for one in filters) or "no filter"
            raise DataError(
                f"{spec['run']}, round {spec['round']}: {named} keeps none of {len(table):,} answers of seed {seed}, of"
                f" which {answers.right[list(seeds).index(seed)].sum():,} are right; loosen the filter, ask more"
                " questions a round, or train the models of the rounds before for longer. What was made stays"
            )
    with ParquetWriter(stage.output("labels"), LABELS) as writer:
        for seed, mine, right, chosen in zip(seeds, texts, answers.right, learned, strict=True):
            places = np.flatnonzero(chosen)
            rows = table.take(places)
            writer.write(
                {
                    "question_id": rows.column("question_id"),
                    "seed": np.full(len(rows), seed),
                    "difficulty": rows.column("difficulty"),
                    "text": rows.column("text"),
                    "answer": [mine[place] for place in places],
                    "right": right[places],
                }
            )
        writer.count(rows_in=learned.size, kept=int(learned.sum()), dropped=dropped)
    write_table(stage.output("filtered"), quality(answers, learned, seeds), FILTERED)
