"""GOs of `uncollapse audit read --second` where labellers err, by how they err, and without a warning.

    python benchmarks/labeller_errors.py [--audits 500]

Two labellers call right candidates wrong in a share of cases, and wrong ones right in another, independently of one
another. Half of the labels are of kept candidates, of which so many are right, half of dropped ones, of which 15% are.
The second labels all rows, or a quarter. "alike": precision passes with the errors that their agreement tells if both
err alike on right and on wrong rows. "no warning": it passes as well if all their errors are wrong rows called right.
"""

from __future__ import annotations

import argparse
import itertools

import numpy as np

from uncollapse.audits.labellers import compared
from uncollapse.errors import DataError
from uncollapse.proxy.exact import ERROR, kept_precision
from uncollapse.proxy.noisy_labels import CorrectedShare
from uncollapse.proxy.tally import Candidates, tally

DROPPED = 0.15  # share that is right
GRID = (  # kept labels, share that is right, that is asked for, right ones called wrong, wrong ones called right
    (100, 0.5, 0.5, 0.05, 0.2),
    (400, 0.5, 0.5, 0.05, 0.2),
    (400, 0.5, 0.5, 0.0, 0.1),
    (400, 0.5, 0.5, 0.1, 0.1),
    (400, 0.45, 0.5, 0.05, 0.2),
    (400, 0.8, 0.8, 0.05, 0.2),
    (100, 0.75, 0.5, 0.05, 0.2),
    (100, 0.75, 0.5, 0.03, 0.03),
    (400, 0.75, 0.5, 0.05, 0.2),
)


def passes(
    rng: np.random.Generator, labels: int, precision: float, least: float, missed: float, let_pass: float, twice: float
) -> tuple[bool, bool]:
    """Whether precision passes in one audit, and whether it passes without a warning."""
    kept = np.arange(2 * labels) < labels
    right = rng.random(len(kept)) < np.where(kept, precision, DROPPED)
    first, second = (rng.random(len(kept)) < np.where(right, 1 - missed, let_pass) for _ in range(2))
    both = rng.random(len(kept)) < twice
    found = compared(first[both], second[both], [""] * int(both.sum()))
    share = kept_precision(tally(Candidates(kept, first)))
    try:
        errors = found.errors()
        alike = (share if errors is None else CorrectedShare(share, errors)).chance_of_at_most(least) <= ERROR
        unwarned = alike and CorrectedShare(share, found.worst_errors()).chance_of_at_most(least) <= ERROR
    except DataError:
        return False, False
    return alike, unwarned


def main() -> None:
    """Print the grid."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--audits", type=int, default=500)
    options = parser.parse_args()
    print(f"precision passes, in % of {options.audits:,} audits")
    print("kept labels  right  asked  called wrong  let pass  labelled twice   alike  no warning")
    for (labels, precision, least, missed, let_pass), twice in itertools.product(GRID, (1.0, 0.25)):
        rng = np.random.default_rng([labels, round(100 * precision), round(100 * let_pass), round(100 * twice)])
        found = [passes(rng, labels, precision, least, missed, let_pass, twice) for _ in range(options.audits)]
        alike, unwarned = 100 * np.mean(found, axis=0)
        told = f"{labels:11} {precision:6.2f} {least:6.2f} {missed:13.2f} {let_pass:9.2f} {twice:15.2f}"
        print(f"{told} {alike:7.1f} {unwarned:11.1f}", flush=True)


if __name__ == "__main__":
    main()
