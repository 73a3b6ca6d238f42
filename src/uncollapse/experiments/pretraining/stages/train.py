"""Train one language model on one data set, from scratch or on."""

import torch

from uncollapse.artifacts.curves import CURVE
from uncollapse.artifacts.parquet import arrays_of, read_row_groups, row_count, write_rows
from uncollapse.artifacts.passages import PASSAGE_TOKENS
from uncollapse.jobs.device import prepared
from uncollapse.jobs.stage import Stage
from uncollapse.language.artifact import load_language_model, quiet, save_language_model
from uncollapse.language.base import untrained
from uncollapse.language.cpu_attention import use_cpu_attention
from uncollapse.language.settings import Architecture
from uncollapse.pretraining.examples import HumanLoss, blocks, load_blocks, load_pairs
from uncollapse.pretraining.tokens import read_tokenizer
from uncollapse.training.checkpoint import Checkpoint
from uncollapse.training.loop import train
from uncollapse.training.settings import TrainingSettings


def run(stage: Stage) -> None:
    """Inputs dataset (or pairs, whose answers are learned), validation (tokens), tokenizer, initial (a model that goes
    on); outputs weights, curve.

    Spec: architecture, training, compute, seed.
    """
    spec = stage.spec
    device, dtype = prepared(stage)
    architecture, training = Architecture(**spec["architecture"]), TrainingSettings(**spec["training"])
    tokenizer = read_tokenizer(stage.input("tokenizer"))
    where = {"context": architecture.context, "end": tokenizer.eos_token_id, "device": device}
    human = (
        table.filter([who == "human" for who in table.column("written_by").to_pylist()])
        for table in read_row_groups(stage.input("validation"), PASSAGE_TOKENS)
    )
    held_out = blocks((ids for table in human for ids in arrays_of(table.column("ids"))), **where)
    load, name = (load_pairs, "pairs") if "pairs" in stage.inputs else (load_blocks, "dataset")
    examples = load(stage.input(name), **where)
    if "initial" in stage.inputs:
        language_model = load_language_model(stage.input("initial"))
    else:
        language_model = untrained(architecture, tokenizer, seed=spec["seed"])
    model = language_model.model.to(device)
    use_cpu_attention(model)
    torch.manual_seed(spec["seed"])
    with quiet():  # transformers would ask for an attention mask, where nothing is padded
        curve = train(
            model,
            examples,
            training,
            seed=spec["seed"],
            validate=HumanLoss(held_out, batch_size=training.batch_size),
            checkpoint=Checkpoint(stage.checkpoint("weights"), identity=stage.identity()),
            progress=stage.progress(unit="blocks"),
            dtype=dtype,
        )
    about = {"seed": spec["seed"], "steps": curve[-1]["step"], "tokens": curve[-1]["examples"] * architecture.context}
    save_language_model(language_model, stage.output("weights"), about=about)
    texts = row_count(stage.input(name))
    write_rows(stage.output("curve"), curve, CURVE, rows_in=texts, kept=texts)
