"""Simulate a part of the papers' theory."""

from uncollapse.artifacts.parquet import write_table
from uncollapse.jobs.stage import Stage
from uncollapse.theory.simulate import load_simulation, simulate


def run(stage: Stage) -> None:
    """Output table. Spec: simulation (its name), settings (its own), seed."""
    name = stage.spec["simulation"]
    module = load_simulation(name)
    frame = simulate(name, module.Settings(**stage.spec["settings"]), seed=stage.spec["seed"])
    write_table(stage.output("table"), {column: frame[column].to_numpy() for column in frame}, module.SCHEMA)
