"""Fine-tune a language model on one data set."""

from uncollapse.artifacts.curves import CURVE
from uncollapse.artifacts.datasets import TEXT_DATASET
from uncollapse.artifacts.parquet import read_table, write_rows
from uncollapse.artifacts.prompts import TEXT_PROMPTS
from uncollapse.compute.device import prepare
from uncollapse.compute.settings import ComputeSettings
from uncollapse.errors import ArtifactError
from uncollapse.experiments.text.prompts import ending_of
from uncollapse.jobs.stage import Stage
from uncollapse.language.artifact import load_language_model
from uncollapse.language.changed_weights import save_changed
from uncollapse.language.fine_tuning import fine_tune, remove_checkpoints
from uncollapse.language.settings import FineTuningSettings


def run(stage: Stage) -> None:
    """Inputs dataset, validation (prompts), initial (a language model); outputs weights, curve.

    Spec: training, compute, seed, template, most_unusable.
    """
    spec = stage.spec
    device, _ = prepare(ComputeSettings(**spec["compute"]), threads=stage.threads)
    rows = read_table(stage.input("dataset"), TEXT_DATASET)
    if not len(rows):
        raise ArtifactError(f"{stage.input('dataset')}: no rows to train on; its selection keeps nothing")
    held_out = read_table(stage.input("validation"), TEXT_PROMPTS)
    model = load_language_model(stage.input("initial"), device=device)
    curve = fine_tune(
        model,
        rows.column("prompt").to_pylist(),
        rows.column("answer").to_pylist(),
        FineTuningSettings(**spec["training"]),
        seed=spec["seed"],
        checkpoint_folder=stage.checkpoint("weights"),
        identity=stage.identity(),
        validation=(held_out.column("prompt").to_pylist(), held_out.column("answer").to_pylist()),
        progress=stage.progress(unit="examples"),
        ending=ending_of(spec["template"]),
        most_cut=spec["most_unusable"],
    )
    about = {"seed": spec["seed"], "steps": curve[-1]["step"], "examples": len(rows)}
    save_changed(model, stage.input("initial"), stage.output("weights"), about=about)
    write_rows(stage.output("curve"), curve, CURVE, rows_in=len(rows), kept=len(rows))
    remove_checkpoints(stage.checkpoint("weights"))
