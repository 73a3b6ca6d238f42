"""transformers' Trainer with three changes: our order of examples, logits only where they are learned, our curve."""

import math
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import torch
from torch import nn
from torch.nn import functional
from torch.utils.data import SequentialSampler
from transformers import PreTrainedModel, Trainer, TrainerCallback, TrainerControl, TrainerState, TrainingArguments

from uncollapse.errors import DivergedError
from uncollapse.jobs.progress import Progress
from uncollapse.language.examples import IGNORED
from uncollapse.language.scoring import projection_is_all

_CALMER = "lower training.learning_rate, lengthen training.warmup_steps, or lower training.clip_norm"


class LanguageModelTrainer(Trainer):
    """Trains on mean cross entropy per learned token of an optimization step, whatever batches it is made of."""

    def __init__(self, model: nn.Module, core: PreTrainedModel, **arguments: Any) -> None:
        super().__init__(model=model, **arguments)
        self.model_accepts_loss_kwargs = True  # compute_loss divides by the tokens of the whole step
        # wrappers of several processes must see the forward pass themselves
        self._core = core if self.args.world_size == 1 and projection_is_all(core) else None

    def _get_train_sampler(self, train_dataset: Any = None) -> SequentialSampler:
        return SequentialSampler(self.train_dataset if train_dataset is None else train_dataset)

    def compute_loss(
        self, model: nn.Module, inputs: dict[str, Any], return_outputs: bool = False, num_items_in_batch: Any = None
    ) -> Any:
        """Sum of the learned tokens' cross entropy (nats) over ``num_items_in_batch``."""
        if self._core is None:
            return super().compute_loss(model, inputs, return_outputs, num_items_in_batch)
        with self.accelerator.autocast():  # accelerate has wrapped the model's own forward, which is not called here
            total, count = summed_loss(self._core, bare=True, **inputs)
        return total / (num_items_in_batch if num_items_in_batch is not None else count)


def summed_loss(
    model: PreTrainedModel, *, input_ids: torch.Tensor, labels: torch.Tensor, bare: bool
) -> tuple[torch.Tensor, int]:
    """Cross entropy in nats, summed over learned tokens, and how many there are.

    ``bare`` models have logits that are the projection of their last states, here computed for learned tokens alone.
    """
    targets = labels[:, 1:]
    learned = targets != IGNORED
    if bare:
        states = model.base_model(input_ids=input_ids, use_cache=False).last_hidden_state
        logits = model.get_output_embeddings()(states[:, :-1][learned])
    else:
        logits = model(input_ids=input_ids, use_cache=False).logits[:, :-1][learned]
    return functional.cross_entropy(logits.float(), targets[learned], reduction="sum"), int(learned.sum())


@dataclass(kw_only=True, eq=False)
class Curve(TrainerCallback):
    """Stops a run that diverges, measures validation loss, says when to save, and prints progress."""

    examples_per_step: int
    total_examples: int
    validate_every: int
    checkpoint_every: int
    log_every: int
    validate: Callable[[], float] | None
    progress: Progress

    def on_train_begin(self, args: TrainingArguments, state: TrainerState, control: TrainerControl, **_: Any) -> None:
        """Start the clock."""
        self.progress.start(total=self.total_examples, done=self.seen(state.global_step))

    def on_step_end(
        self, args: TrainingArguments, state: TrainerState, control: TrainerControl, **_: Any
    ) -> TrainerControl:
        """Rows of the curve end with every ``log_every`` steps; checkpoints are kept only there, so that a resumed run
        writes the same curve."""
        step, last = state.global_step, state.global_step >= state.max_steps
        control.should_log = last or step % self.log_every == 0
        before = step - self.log_every
        control.should_save = (
            not last and step % self.log_every == 0 and step // self.checkpoint_every > before // self.checkpoint_every
        )
        return control

    def on_log(
        self,
        args: TrainingArguments,
        state: TrainerState,
        control: TrainerControl,
        logs: dict[str, Any] | None = None,
        **_: Any,
    ) -> None:
        """Complete the row that transformers has begun."""
        if not logs or "loss" not in logs:
            return
        step = state.global_step
        if not math.isfinite(logs["loss"]):
            raise DivergedError(f"the loss is {logs['loss']} at step {step}: {_CALMER}")
        due = step // self.validate_every > (step - self.log_every) // self.validate_every
        if self.validate is not None and (due or step >= state.max_steps):
            state.log_history[-1]["validation_loss"] = self.validate()
        self.progress.update(self.seen(step), note=f"step {step:,} of {state.max_steps:,}, loss {logs['loss']:.3f}")

    def seen(self, step: int) -> int:
        """Examples seen after so many steps; the last one may be smaller."""
        return min(step * self.examples_per_step, self.total_examples)

    def rows(self, history: list[dict[str, Any]], *, learning_rate: float) -> list[dict[str, Any]]:
        """The learning curve from transformers' log."""
        return [
            {
                "step": entry["step"],
                "examples": self.seen(entry["step"]),
                "loss": entry["loss"],
                "learning_rate_factor": entry["learning_rate"] / learning_rate,
            }
            | ({"validation_loss": entry["validation_loss"]} if "validation_loss" in entry else {})
            for entry in history
            if "loss" in entry
        ]
