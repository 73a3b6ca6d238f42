"""Keep the candidates that students of one seed learn from, or draw as many of the same prompts at random."""

import sys

import numpy as np
import pyarrow as pa

from uncollapse.artifacts.parquet import ParquetWriter, read_table
from uncollapse.errors import DataError
from uncollapse.experiments.rejection_sampling.artifacts import ASKED, SAMPLED, SELECTED, VERDICTS
from uncollapse.experiments.rejection_sampling.pools import part_of
from uncollapse.experiments.rejection_sampling.tables import check_alike
from uncollapse.jobs.stage import Stage
from uncollapse.row_selection.rules import selected
from uncollapse.row_selection.selection_block import selecting
from uncollapse.row_selection.twin import random_twin


def run(stage: Stage) -> None:
    """Inputs asked, sampled, truth, and verdicts where a verifier selects; output selected.

    Spec: selection, sample_seed, cut_off, place, parts, arm, name.
    """
    spec = stage.spec
    asked, sampled = read_table(stage.input("asked"), ASKED), read_table(stage.inputs["sampled"], SAMPLED)
    verdicts = read_table(stage.inputs["verdicts"], VERDICTS) if "verdicts" in stage.inputs else None
    truth = read_table(stage.inputs["truth"], VERDICTS)
    check_alike(sampled, truth, name="the reference")
    settings = selecting(spec["selection"], seed=spec["sample_seed"])
    part = part_of(
        asked,
        sampled,
        verdicts,
        settings.rule,
        place=spec["place"],
        parts=spec["parts"],
        cut_off=spec["cut_off"] == "keep",
    )
    dropped = {reason: number for reason, number in part.left_out.items() if number}
    if not len(part.pool):
        raise DataError(_nothing(spec["name"], part.candidates, dropped))
    sieve = selected(part.pool, settings)
    dropped |= {reason: number for reason, number in sieve.account().items() if number}
    chosen = sieve.kept
    if not chosen.any():
        raise DataError(_nothing(spec["name"], part.candidates, dropped))
    if settings.n is not None and settings.rule in ("budget", "top") and chosen.sum() < settings.n:
        print(
            f"selection {spec['name']!r} has {chosen.sum():,} of the {settings.n:,} rows that it asks for; raise"
            " sampling.candidates, rounds or the number of prompts",
            file=sys.stderr,
        )
    if spec["arm"] == "random":
        twin = random_twin(part.pool, chosen, seed=spec["sample_seed"])
        left_out = {reason: number for reason, number in part.left_out.items() if number}
        dropped, chosen = left_out | {"not drawn": int((~twin).sum())}, twin
    rows = np.sort(part.pool.row[chosen])
    place = {name: number for number, name in enumerate(asked.column("prompt_id").to_pylist())}
    taken = sampled.take(pa.array(rows))
    beside = asked.take(pa.array([place[name] for name in taken.column("prompt_id").to_pylist()], pa.int64()))
    with ParquetWriter(stage.output("selected"), SELECTED) as writer:
        writer.write(
            {
                **{name: taken.column(name) for name in ("prompt_id", "sample", "text")},
                **{name: beside.column(name) for name in ("prompt", "messages", "system")},
                "right": truth.take(pa.array(rows)).column("accepted"),
            }
        )
        writer.count(rows_in=part.candidates, kept=len(rows), dropped=dropped)


def _nothing(name: str, candidates: int, dropped: dict[str, int]) -> str:
    told = ", ".join(f"{number:,} {reason.replace('_', ' ')}" for reason, number in dropped.items())
    return (
        f"selections.{name} keeps none of {candidates:,} candidates ({told}): set it to null, loosen its verifier, or"
        " sample more. What was made stays"
    )
