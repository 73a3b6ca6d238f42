"""Numbers that tell how good written molecules are: validity, and geometry beside that of held-out molecules."""

from collections import Counter
from collections.abc import Iterable

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from uncollapse.molecules.bonds import REASONS, bonded, distances
from uncollapse.molecules.judging import Judged, judged
from uncollapse.molecules.padded import Padded, padded


def of_molecules(
    rows: pa.Table, *, held_out: pa.Table, learned: pa.Table, explicit_hydrogens: bool
) -> dict[str, float]:
    """Numbers by name on written molecules; NaN where none could be looked at.

    - ``validity``: share that RDKit takes as one molecule;
    - ``uniqueness``: different ones among these, over their number;
    - ``novelty``: share of the different ones that are not among the real molecules to learn from;
    - ``held_out_found``: share of the different held-out molecules that are among them;
    - ``bond_lengths``, ``pair_distances``: Wasserstein distance, Å, of their bond lengths and of all distances between
      their atoms to those of held-out molecules, valid or not.
    """
    names = [each.smiles for each in judged(rows, explicit_hydrogens=explicit_hydrogens) if not each.reason]
    known, asked = (
        {each.smiles for each in judged(table, explicit_hydrogens=explicit_hydrogens)} - {""}
        for table in (learned, held_out)
    )
    different = set(names)
    written, real = geometry(padded(rows)), geometry(padded(held_out))
    return {
        "validity": _share(len(names), len(rows)),
        "uniqueness": _share(len(different), len(names)),
        "novelty": _share(len(different - known), len(different)),
        "held_out_found": _share(len(asked & different), len(asked)),
        "bond_lengths": _apart(written[0], real[0]),
        "pair_distances": _apart(written[1], real[1]),
    }


def geometry(molecules: Padded) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Lengths of all bonds, and distances of all pairs of atoms within a molecule, Å."""
    bonds, pairs = [np.zeros(0)], [np.zeros(0)]
    for elements, positions, size in zip(molecules.elements, molecules.positions, molecules.sizes, strict=True):
        apart = distances(positions[:size])
        upper = np.triu_indices(size, 1)
        pairs.append(apart[upper])
        bonds.append(apart[upper][bonded(elements[:size], apart)[upper]])
    return np.concatenate(bonds), np.concatenate(pairs)


def reasons_in_words(found: Iterable[Judged]) -> str:
    """How many molecules there are, and how many of them are none for which reason.

    >>> reasons_in_words([Judged(reason=REASONS[1]), Judged(reason=REASONS[1]), Judged(smiles="C")])
    '3 molecules: 2 more than one fragment'
    """
    counts = Counter(each.reason for each in found)
    parts = [f"{counts[reason]:,} {reason}" for reason in REASONS if counts[reason]]
    return f"{counts.total():,} molecules: {', '.join(parts) or 'all valid'}"


def _share(some: int, all_of_them: int) -> float:
    return some / all_of_them if all_of_them else float("nan")


def _apart(first: NDArray[np.float64], second: NDArray[np.float64]) -> float:
    from scipy.stats import wasserstein_distance

    return float(wasserstein_distance(first, second)) if len(first) and len(second) else float("nan")
