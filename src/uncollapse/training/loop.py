"""The training loop: data resident on the device, no host synchronisation but where the curve is written."""

import contextlib
import os
import shutil
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Protocol

import torch
from torch import Tensor, nn

from uncollapse.errors import ConfigError, DivergedError
from uncollapse.jobs.progress import Progress
from uncollapse.training.batches import ShuffledBatches
from uncollapse.training.checkpoint import Checkpoint
from uncollapse.training.optimizer import Optimizers
from uncollapse.training.settings import TrainingSettings

_CALMER = (
    "lower training.optimizer.learning_rate (or muon_learning_rate), lengthen training.schedule.warmup_steps, or set"
    " training.optimizer.clip_norm"
)


class TrainingData(Protocol):
    """Examples for the loop: N that lie on one device, and the loss of a model on some of them."""

    def __len__(self) -> int: ...

    @property
    def device(self) -> torch.device:
        """The device on which the examples lie."""
        ...

    def batch(self, rows: Tensor) -> tuple[Tensor, ...]:
        """The examples of some rows (B,)."""
        ...

    def loss_of(self, model: Any) -> Callable[..., Tensor]:
        """The mean loss of a model on a batch, in nats per token."""
        ...


@dataclass(frozen=True, kw_only=True)
class Examples:
    """Prompts (N, S) and answers (N, T) of token ids, int32 or int64, on the device that trains."""

    prompts: Tensor
    answers: Tensor

    def __len__(self) -> int:
        return len(self.prompts)

    @property
    def device(self) -> torch.device:
        """The device on which they lie."""
        return self.prompts.device

    def batch(self, rows: Tensor) -> tuple[Tensor, Tensor]:
        """Prompts (B, S) and answers (B, T)."""
        return self.prompts[rows], self.answers[rows].long()

    def loss_of(self, model: Any) -> Callable[..., Tensor]:
        """The model's own."""
        return model.loss


def train(
    model: nn.Module,
    examples: TrainingData,
    settings: TrainingSettings,
    *,
    seed: int,
    validate: Callable[[Any], dict[str, float]],
    checkpoint: Checkpoint,
    progress: Progress,
    dtype: torch.dtype = torch.float32,
) -> list[dict[str, Any]]:
    """Train ``model`` in place and return its learning curve.

    Parameters
    ----------
    seed : of the order of the examples.
    validate : measures the model on prompts it is not trained on; its numbers join the curve's rows.
    dtype : bfloat16 runs the layers under autocast; parameters and loss stay float32.

    Returns
    -------
    One row every ``settings.log_every`` steps: step, examples (seen so far), loss (mean since the last row, nats per
    token), learning_rate_factor, and what ``validate`` returned, where it was called.

    Raises
    ------
    ConfigError
        Where ``settings.compile`` asks for a compiler that is not there.
    DivergedError
        When the loss is not finite; checked whenever a row is written, so no long run is wasted. The weights are
        checked at the end, since the last update may be the one that breaks them.
    """
    total_steps = settings.total_steps(len(examples))
    batches = ShuffledBatches(len(examples), settings.batch_size, seed=seed, device=examples.device)
    optimizers = Optimizers(model, settings.optimizer)
    done, curve = checkpoint.resume(model, optimizers)
    model.train()
    loss_of = examples.loss_of(model)
    if settings.compile:
        loss_of = compiled_loss(loss_of, examples.device)
    losses = torch.zeros((), device=examples.device)
    unlogged, measured = 0, ""
    progress.start(total=total_steps * batches.batch_size, done=done * batches.batch_size)
    for step in range(done, total_steps):
        rows = batches.batch(step)
        factor = settings.schedule.rate_factor(step, total_steps)
        with contextlib.nullcontext() if dtype == torch.float32 else torch.autocast(examples.device.type, dtype):
            loss = loss_of(*examples.batch(rows))
        loss.backward()
        optimizers.step(factor)
        losses += loss.detach()
        unlogged += 1
        finished = step + 1
        last = finished == total_steps
        if last or finished % settings.log_every == 0:
            row = {"step": finished, "examples": finished * batches.batch_size, "loss": losses.item() / unlogged}
            row["learning_rate_factor"] = factor
            if not torch.isfinite(losses):
                raise DivergedError(f"the loss is {row['loss']} at step {finished}: {_CALMER}")
            if last and not all(bool(torch.isfinite(parameter).all()) for parameter in model.parameters()):
                raise DivergedError(f"the weights are not finite after the last step, {finished}: {_CALMER}")
            if last or finished % settings.validate_every == 0:
                found = validate(model.eval())
                measured = "".join(f", {name.replace('_', ' ')} {value:.3f}" for name, value in found.items())
                row |= found
                model.train()
            curve.append(row)
            note = f"step {finished:,} of {total_steps:,}, loss {row['loss']:.3f}{measured}"
            progress.update(finished * batches.batch_size, note=note)
            losses.zero_()
            unlogged = 0
            # only where a row is complete, so that a resumed run writes the same curve
            if (
                not last
                and finished // settings.checkpoint_every > (finished - settings.log_every) // settings.checkpoint_every
            ):
                checkpoint.save(model, optimizers, step=finished, curve=curve)
    model.eval()
    progress.finish()
    return curve


def compiled_loss(loss: Callable[..., Tensor], device: torch.device) -> Callable[..., Tensor]:
    """A model's loss for batches of one size, compiled when it is first called; with CUDA graphs on a GPU.

    That takes fewer passes over memory on a CPU, fewer launches on a GPU.

    Raises
    ------
    ConfigError
        On a CPU without a C++ compiler, before any work.
    """
    compilers = [os.environ["CXX"]] if "CXX" in os.environ else ["g++", "clang++"]
    if device.type == "cpu" and not any(map(shutil.which, compilers)):
        raise ConfigError(
            f"training.compile is true, but there is no C++ compiler ({' or '.join(compilers)}): install one, or set"
            " training.compile to false"
        )
    return torch.compile(loss, dynamic=False, mode="reduce-overhead" if device.type == "cuda" else None)
