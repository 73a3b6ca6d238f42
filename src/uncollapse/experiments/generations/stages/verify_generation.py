"""Judge the rows of a generation: which the next one may learn from."""

import sys

import numpy as np

from uncollapse.artifacts.parquet import ParquetWriter, columns_of, write_table
from uncollapse.experiments.generations.artifacts import JUDGED, QUALITY, written_schema
from uncollapse.experiments.generations.working import seed_of, work_of
from uncollapse.generations.gathering import rows_of
from uncollapse.generations.judging import kept, quality
from uncollapse.generations.plugins import VERIFIERS, plugin_of
from uncollapse.generations.state import load_states
from uncollapse.jobs.stage import Stage


def run(stage: Stage) -> None:
    """Inputs written, verifier, truth; outputs judged, quality.

    Spec: verifier, truth, at_random, seeds, generation, run, most (rows that are kept), compute.
    """
    spec, rows = stage.spec, []
    module, settings = plugin_of(spec["verifier"], package=VERIFIERS)
    judge, truth = plugin_of(spec["truth"], package=VERIFIERS)
    known, true = (load_states(stage.input(name))[0] for name in ("verifier", "truth"))
    work = work_of(stage, unit="rows")
    with ParquetWriter(stage.output("judged"), JUDGED) as writer:
        for seed in spec["seeds"]:
            draw = seed_of(seed, spec["generation"])
            table = rows_of([stage.input("written")], written_schema(module.ROWS), seed=seed)
            own = table.select(module.ROWS.names)
            scores = module.scores(known, settings, own, seed=draw, work=work)
            right = judge.scores(true, truth, own, seed=draw, work=work) >= truth.threshold
            accepted = scores >= settings.threshold
            named = f"{spec['run']}, generation {spec['generation']}, seed {seed}"
            chosen = kept(accepted, most=spec["most"], at_random=spec["at_random"], seed=draw, named=named)
            writer.write(
                {
                    "seed": np.full(len(table), seed),
                    "row_id": table.column("row_id"),
                    "score": scores,
                    "accepted": accepted,
                    "right": right,
                    "kept": chosen,
                }
            )
            number = int(chosen.sum())
            dropped = {"not accepted": int((~accepted).sum()), "more than needed": int(accepted.sum()) - number}
            writer.count(rows_in=len(table), kept=number, dropped=dropped)
            passed = chosen if spec["at_random"] else accepted
            rows.append({"seed": seed, "learned": number} | quality(right, passed))
            if number < spec["most"]:
                text = f"{named}: {number:,} of {len(table):,} rows are accepted, and the regime takes {spec['most']:,}"
                print(f"{text}: the next generation learns from fewer; raise the run's candidates", file=sys.stderr)
    write_table(stage.output("quality"), columns_of(rows, QUALITY), QUALITY)
