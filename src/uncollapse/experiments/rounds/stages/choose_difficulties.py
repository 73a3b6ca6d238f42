"""Choose the difficulties of a round of an accelerated schedule."""

from uncollapse.artifacts.parquet import read_table, write_table
from uncollapse.experiments.rounds.artifacts import ACCURACIES, CHOSEN
from uncollapse.jobs.stage import Stage
from uncollapse.rounds.schedule import AcceleratedSchedule, accelerated


def run(stage: Stage) -> None:
    """Inputs accuracies, optionally before (difficulties of the round before); output chosen.

    Spec: schedule, start, round, hardest.
    """
    spec = stage.spec
    schedule = AcceleratedSchedule(**spec["schedule"])
    tested = read_table(stage.input("accuracies"), ACCURACIES).to_pandas()
    told = "correct" if schedule.by == "truth" else "agreed"
    sums = tested.groupby("difficulty")[[told, "questions"]].sum()
    mastery = (sums[told] / sums["questions"]).to_dict()
    reached = spec["start"]
    if "before" in stage.inputs:
        reached = max(read_table(stage.input("before"), CHOSEN).column("difficulty").to_pylist())
    found = accelerated(schedule, reached=reached, number=spec["round"], mastery=mastery, hardest=spec["hardest"])
    write_table(
        stage.output("chosen"),
        {"difficulty": found, "mastery": [mastery.get(difficulty) for difficulty in found]},
        CHOSEN,
    )
