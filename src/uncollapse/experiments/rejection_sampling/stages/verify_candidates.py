"""Judge one shard of a round's candidates by one verifier."""

from uncollapse.artifacts.parquet import ParquetWriter, read_table
from uncollapse.experiments.rejection_sampling.artifacts import ASKED, SAMPLED, VERDICTS
from uncollapse.experiments.rejection_sampling.judging import judged
from uncollapse.jobs.stage import Stage


def run(stage: Stage) -> None:
    """Inputs asked, sampled, told_<name> (verdicts of other verifiers); output verdicts.

    Spec: name, verifier, most_failed.
    """
    asked, sampled = read_table(stage.input("asked"), ASKED), read_table(stage.input("sampled"), SAMPLED)
    told = {
        name.removeprefix("told_"): read_table(paths, VERDICTS)
        for name, paths in stage.inputs.items()
        if name.startswith("told_")
    }
    found = judged(stage, asked, sampled, told, output="verdicts")
    with ParquetWriter(stage.output("verdicts"), VERDICTS) as writer:
        if len(sampled):
            own = {name: sampled.column(name) for name in ("prompt_id", "sample")}
            writer.write({**own, **found})
        writer.count(rows_in=len(sampled), kept=len(sampled))
