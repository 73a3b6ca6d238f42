"""The training loop of a decoder's members, which learn from the same sources at once, each in an order of its own."""

import contextlib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import torch
from torch import Tensor

from uncollapse.errors import DivergedError
from uncollapse.jobs.progress import Progress
from uncollapse.models.decoder import Decoder
from uncollapse.training.checkpoint import Checkpoint
from uncollapse.training.member_data import Examples, Source
from uncollapse.training.member_loss import losses
from uncollapse.training.member_optimizer import MemberOptimizers
from uncollapse.training.member_settings import MemberTrainingSettings
from uncollapse.training.packing import pack

_CALMER = (
    "lower optimizer.learning_rate (or muon_learning_rate), lengthen schedule.warmup_steps, or set optimizer.clip_norm"
)


@dataclass(frozen=True, kw_only=True)
class Trained:
    """Learning curves and optimizer states.

    Parameters
    ----------
    curves : a member's learning curve each; see :func:`train_members`.
    states : a member's optimizer state each, to go on from.
    """

    curves: list[list[dict[str, Any]]]
    states: list[dict[str, Tensor]]


def train_members(
    model: Decoder,
    sources: Sequence[Source] | Sequence[Sequence[Source]],
    settings: MemberTrainingSettings,
    *,
    seeds: Sequence[int],
    checkpoint: Checkpoint,
    progress: Progress,
    validate: Callable[[Decoder], list[dict[str, float]]] | None = None,
    states: Sequence[Mapping[str, Tensor]] | None = None,
    dtype: torch.dtype = torch.float32,
) -> Trained:
    """Train all members in place.

    Parameters
    ----------
    sources : of all members, or a list of each member's own; where those differ in lengths, some batches are padded.
    seeds : one a member, of the order of its examples.
    validate : measures the model on other questions, a dictionary a member; its numbers join the curves' rows.
    states : optimizer states to go on from, one a member.
    dtype : bfloat16 runs the layers under autocast; parameters and loss stay float32.

    Returns
    -------
    Learning curves with one row every ``settings.log_every`` steps: step, examples (seen so far), loss (mean since the
    last row, nats per token of an answer), learning_rate_factor, and what ``validate`` returned, where it was called.

    Raises
    ------
    DivergedError
        When a member's loss is not finite; checked whenever a row is written, and its weights at the end.
    DataError
        For examples that cannot be learned from, or optimizer states that do not fit.
    """
    if len(seeds) != model.members:
        raise ValueError(f"{model.members} members need as many seeds, got {len(seeds)}")
    device = model.embedding.device
    examples = [
        Examples(of_group, model.characters, batch_size=settings.batch_size, seeds=group)
        for of_group, group in _groups(sources, seeds)
    ]
    optimizers = MemberOptimizers(model, settings.optimizer)
    if states is not None:
        optimizers.load_members(states)
    done, rows = checkpoint.resume(model, optimizers)
    model.train()
    total = torch.zeros(model.members, device=device)
    unlogged = 0
    progress.start(total=settings.steps * settings.batch_size, done=done * settings.batch_size)
    steps = zip(range(done, settings.steps), *(each.steps(done) for each in examples), strict=False)
    for step, *draws in steps:
        factor = settings.schedule.rate_factor(step, settings.steps)
        batch = pack(draws, device=device)
        with contextlib.nullcontext() if dtype == torch.float32 else torch.autocast(device.type, dtype):
            found = losses(model, batch)
        found.sum().backward()
        optimizers.step(factor)
        total += found.detach()
        unlogged += 1
        finished = step + 1
        last = finished == settings.steps
        if last or finished % settings.log_every == 0:
            mean = (total / unlogged).tolist()
            common = {"step": finished, "examples": finished * settings.batch_size, "learning_rate_factor": factor}
            of_members: list[dict[str, Any]] = [common | {"loss": loss} for loss in mean]
            if not torch.isfinite(total).all():
                raise DivergedError(f"the members' losses are {mean} at step {finished}: {_CALMER}")
            if last and not all(bool(torch.isfinite(parameter).all()) for parameter in model.parameters()):
                raise DivergedError(f"the weights are not finite after the last step, {finished}: {_CALMER}")
            if validate and (last or finished % settings.validate_every == 0):
                of_members = [a | b for a, b in zip(of_members, validate(model.eval()), strict=True)]
                model.train()
            rows.append({"members": of_members})
            note = f"step {finished:,} of {settings.steps:,}, loss {sum(mean) / len(mean):.3f}"
            progress.update(finished * settings.batch_size, note=note)
            total.zero_()
            unlogged = 0
            # only where a row is complete, so that a resumed run writes the same curves
            saves = finished // settings.checkpoint_every > (finished - settings.log_every) // settings.checkpoint_every
            if saves and not last:
                checkpoint.save(model, optimizers, step=finished, curve=rows)
    model.eval()
    progress.finish()
    return Trained(
        curves=[[row["members"][member] for row in rows] for member in range(model.members)],
        states=[optimizers.of_member(member) for member in range(model.members)],
    )


def _groups(
    sources: Sequence[Source] | Sequence[Sequence[Source]], seeds: Sequence[int]
) -> list[tuple[Sequence[Source], list[int]]]:
    """Neighbouring members with one list of sources, and their seeds."""
    of_each = [each for each in sources if not isinstance(each, Source)]
    if not of_each:
        return [([each for each in sources if isinstance(each, Source)], list(seeds))]
    if len(of_each) != len(sources) or len(of_each) != len(seeds):
        raise ValueError(f"sources are of all members, or a list for each of {len(seeds)}; got {len(of_each)} lists")
    groups: list[tuple[Sequence[Source], list[int]]] = []
    for own, seed in zip(of_each, seeds, strict=True):
        if groups and groups[-1][0] is own:
            groups[-1][1].append(seed)
        else:
            groups.append((own, [seed]))
    return groups
