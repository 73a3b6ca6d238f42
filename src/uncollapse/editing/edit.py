"""Token-level editing of one part of a corpus (Zhu et al. 2024, Sec. 3.1, eq. 2 and Algorithm 1).

A token stays unless the model gives it at least the threshold's probability; then it is *eligible* and is drawn
again. What is drawn may be the same token, so fewer tokens are *changed*: both are returned.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import partial

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from uncollapse.compute.transfer import to_device
from uncollapse.editing.documents import Documents
from uncollapse.editing.draw import draw, row_keys, uniform
from uncollapse.editing.prior import Block, Prior
from uncollapse.editing.protect import Pieces, protected
from uncollapse.editing.settings import EditSettings
from uncollapse.editing.windows import Window, windows
from uncollapse.errors import ConfigError

_SCORES = 1 << 22  # candidates drawn from at once; float64 copies of whole vocabularies are large


@dataclass(frozen=True)
class Edited:
    """Documents of N tokens and what became of them.

    p : (N,) float32, probability of each original token given all before it
    eligible, changed : (N,) bool; a deleted token is changed
    new : the edited documents, as long as the original ones unless tokens were deleted
    """

    documents: Documents
    p: NDArray[np.float32]
    eligible: NDArray[np.bool_]
    changed: NDArray[np.bool_]
    new: Documents


def within(p: NDArray[np.float32], settings: EditSettings) -> NDArray[np.bool_]:
    """Whether probabilities lie on the side of the threshold that is edited."""
    exact = p.astype(np.float64)
    return exact >= settings.threshold if settings.direction == ">=" else exact <= settings.threshold


def editable(documents: Documents, prior: Prior, pieces: Pieces, settings: EditSettings) -> NDArray[np.bool_]:
    """(N,) tokens that may be edited: neither special tokens, nor what spells one, nor parts of protected spans."""
    allowed = ~np.isin(documents.tokens, prior.never_drawn)
    if settings.protect or pieces.special is not None:
        rows = [protected(pieces(row.tolist()), settings.protect, pieces.special) for row in documents.rows()]
        allowed &= ~np.concatenate([np.empty(0, bool), *rows])
    return allowed


def score(documents: Documents, prior: Prior, *, overlap: float = 0.5) -> NDArray[np.float32]:
    """(N,) probability of every token given the beginning-of-text token, the prompt and the tokens before it."""
    return torch.from_numpy(log_probs(documents, prior, overlap=overlap)).exp().numpy()


def log_probs(documents: Documents, prior: Prior, *, overlap: float = 0.5) -> NDArray[np.float32]:
    """(N,) log-probability of every token, in nats; each is scored once, with the most context."""
    found = np.full(len(documents.tokens), np.nan, dtype=np.float32)
    for block in prior.blocks(list(_windows(documents, prior, overlap)), candidates=0):
        found[block.place.numpy()] = block.log_prob.numpy()
    return found


def edit(
    documents: Documents,
    prior: Prior,
    settings: EditSettings,
    *,
    pieces: Pieces,
    generation: int = 1,
    frozen: NDArray[np.bool_] | None = None,
    numbers: NDArray[np.int64] | None = None,
) -> Edited:
    """Edit every document once.

    Parameters
    ----------
    pieces : of the prior's tokenizer, kept between calls.
    generation : 1 for the first editing of a text; the next one draws with other noise.
    frozen : (N,) only these tokens may be edited: what was eligible in the first generation. A set that is the same in
        each generation keeps the error bounded; fresh sets do not.
    numbers : (D,) so many tokens of each document at most, chosen at random among those that could be edited: for
        controls that edit as many tokens as another edit has changed.

    Raises
    ------
    ConfigError
        For a way of sampling that the engine has no candidates for.
    """
    if settings.action == "resample" and settings.sampling not in prior.sampling:
        raise ConfigError(f"this engine cannot draw by {settings.sampling}; it has {', '.join(sorted(prior.sampling))}")
    allowed = editable(documents, prior, pieces, settings)
    if frozen is not None:
        allowed &= frozen
    parts = list(_windows(documents, prior, settings.overlap))
    chosen = None
    if settings.positions == "random" or numbers is not None:
        p = score(documents, prior, overlap=settings.overlap)
        sought = within(p, settings) & allowed
        if numbers is None:
            numbers = np.bincount(documents.owner, sought, minlength=len(documents)).astype(np.int64)
        pool = allowed if settings.positions == "random" else sought
        chosen = _random_positions(documents, pool, numbers, settings, generation)
        parts = [part for part in parts if chosen[part.place : part.place + part.scored].any()]
    else:
        p = np.full(len(documents.tokens), np.nan, dtype=np.float32)
    eligible = np.zeros(len(p), dtype=bool)
    tokens = documents.tokens.copy()
    resample = settings.action == "resample"
    places = _Places(documents, settings, generation, prior)
    drawn: list[tuple[NDArray[np.int64], Tensor]] = []  # read at the end: a GPU is not waited for at each block
    for block in prior.blocks(parts, candidates=settings.candidates if resample else 0):
        place = block.place.numpy()
        if chosen is None:
            p[place] = block.log_prob.exp().numpy()
            here = within(p[place], settings) & allowed[place]
        else:
            here = chosen[place]
        eligible[place] = here
        if resample and here.any():
            rows = np.flatnonzero(here)
            drawn.append((place[rows], places.draw(block, torch.from_numpy(rows))))
    for place, found in drawn:
        tokens[place] = found.cpu().numpy()
    if resample:
        return Edited(documents, p, eligible, tokens != documents.tokens, _with_tokens(documents, tokens, None))
    return Edited(documents, p, eligible, eligible, _with_tokens(documents, tokens, ~eligible))


def _windows(documents: Documents, prior: Prior, overlap: float) -> Iterator[Window]:
    make = partial(windows, beginning=prior.beginning, longest=prior.longest, overlap=overlap)
    for row, prompt, place in zip(documents.rows(), documents.prompts, documents.offsets[:-1].tolist(), strict=True):
        yield from make(row, prompt=prompt, place=place)


class _Places:
    """Draws new tokens for places of one part of a corpus."""

    def __init__(self, documents: Documents, settings: EditSettings, generation: int, prior: Prior) -> None:
        self._settings, self._generation = settings, generation
        self._document = documents.document_id[documents.owner]
        self._position = documents.position
        self._tokens = documents.tokens.astype(np.int64)
        self._forbidden = torch.tensor(prior.never_drawn, dtype=torch.int64)

    def draw(self, block: Block, rows: Tensor) -> Tensor:
        """New tokens (m,) for rows (m,) of a block, a few at a time where the whole vocabulary is asked for."""
        if self._settings.sampling == "top_k":
            return self._draw(block, rows)
        width = block.candidates(rows[:1], None)[1].shape[-1]
        return torch.cat([self._draw(block, some) for some in rows.split(max(1, _SCORES // width))])

    def _draw(self, block: Block, rows: Tensor) -> Tensor:
        settings = self._settings
        width = {"top_k": settings.candidates, "top_p": 2**31, "full": None}[settings.sampling]
        tokens, logits = block.candidates(rows, width)
        place = block.place[rows].numpy()
        document, position, original = (
            to_device(torch.from_numpy(values[place]), logits.device)
            for values in (self._document, self._position, self._tokens)
        )
        return draw(
            tokens,
            logits,
            original=original,
            keys=row_keys(seed=settings.seed, generation=self._generation, document=document, position=position),
            forbidden=to_device(self._forbidden, logits.device),
            temperature=settings.temperature,
            exclude_original=settings.exclude_original,
            top_p=settings.top_p if settings.sampling == "top_p" else None,
            limit=settings.top_k if settings.sampling == "top_k" else None,
        )


def _random_positions(
    documents: Documents,
    pool: NDArray[np.bool_],
    numbers: NDArray[np.int64],
    settings: EditSettings,
    generation: int,
) -> NDArray[np.bool_]:
    """(N,) of each document so many tokens of the pool (N,), all of them where it has fewer."""
    document, position = (
        torch.from_numpy(values) for values in (documents.document_id[documents.owner], documents.position)
    )
    keys = row_keys(seed=settings.seed, generation=generation, document=document, position=position)
    order = uniform(keys, torch.tensor([[-1]])).squeeze(-1).numpy()  # no token has id -1: other noise than the draws'
    order = np.where(pool, order, 2.0)
    chosen = np.zeros(len(order), dtype=bool)
    for first, stop, number in zip(documents.offsets[:-1], documents.offsets[1:], numbers.tolist(), strict=True):
        chosen[first + np.argsort(order[first:stop], kind="stable")[:number]] = True
    return chosen & pool


def _with_tokens(documents: Documents, tokens: NDArray[np.int32], kept: NDArray[np.bool_] | None) -> Documents:
    if kept is None:
        return Documents(documents.document_id, tokens, documents.offsets, documents.prompts)
    lengths = np.bincount(documents.owner, kept, minlength=len(documents)).astype(np.int64)
    offsets = np.concatenate([[0], np.cumsum(lengths)])
    return Documents(documents.document_id, tokens[kept], offsets, documents.prompts)
