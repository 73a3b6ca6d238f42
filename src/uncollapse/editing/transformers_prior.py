"""The reference engine: one forward pass of a transformers model, its output projection in chunks of positions.

:class:`uncollapse.language.scoring.Scorer` asks for the log-probabilities of given tokens alone. Editing keeps the
distribution over the whole vocabulary beside them, to draw other tokens from, and it multiplies bfloat16 states into
float32 logits; so the two round differently, and neither can stand for the other.
"""

from __future__ import annotations

import functools
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from contextlib import nullcontext

import uncollapse.language.lean_start  # noqa: F401  # isort: skip
import numpy as np
import torch
from torch import Tensor
from transformers import PreTrainedModel, PreTrainedTokenizerFast

from uncollapse.compute.precision import at_precision
from uncollapse.compute.transfer import OnItsWay, to_device
from uncollapse.editing.fast_linear import linear, speed_up
from uncollapse.editing.prior import Block, beginning_of_text
from uncollapse.editing.windows import Window
from uncollapse.errors import ConfigError
from uncollapse.language.batches import length_batches
from uncollapse.language.cpu_attention import use_cpu_attention
from uncollapse.language.text import context_length
from uncollapse.language.vocabulary import never_drawn

_LOGITS = 1 << 23  # held at once on a CPU, 32 MB, where more is no faster
_BYTES_PER_LOGIT = 256  # of a GPU's memory; they are the largest thing in it, and few large chunks keep it busy
_BATCH_TOKENS = {"cpu": 2048, "cuda": 1 << 16}
_AHEAD = {"cpu": 0, "cuda": 1}  # blocks computed before the results of one are read; a CPU would only hold more


class TransformersPrior:
    """Scores with a causal language model of transformers; see :class:`uncollapse.editing.prior.Prior`.

    A window is padded on its right, where a causal model does not look, so no attention mask is needed. Logits are
    float32, whatever the model's dtype, and so is their log-sum-exp.

    Parameters
    ----------
    context : tokens the model reads at most; by default what its config says.
    batch_tokens : of a batch, padding included.
    beginning : name of the beginning-of-text token, where the tokenizer's own is not meant.
    """

    sampling = frozenset({"top_k", "top_p", "full"})

    def __init__(
        self,
        model: PreTrainedModel,
        tokenizer: PreTrainedTokenizerFast,
        *,
        context: int | None = None,
        batch_tokens: int | None = None,
        beginning: str | None = None,
    ) -> None:
        self.model, self.tokenizer = model.eval(), tokenizer
        speed_up(model)
        use_cpu_attention(model)
        self.beginning = beginning_of_text(tokenizer, beginning)
        self.longest = (
            context or context_length(model.config, unlimited=2048)
        ) + 1  # the last token of a window is not read
        self.batch_tokens = batch_tokens or _BATCH_TOKENS[model.device.type]
        self._head = Head(model)
        self.never_drawn = never_drawn(tokenizer, self._head.vocabulary)

    def blocks(self, windows: Sequence[Window], *, candidates: int) -> Iterator[Block]:
        """Batches of similar length, the longest first, so that memory is highest at once.

        A GPU is given the next block's work before the results of this one are read, so that it does not stand still
        while they are made use of.
        """
        ahead = _AHEAD[self.model.device.type]
        queued: deque[Callable[[], Block]] = deque()
        for block in self._queue(windows):
            queued.append(block)
            if len(queued) > ahead:
                yield queued.popleft()()
        while queued:
            yield queued.popleft()()

    @torch.inference_mode()
    def _queue(self, windows: Sequence[Window]) -> Iterator[Callable[[], Block]]:
        device = self.model.device
        rows_at_once = max(1, _logits_at_once(device) // self._head.vocabulary)
        for batch in length_batches([len(window.tokens) - 1 for window in windows], tokens=self.batch_tokens):
            chosen = [windows[index] for index in batch]
            width = max(len(window.tokens) for window in chosen) - 1
            read = np.full((len(chosen), width), self.beginning, dtype=np.int64)
            for row, window in zip(read, chosen, strict=True):
                row[: len(window.tokens) - 1] = window.tokens[:-1]
            states = self.model.base_model(input_ids=to_device(torch.from_numpy(read), device), use_cache=False)[0]
            where = [row * width + np.arange(w.first - 1, len(w.tokens) - 1) for row, w in enumerate(chosen)]
            states = states.flatten(0, 1)[to_device(torch.from_numpy(np.concatenate(where)), device)]
            targets = torch.from_numpy(np.concatenate([w.tokens[w.first :] for w in chosen]).astype(np.int64))
            places = torch.from_numpy(np.concatenate([np.arange(w.place, w.place + w.scored) for w in chosen]))
            parts = (part.split(rows_at_once) for part in (states, to_device(targets, device), places))
            for state, target, place in zip(*parts, strict=True):
                log_prob = self._head(state).log_softmax(-1)
                own = log_prob.gather(-1, target.unsqueeze(-1)).squeeze(-1)
                yield functools.partial(_arrived, place, OnItsWay.of(own), log_prob)


def _arrived(place: Tensor, own: OnItsWay, log_prob: Tensor) -> Block:
    """The block whose log-probabilities the device may have still to compute."""
    return Block(place, own.wait(), functools.partial(_candidates, log_prob))


def _logits_at_once(device: torch.device) -> int:
    if device.type == "cpu":
        return _LOGITS
    return torch.cuda.get_device_properties(device).total_memory // _BYTES_PER_LOGIT


@torch.inference_mode()
def _candidates(log_prob: Tensor, rows: Tensor, count: int | None) -> tuple[Tensor, Tensor]:
    chosen = log_prob[to_device(rows, log_prob.device)]
    if count is None:
        return torch.arange(log_prob.shape[-1], device=log_prob.device).unsqueeze(0), chosen
    if count >= log_prob.shape[-1]:
        values, tokens = chosen.sort(-1, descending=True)
    else:
        values, tokens = chosen.topk(count, -1)
    return tokens, values


class Head:
    """A model's output projection, from its last hidden states to float32 logits.

    Raises
    ------
    ConfigError
        Where it does not reproduce the model's own logits: an architecture that computes them in a way not known here.
    """

    def __init__(self, model: PreTrainedModel) -> None:
        projection = model.get_output_embeddings()
        if not isinstance(projection, torch.nn.Linear):
            raise ConfigError(f"{type(model).__name__} has no output projection: not a causal language model")
        self.vocabulary = projection.out_features
        self._exact = projection.weight.dtype == torch.float32
        on_cpu = projection.weight.device.type == "cpu"
        self._weight = projection.weight.detach().float() if on_cpu else projection.weight.detach()
        self._bias = None if projection.bias is None else projection.bias.detach().float()
        config = model.config
        self._factor = getattr(config, "logit_scale", None) or 1 / (getattr(config, "logits_scaling", None) or 1)
        self._cap = getattr(config, "final_logit_softcapping", None)
        self._check(model)

    def __call__(self, states: Tensor) -> Tensor:
        """(n, d) hidden states to (n, V) logits."""
        if states.device.type == "cpu":
            logits = self._multiply_on_cpu(states.float())
        elif self._exact:
            logits = states @ self._weight.T
        else:
            logits = torch.mm(states, self._weight.T, out_dtype=torch.float32)
        if self._bias is not None:
            logits += self._bias
        if self._factor != 1:
            logits *= self._factor
        if self._cap:
            logits = torch.tanh(logits / self._cap) * self._cap
        return logits

    def _multiply_on_cpu(self, states: Tensor) -> Tensor:
        """Float32 throughout; products of bfloat16 weights and states lose nothing in bfloat16 units."""
        with nullcontext() if self._exact else at_precision("medium"):
            return linear(states, self._weight)

    @torch.inference_mode()
    def _check(self, model: PreTrainedModel) -> None:
        tokens = torch.arange(1, 5, device=model.device).unsqueeze(0) % self.vocabulary
        own = model(input_ids=tokens, use_cache=False).logits[0].float()
        found = self(model.base_model(input_ids=tokens, use_cache=False)[0][0])
        apart = (own - found).abs().max().item() / max(own.abs().max().item(), 1e-6)
        if apart > (1e-4 if self._exact else 3e-2):
            raise ConfigError(
                f"{type(model).__name__} computes its logits from its hidden states in a way that is not supported"
                f" (they differ by {apart:.0%}); use another model, or engine vllm"
            )
