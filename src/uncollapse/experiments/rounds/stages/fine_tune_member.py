"""Train one pretrained language model of a run on what a round gives it."""

from uncollapse.artifacts.curves import CURVE
from uncollapse.artifacts.parquet import read_table, write_rows
from uncollapse.experiments.rounds.artifacts import LABELS, QUESTIONS
from uncollapse.experiments.rounds.sources import sources_of
from uncollapse.jobs.device import prepared
from uncollapse.jobs.stage import Stage
from uncollapse.language.artifact import load_language_model, save_language_model, stored_dtype
from uncollapse.language.fine_tuning import fine_tune, remove_checkpoints
from uncollapse.language.settings import FineTuningSettings
from uncollapse.rounds.mixture import drawn
from uncollapse.rounds.spelling import apart


def run(stage: Stage) -> None:
    """Inputs start (questions), initial (a language model), after round 0 labels of all rounds; outputs weights, curve.

    Spec: training, apart, compute, seed, round, difficulties (of the initial data).
    """
    spec = stage.spec
    device, _ = prepared(stage)
    start = read_table(stage.input("start"), QUESTIONS)
    labels = [read_table(path, LABELS) for path in stage.inputs.get("labels", [])]
    (sources,) = sources_of(start, labels, seeds=[spec["seed"]], difficulties=spec["difficulties"])
    seed, settings = spec["seed"], FineTuningSettings(**spec["training"])
    sizes = [len(source.questions) for source in sources]
    steps = settings.total_steps(sum(sizes))
    total = steps * settings.batch_size * settings.gradient_accumulation
    places = drawn(sizes, [source.weight for source in sources], total=total, seed=seed)
    examples = [(sources[n].questions[row], sources[n].answers[row]) for n, row in zip(*places, strict=True)]
    questions, answers = zip(*examples, strict=True)
    model = load_language_model(stage.input("initial"), device=device)
    curve = fine_tune(
        model,
        list(map(apart, questions)) if spec["apart"] else questions,
        list(map(apart, answers)) if spec["apart"] else answers,
        settings.model_copy(update={"steps": steps, "epochs": None}),
        seed=seed,
        checkpoint_folder=stage.checkpoint("weights"),
        identity=stage.identity(),
        validation=None,
        progress=stage.progress(unit="examples"),
    )
    about = {"seed": seed, "round": spec["round"]}
    save_language_model(model, stage.output("weights"), about=about, dtype=stored_dtype(stage.input("initial")))
    write_rows(stage.output("curve"), curve, CURVE, rows_in=sum(sizes), kept=sum(sizes))
    remove_checkpoints(stage.checkpoint("weights"))
