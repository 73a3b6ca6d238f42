"""Simulate a part of the papers' theory.                           [simulate] -> tables, figures, claims -> report"""

from uncollapse.jobs.stage import Stage, run_stage


def simulate(stage: Stage) -> None:
    """Output table. Spec: simulation (its name), settings (its own), seed."""
    from uncollapse.artifacts.parquet import write_table
    from uncollapse.theory.simulate import load_simulation, simulate

    name = stage.spec["simulation"]
    module = load_simulation(name)
    frame = simulate(name, module.Settings(**stage.spec["settings"]), seed=stage.spec["seed"])
    write_table(stage.output("table"), {column: frame[column].to_numpy() for column in frame}, module.SCHEMA)


if __name__ == "__main__":
    run_stage("simulate", simulate)
