"""Train a language model on prompts and answers: transformers' Trainer, resumed after a kill.

Weights and optimizer are float32, and layers compute in bfloat16 where ``dtype`` says so (autocast). A layer sees its
weights rounded to 8 bits, so small updates show only when enough of them have added up: SmolLM2-135M after 6 steps of
4 headlines at 5e-5 has a validation loss of 4.24 in float32 and 4.69 with the same weights in bfloat16; after 8 steps
of 8 at 5e-4, 3.87 and 3.88. Short runs want the larger rate, or float32.

On several devices, start the command by ``accelerate launch``, whose processes all write the same file; with ``fsdp:
true`` each holds its share of weights, gradients and optimizer state until training ends, and then all weights, in the
CPU's memory.
"""

import contextlib
import json
import shutil
import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from torch.utils.data import Subset
from transformers import TrainerCallback, TrainerControl, TrainerState, TrainingArguments
from transformers.trainer_callback import PrinterCallback

from uncollapse.compute.bfloat16 import multiplies_bfloat16
from uncollapse.errors import ConfigError, DataError, DivergedError
from uncollapse.jobs.progress import Progress
from uncollapse.language.artifact import LanguageModel, quiet
from uncollapse.language.batches import length_batches
from uncollapse.language.cpu_attention import use_cpu_attention
from uncollapse.language.examples import Example, Prompt, collate, encode_examples
from uncollapse.language.given_back import GivenBack
from uncollapse.language.scoring import projection_is_all
from uncollapse.language.settings import FineTuningSettings
from uncollapse.language.text import context_length, padding
from uncollapse.language.trainable import choose_trainable, gather_shards, merge_adapters
from uncollapse.language.trainer import Curve, LanguageModelTrainer, summed_loss
from uncollapse.statistics.counted import exceeds

_COMPLETE = "complete.json"  # written into a checkpoint's folder when all else is there
_VALIDATION_TOKENS = 4096
_WINDOW = 32  # batches among which examples are sorted by length; more would show in what a batch is made of


def fine_tune(
    language_model: LanguageModel,
    prompts: Sequence[Prompt],
    answers: Sequence[str],
    settings: FineTuningSettings,
    *,
    seed: int,
    checkpoint_folder: Path,
    identity: str,
    validation: tuple[Sequence[Prompt], Sequence[str]] | None,
    progress: Progress,
    ending: str = "",
    most_cut: float = 1.0,
) -> list[dict[str, Any]]:
    """Train the model in place and return its learning curve.

    Parameters
    ----------
    prompts : texts, or token ids of each.
    seed : of the order of the examples and of dropout.
    checkpoint_folder : for this run alone; the caller removes it when the model is saved.
    identity : what the run is (settings, data, code); checkpoints of another run are not resumed from.
    validation : prompts and answers that the model is not trained on.
    ending : what every prompt's template ends with, which is never cut.
    most_cut : share of answers that may lose their end in the block.

    Returns
    -------
    One row every ``settings.log_every`` steps: step, examples (seen so far), loss (mean since the last row, nats per
    learned token), learning_rate_factor, and validation_loss where it was measured.

    Raises
    ------
    DivergedError
        When the loss or a weight is not finite.
    ConfigError
        Where ``block`` is longer than the model's context, or a batch does not divide by the number of devices.
    """
    model, tokenizer = language_model.model.float(), language_model.tokenizer
    if settings.block > (longest := context_length(model.config)):
        raise ConfigError(f"training.block is {settings.block}, but the model reads {longest} tokens; lower it")
    answer_only = settings.loss == "answer"
    examples, cut = encode_examples(
        tokenizer, prompts, answers, block=settings.block, answer_only=answer_only, ending=ending
    )
    _check_answers(examples, tokenizer.eos_token_id, block=settings.block, most=most_cut)
    if cut:
        print(f"{cut:,} of {len(examples):,} examples were cut to {settings.block} tokens", file=sys.stderr)
    given_back = GivenBack(tokenizer)
    given_back.read((f"example {number}" for number in range(len(answers))), answers)
    given_back.tell("answers")
    steps = settings.total_steps(len(examples))
    per_step = settings.batch_size * settings.gradient_accumulation
    total = steps * per_step if settings.epochs is None else settings.epochs * len(examples)
    order = training_order([len(e) for e in examples], total=total, batch_size=settings.batch_size, seed=seed)
    held_out = (
        encode_examples(tokenizer, *validation, block=settings.block, answer_only=answer_only, ending=ending)[0]
        if validation
        else []
    )
    curve = Curve(
        examples_per_step=per_step,
        total_examples=total,
        validate_every=settings.validate_every,
        checkpoint_every=settings.checkpoint_every,
        log_every=settings.log_every,
        validate=(lambda: mean_loss(language_model, held_out, autocast=trainer.accelerator.autocast, bare=bare))
        if held_out
        else None,
        progress=progress,
    )
    use_cpu_attention(model)
    bare = projection_is_all(model)
    resume = _prepare_checkpoints(checkpoint_folder, identity)
    torch.manual_seed(seed)  # adapters start from random numbers
    trained = choose_trainable(model, settings)
    with quiet():
        trainer = LanguageModelTrainer(
            trained,
            model,
            args=_arguments(settings, model, steps=steps, seed=seed, folder=checkpoint_folder),
            train_dataset=Subset(examples, order),  # in the order they are seen, repeats included
            data_collator=lambda batch: collate(batch, padding=padding(tokenizer)),
            callbacks=[curve, _Complete(checkpoint_folder, identity)],
        )
        trainer.remove_callback(PrinterCallback)
        trainer.train(resume_from_checkpoint=str(resume) if resume else None)
    trainer.accelerator.unwrap_model(trained, keep_fp32_wrapper=False)  # takes bfloat16 out of its forward pass
    gather_shards(trained)
    merge_adapters(trained)
    model.requires_grad_(True).eval()
    progress.finish()
    if not all(bool(torch.isfinite(parameter).all()) for parameter in model.parameters()):
        raise DivergedError(f"the weights are not finite after the last step, {steps}: lower training.learning_rate")
    return curve.rows(trainer.state.log_history, learning_rate=settings.learning_rate)


def training_order(lengths: Sequence[int], *, total: int, batch_size: int, seed: int) -> NDArray[np.int64]:
    """Row numbers (total,) of all examples of a run, batch after batch, fixed before training.

    Each epoch is a permutation of its own, keyed by (seed, epoch). Within windows of batches rows are sorted by length
    and cut into batches, whose order is then shuffled again.

    >>> training_order([5, 5, 5], total=6, batch_size=2, seed=0).tolist().count(1)
    2
    """
    rows = len(lengths)
    epochs = -(-total // rows)
    order = np.concatenate([np.random.default_rng([seed, 0, epoch]).permutation(rows) for epoch in range(epochs)])
    order = order[:total]
    size = np.asarray(lengths)
    for number, first in enumerate(range(0, total, _WINDOW * batch_size)):
        window = order[first : first + _WINDOW * batch_size]
        window = window[np.argsort(size[window], kind="stable")]
        # the one batch that is not full stays last, so that no other is split
        batches = [window[at : at + batch_size] for at in range(0, len(window), batch_size)]
        full = len(batches) - (len(batches[-1]) < batch_size)
        shuffled = np.random.default_rng([seed, 1, number]).permutation(full).tolist()
        places = [*shuffled, *range(full, len(batches))]
        order[first : first + len(window)] = np.concatenate([batches[place] for place in places])
    return order


def remove_checkpoints(folder: Path) -> None:
    """Remove what a finished run kept for a resumption."""
    shutil.rmtree(folder, ignore_errors=True)


@torch.no_grad()
def mean_loss(
    language_model: LanguageModel,
    examples: Sequence[Example],
    *,
    autocast: Callable[[], contextlib.AbstractContextManager[Any]] = contextlib.nullcontext,
    bare: bool | None = None,
) -> float:
    """Mean cross entropy in nats per learned token, computed within ``autocast()``; ``bare`` as in ``summed_loss``."""
    model = language_model.model
    bare = projection_is_all(model) if bare is None else bare
    was_training = model.training
    model.eval()
    total, count = 0.0, 0
    for batch in length_batches([len(e) for e in examples], tokens=_VALIDATION_TOKENS, rows=_VALIDATION_TOKENS):
        columns = collate([examples[index] for index in batch], padding=padding(language_model.tokenizer))
        columns = {name: values.to(model.device) for name, values in columns.items()}
        with autocast():
            loss, tokens = summed_loss(model, bare=bare, **columns)
        total, count = total + loss.item(), count + tokens
    model.train(was_training)
    return total / count


def _check_answers(examples: Sequence[Example], end: int | None, *, block: int, most: float) -> None:
    cut = 0 if end is None else sum(example.tokens[-1] != end for example in examples)
    if exceeds(cut, len(examples), most):
        raise DataError(
            f"{cut:,} of {len(examples):,} answers lose their end in {block} tokens, so that a model of them never "
            "learns to stop: raise training.block, or most_unusable of the experiment"
        )


def _arguments(settings: FineTuningSettings, model: Any, *, steps: int, seed: int, folder: Path) -> TrainingArguments:
    """Settings of a run in transformers' terms."""
    on_gpu = model.device.type == "cuda"
    large = sum(parameter.numel() for parameter in model.parameters()) >= 50_000_000
    fits = multiplies_bfloat16(model.device) and (on_gpu or large)
    bfloat16 = settings.dtype == "bfloat16" or (settings.dtype == "auto" and fits)
    kind, extra = {"constant": "constant_with_warmup"}.get(settings.schedule, settings.schedule), None
    if kind == "warmup_stable_decay":
        extra = {"num_decay_steps": max(1, round(settings.decay_share * steps)), "decay_type": "linear"}
    arguments = TrainingArguments(
        output_dir=str(folder),
        max_steps=steps,
        per_device_train_batch_size=settings.batch_size,
        gradient_accumulation_steps=settings.gradient_accumulation,
        learning_rate=settings.learning_rate,
        lr_scheduler_type=kind,
        lr_scheduler_kwargs=extra,
        warmup_steps=settings.warmup_steps,
        weight_decay=settings.weight_decay,
        adam_beta2=settings.beta2,
        optim="adamw_torch_fused",
        max_grad_norm=settings.clip_norm or 0.0,
        bf16=bfloat16,
        use_cpu=not on_gpu,
        fsdp=True if settings.fsdp else None,
        gradient_checkpointing=settings.gradient_checkpointing,
        seed=seed,
        logging_strategy="no",  # Curve says when
        save_strategy="no",
        save_total_limit=2,
        logging_nan_inf_filter=False,
        report_to="none",
        disable_tqdm=True,
        remove_unused_columns=False,
        dataloader_pin_memory=on_gpu,
    )
    if settings.batch_size % arguments.world_size:
        raise ConfigError(
            f"training.batch_size {settings.batch_size} does not divide by {arguments.world_size} devices; change it"
        )
    arguments.per_device_train_batch_size = settings.batch_size // arguments.world_size
    return arguments


class _Complete(TrainerCallback):
    """Marks a checkpoint as whole: a kill may leave half of one."""

    def __init__(self, folder: Path, identity: str) -> None:
        self.folder, self.identity = folder, identity

    def on_save(self, args: TrainingArguments, state: TrainerState, control: TrainerControl, **_: Any) -> None:
        if state.is_world_process_zero:
            mark = self.folder / f"checkpoint-{state.global_step}" / _COMPLETE
            mark.write_text(json.dumps({"identity": self.identity}))


def _prepare_checkpoints(folder: Path, identity: str) -> Path | None:
    """The last whole checkpoint of this run, if there is one; those of other runs are removed."""
    whole = []
    for path in sorted(folder.glob("checkpoint-*")):
        try:
            mine = json.loads((path / _COMPLETE).read_text())["identity"] == identity
        except (OSError, ValueError, KeyError):
            mine = False
        if mine:
            whole.append(path)
        else:
            shutil.rmtree(path, ignore_errors=True)
    folder.mkdir(parents=True, exist_ok=True)
    return max(whole, key=lambda path: int(path.name.partition("-")[2]), default=None)
