"""Fine-tune the base model on what a selection keeps, or on its random twin."""

from uncollapse.artifacts.curves import CURVE
from uncollapse.artifacts.parquet import read_table, write_rows
from uncollapse.compute.device import prepare
from uncollapse.compute.settings import ComputeSettings
from uncollapse.experiments.rejection_sampling.artifacts import SELECTED
from uncollapse.experiments.rejection_sampling.settings import StudentTrainingSettings
from uncollapse.experiments.rejection_sampling.tables import prompts_of
from uncollapse.generators.prompt_tokens import check_template, prompt_tokens
from uncollapse.jobs.stage import Stage
from uncollapse.language.artifact import load_language_model
from uncollapse.language.changed_weights import save_changed
from uncollapse.language.fine_tuning import fine_tune, remove_checkpoints


def run(stage: Stage) -> None:
    """Inputs selected, initial (a language model); outputs changed, curve.

    Spec: training, compute, asked, seed.
    """
    spec = stage.spec
    device, _ = prepare(ComputeSettings(**spec["compute"]), threads=stage.threads)
    rows = read_table(stage.input("selected"), SELECTED)
    model = load_language_model(stage.input("initial"), device=device)
    check_template(model.tokenizer, spec["asked"], model="base")
    prompts = list(prompts_of(rows))
    if spec["asked"] == "chat":
        read = [prompt_tokens(model.tokenizer, prompt, "chat") for prompt in prompts]
    else:
        read = [str(prompt.asked) for prompt in prompts]
    curve = fine_tune(
        model,
        read,
        rows.column("text").to_pylist(),
        StudentTrainingSettings(**spec["training"]),
        seed=spec["seed"],
        checkpoint_folder=stage.checkpoint("changed"),
        identity=stage.identity(),
        validation=None,
        progress=stage.progress(unit="examples"),
    )
    save_changed(model, stage.input("initial"), stage.output("changed"), about={"seed": spec["seed"]})
    write_rows(stage.output("curve"), curve, CURVE, rows_in=len(rows), kept=len(rows))
    remove_checkpoints(stage.checkpoint("changed"))
