"""Verifier of molecules: whether RDKit takes the atoms as one."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray
from pydantic import Field

from uncollapse.generations.rows import MOLECULES as ROWS
from uncollapse.molecules.judging import judged
from uncollapse.settings.values import Strict

if TYPE_CHECKING:
    from uncollapse.generations.state import State
    from uncollapse.generations.work import Work

__all__ = ["ROWS", "Settings", "learn", "scores"]


class Settings(Strict):
    """Rules of chemistry, which take no learning."""

    kind: Literal["valid_molecules"]
    hydrogens: Literal["implied", "explicit"] = Field(default="implied", description="as the model has them")
    heavy_atoms: int = Field(
        default=1, ge=1, description="atoms beside hydrogens, at least; more make a biased verifier of large molecules"
    )
    threshold: float = Field(default=0.5, ge=0, le=1, description="scores are 1 for a valid molecule and 0 for another")


def learn(real: pa.Table, settings: Settings, *, seed: int, work: Work) -> State:
    """An empty state."""
    from uncollapse.generations.state import State

    return State({})


def scores(state: State, settings: Settings, rows: pa.Table, *, seed: int, work: Work) -> NDArray[np.float64]:
    """1 for each molecule (N,) that is valid and has enough atoms beside hydrogens, 0 for others."""
    found = judged(rows, explicit_hydrogens=settings.hydrogens == "explicit")
    accepted = [
        each.molecule is not None and each.molecule.GetNumHeavyAtoms() >= settings.heavy_atoms for each in found
    ]
    return np.array(accepted, dtype=np.float64)
