"""Fit the models of a generation, from scratch, on the rows that their regime gives them."""

import sys

import numpy as np
from pydantic import TypeAdapter

from uncollapse.artifacts.parquet import ParquetWriter, read_table
from uncollapse.errors import DataError
from uncollapse.experiments.generations.artifacts import JUDGED, LEARNED, real_schema, written_schema
from uncollapse.experiments.generations.working import seed_of, work_of
from uncollapse.generations.gathering import gathered, rows_of
from uncollapse.generations.plugins import MODELS, plugin_of
from uncollapse.generations.real import held_out
from uncollapse.generations.regimes import REAL, Regime, Replace, choose
from uncollapse.generations.state import load_states, save_states
from uncollapse.jobs.stage import Stage


def run(stage: Stage) -> None:
    """Inputs real, where the regime takes real rows, and after generation 0 first (models), written and, where
    verified, judged, of the generations in origins; outputs model, learned.

    Spec: model, seeds, generation, rows, compute, and after generation 0 origins, regime.
    """
    spec = stage.spec
    module, settings = plugin_of(spec["model"], package=MODELS)
    generation, before = spec["generation"], spec.get("origins", [])
    regime = TypeAdapter(Regime).validate_python(spec["regime"]) if generation else Replace(kind="replace")
    written, real = written_schema(module.ROWS), real_schema(module.ROWS)
    files = {k: [path] for k, path in zip(before, stage.inputs.get("written", []), strict=True)}
    schemas = dict.fromkeys(before, written)
    if "real" in stage.inputs:
        files[REAL], schemas[REAL] = [stage.input("real")], real
    first = load_states(stage.input("first")) if generation else {}
    states = {}
    with ParquetWriter(stage.output("learned"), LEARNED) as writer:
        for seed in spec["seeds"]:
            numbers, offered, judged_rows = {}, spec["rows"] if REAL in files else 0, 0
            for place, k in enumerate(before):
                if "judged" in stage.inputs:
                    judged = rows_of([stage.inputs["judged"][place]], JUDGED, seed=seed)
                    numbers[k] = judged.filter(judged.column("kept")).column("row_id").to_numpy()
                    judged_rows += len(judged)
                else:
                    numbers[k] = rows_of(files[k], written, seed=seed).column("row_id").to_numpy()
                offered += len(numbers[k])
            chosen = choose(regime, generation, rows=spec["rows"], written=numbers, seed=seed_of(seed, generation))
            if not len(chosen.numbers):
                raise DataError(f"generation {generation}, seed {seed}: no row to learn from; see the run's regime")
            table = gathered(chosen, files, schemas, seed=seed)
            print(f"seed {seed}: {len(table):,} rows to learn from", file=sys.stderr)
            try:
                if not generation and hasattr(module, "check_held_out"):
                    asked = held_out(read_table(stage.input("real"), real))
                    module.check_held_out(table, settings, held_out=asked.select(module.ROWS.names))
                states[seed] = module.fit(
                    table,
                    settings,
                    weights=chosen.weights,
                    first=first.get(seed),
                    seed=seed_of(seed, generation),
                    work=work_of(stage, unit="examples", part=str(seed), output="model"),
                )
            except DataError as error:
                named = f"generation {generation}, seed {seed}"
                if "judged" not in stage.inputs:
                    raise DataError(f"{named}: {error}") from error
                raise DataError(
                    f"{named}: {len(table):,} of {judged_rows:,} rows are left after the"
                    f" verifier, too few to learn from ({error}); lower the verifier's threshold, raise the run's"
                    " candidates, or leave the run out"
                ) from error
            weights = np.ones(len(table)) if chosen.weights is None else chosen.weights
            writer.write(
                {
                    "seed": np.full(len(table), seed),
                    "origin": chosen.origins,
                    "row_id": chosen.numbers,
                    "weight": weights,
                }
            )
            writer.count(
                rows_in=max(offered, len(table)),
                kept=len(table),
                dropped={"not of the regime": max(offered, len(table)) - len(table)},
            )
    save_states(states, stage.output("model"))
