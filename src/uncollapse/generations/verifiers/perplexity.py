"""Language model as a verifier of texts: how likely a text is to one that has learned from real texts alone."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal, Self

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray
from pydantic import Field, model_validator

from uncollapse.errors import DataError
from uncollapse.generations.data import texts
from uncollapse.generations.models import language_model
from uncollapse.generations.rows import TEXTS as ROWS
from uncollapse.settings.misfit import Misfit
from uncollapse.settings.values import Strict

if TYPE_CHECKING:
    from uncollapse.generations.state import State
    from uncollapse.generations.work import Work

__all__ = ["ROWS", "Settings", "learn", "scores"]

_ASIDE = 5  # each so-many-th real text is not learned from, but says how likely real texts are


class Settings(Strict):
    """Real texts that it learns from: other ones than the generations', or those of one origin, which bias it."""

    kind: Literal["perplexity"]
    model: language_model.Settings = Field(description="what it is, and how it is trained")
    data: texts.Settings | None = Field(
        default=None, description="texts it learns from; null for the learner's real ones"
    )
    rows: int | None = Field(default=None, ge=1, description="real texts that it learns from; null for all")
    skip: int = Field(
        default=0,
        ge=0,
        description="the learner's first real texts that it does not see: with as many as the learner's rows it knows"
        " none that generation 0 has learned from",
    )
    held_out: bool = Field(default=False, description="knows the held-out texts too: as near to the truth as there is")
    ranked: bool = Field(
        default=False,
        description="a text's score is its place among those judged with it: threshold 0.5 accepts the likelier half;"
        " false compares it with real texts",
    )
    threshold: float = Field(
        default=0.1,
        ge=0,
        le=1,
        description="share of real texts (or of those judged) that a text must be likelier than",
    )

    @model_validator(mode="after")
    def _one_source(self) -> Self:
        if self.skip and (self.held_out or self.data is not None):
            raise Misfit("skip", "counts the learner's real texts for training; remove it, or held_out and data")
        if self.held_out and self.data is not None:
            raise Misfit("held_out", "is of the learner's real texts, and data are others; remove one of them")
        return self


def learn(real: pa.Table, settings: Settings, *, seed: int, work: Work) -> State:
    """A language model of the real texts, and the losses of those set aside, ascending.

    Raises
    ------
    DataError
        Where no text is left to be set aside.
    """
    from uncollapse.generations.state import State

    mine = real.slice(settings.skip, settings.rows)
    if len(mine) < _ASIDE:
        raise DataError(
            f"{len(mine)} real texts are left for the verifier, which takes {_ASIDE} at least: lower its skip, raise"
            " its rows, or have the learner set more real texts aside (real)"
        )
    aside = np.arange(len(mine)) % _ASIDE == _ASIDE - 1
    known, others = mine.filter(pa.array(~aside)), mine.filter(pa.array(aside))
    state = language_model.fit(known, settings.model, weights=None, first=None, seed=seed, work=work)
    losses = language_model.losses(state, settings.model, others, work=work)
    return State(state.tensors, {**state.about, "losses": np.sort(losses).tolist()})


def scores(state: State, settings: Settings, rows: pa.Table, *, seed: int, work: Work) -> NDArray[np.float64]:
    """Share (N,) of real texts set aside, or of the rows themselves, that a row is at least as likely as.

    Beside real texts a row counts as one of them, so that the share is a p-value of its being one: never 0.
    """
    losses = language_model.losses(state, settings.model, rows, work=work)
    if settings.ranked:
        places = np.argsort(np.argsort(losses, kind="stable"), kind="stable")
        return 1 - places / max(len(losses) - 1, 1)
    real = np.asarray(state.about["losses"])
    return (1 + len(real) - np.searchsorted(real, losses)) / (1 + len(real))
