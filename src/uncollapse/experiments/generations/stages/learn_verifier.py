"""Have a verifier learn from real rows."""

from uncollapse.artifacts.parquet import read_table
from uncollapse.experiments.generations.artifacts import real_schema
from uncollapse.experiments.generations.working import work_of
from uncollapse.generations.plugins import VERIFIERS, plugin_of
from uncollapse.generations.real import training
from uncollapse.generations.state import save_states
from uncollapse.jobs.stage import Stage


def run(stage: Stage) -> None:
    """Input real; output verifier. Spec: verifier, seed, compute."""
    module, settings = plugin_of(stage.spec["verifier"], package=VERIFIERS)
    table = read_table(stage.input("real"), real_schema(module.ROWS))
    rows = training(table)
    if getattr(settings, "held_out", False):
        rows = table
    seed = stage.spec["seed"]
    work = work_of(stage, unit="rows", output="verifier")
    save_states(
        {0: module.learn(rows.select(module.ROWS.names), settings, seed=seed, work=work)}, stage.output("verifier")
    )
