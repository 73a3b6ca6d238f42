"""Make the items of one downstream task from test passages."""

from uncollapse.artifacts.parquet import read_table, write_table
from uncollapse.artifacts.passages import PASSAGES
from uncollapse.artifacts.tasks import TASK_ITEMS
from uncollapse.downstream_tasks.harness import require_harness
from uncollapse.downstream_tasks.items import items
from uncollapse.errors import DataError
from uncollapse.jobs.stage import Stage


def run(stage: Stage) -> None:
    """Input passages (the test split); output task_items. Spec: task, items, seed, and where limited corpora."""
    require_harness()  # before anything is trained for it
    spec = stage.spec
    passages = read_table(stage.input("passages"), PASSAGES).to_pandas()
    columns, dropped = items(
        passages, task=spec["task"], most=spec["items"], seed=spec["seed"], corpora=spec.get("corpora")
    )
    if not columns["answer"]:
        raise DataError(
            f"tasks.names: {spec['task']}: no passage gives an item {dropped}; raise data.test or remove it"
        )
    kept = len(columns["answer"])
    write_table(stage.output("task_items"), columns, TASK_ITEMS, rows_in=len(passages), kept=kept, dropped=dropped)
