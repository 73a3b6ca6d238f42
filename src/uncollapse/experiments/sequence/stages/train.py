"""Train one model on one data set."""

import torch

from uncollapse.artifacts.curves import CURVE
from uncollapse.artifacts.parquet import write_rows
from uncollapse.jobs.device import prepared
from uncollapse.jobs.stage import Stage
from uncollapse.models.encoder_decoder import EncoderDecoder
from uncollapse.models.settings import ModelSettings
from uncollapse.models.weights import load_weights, save_weights
from uncollapse.tasks.finding import load_task
from uncollapse.training.checkpoint import Checkpoint
from uncollapse.training.data import load_examples
from uncollapse.training.loop import train
from uncollapse.training.settings import TrainingSettings
from uncollapse.training.validation import Validation


def run(stage: Stage) -> None:
    """Inputs dataset, validation (prompts), optionally initial (weights); outputs weights, curve.

    Spec: task, model, training, compute, seed, validation (tolerance).
    """
    spec = stage.spec
    device, dtype = prepared(stage)
    task = load_task(spec["task"]["name"])
    task_settings = task.Settings(**spec["task"])
    layout = task.layout(task_settings)
    torch.manual_seed(spec["seed"])
    if "initial" in stage.inputs:
        model = load_weights(stage.input("initial"), device=device)
    else:
        model = EncoderDecoder(ModelSettings(**spec["model"]), layout).to(device)
    examples = load_examples(stage.input("dataset"), layout, device=device)
    curve = train(
        model,
        examples,
        TrainingSettings(**spec["training"]),
        seed=spec["seed"],
        validate=Validation(
            stage.input("validation"), task, task_settings, tolerance=spec["validation"]["tolerance"], device=device
        ),
        checkpoint=Checkpoint(stage.checkpoint("weights"), identity=stage.identity()),
        progress=stage.progress(unit="examples"),
        dtype=dtype,
    )
    save_weights(model, stage.output("weights"), about={"seed": spec["seed"], "steps": curve[-1]["step"]})
    write_rows(stage.output("curve"), curve, CURVE, rows_in=len(examples), kept=len(examples))
