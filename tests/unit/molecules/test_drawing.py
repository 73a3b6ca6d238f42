"""Pictures of molecules: valid ones with their bonds, others as they lie, each with ink in it."""

import numpy as np
import pytest

from uncollapse.molecules.bonds import CLASH, FRAGMENTS

pytest.importorskip("rdkit")
from uncollapse.molecules.drawing import picture

OXYGEN = np.array([1.0, 0, 0])  # as RDKit colours it


def drawn(elements: list[int], positions: list, side: int = 120):
    pixels, reason = picture(np.array(elements), np.array(positions, dtype=float), explicit_hydrogens=False, side=side)
    assert pixels.shape == (side, side, 3)
    assert 0 <= pixels.min() < 0.5 < pixels.max() <= 1
    return pixels, reason


def red(pixels: np.ndarray) -> int:
    return int((np.abs(pixels - OXYGEN).sum(-1) < 0.1).sum())


def test_a_valid_molecule_is_drawn_in_colours() -> None:
    pixels, reason = drawn([6, 6, 8], [[0, 0, 0], [0, 0, 1.52], [0, 1.34, 1.98]])
    assert reason == ""
    assert red(pixels) > 10


@pytest.mark.parametrize(
    ("positions", "why"),
    [([[0, 0, 0], [0, 0, 1.5], [0, 0, 9]], FRAGMENTS), ([[0, 0, 0], [0, 0, 0.6], [0, 1.4, 0.6]], CLASH)],
)
def test_what_is_none_is_drawn_without_colours_and_says_why(positions: list, why: str) -> None:
    pixels, reason = drawn([6, 6, 8], positions)
    assert reason == why
    assert red(pixels) == 0


def test_one_atom_and_two_are_drawn_too() -> None:
    assert drawn([8], [[0, 0, 0]])[1] == ""
    assert drawn([6, 8], [[0, 0, 0], [0, 0, 5]])[1] == FRAGMENTS
