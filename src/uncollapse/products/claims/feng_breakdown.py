"""Theorem 3.2 of Feng et al. 2024 (v1): what the measured breakdown points say about it."""

from collections.abc import Sequence

import numpy as np
import pandas as pd

from uncollapse.analysis.verdict import Finding, decide
from uncollapse.statistics.bootstrap import bootstrap_interval
from uncollapse.statistics.intervals import mean_interval
from uncollapse.theory.agreement import agreement
from uncollapse.theory.breakdown import breakdown_point, implied_slack
from uncollapse.theory.log_log_slope import log_log_slope


def check(*, mixture_breakdown: pd.DataFrame) -> list[Finding]:
    """Findings on the transition at p_*, its place, and its analytic estimate at 90% accuracy."""
    verifiers = mixture_breakdown[["phi", "psi"]].drop_duplicates().itertuples(index=False, name=None)
    kept_share = {(phi, psi): psi / phi for phi, psi in verifiers}
    ends = [pair for pair, ratio in kept_share.items() if ratio in (0.0, 1.0)]
    between = [pair for pair, ratio in kept_share.items() if 0 < ratio < 1]
    rng = np.random.default_rng([*b"feng-Th3.2-a"])
    return [
        transition_sharpens(mixture_breakdown, rng=rng),
        breakdown_of("feng-Th3.2-b", mixture_breakdown, ends),
        breakdown_of("feng-S3.4-a", mixture_breakdown, between),
        slack_of_ninety_percent(mixture_breakdown),
    ]


def transition_sharpens(breakdown: pd.DataFrame, *, rng: np.random.Generator) -> Finding:
    """feng-Th3.2-a: accuracy falls from 100% to 0% at p_*, over a width that vanishes with N.

    The table is that of the simulation "mixture_breakdown", with levels 0.9, 0.5 and 0.1.
    """
    finite = breakdown[(breakdown["psi"] > 0) & (breakdown["growth"] == "d and N")]
    wide = finite.pivot_table(index=["n_points", "psi", "trial"], columns="level", values="measured")
    width = (wide[0.1] - wide[0.9]).groupby(level=["n_points", "trial"]).mean().unstack("n_points")
    slope = bootstrap_interval(width, lambda rows: log_log_slope(rows.columns, rows.mean()), rng=rng)
    largest = finite[(finite["n_points"] == finite["n_points"].max()) & (finite["level"] == 0.5)]
    offset = mean_interval((largest["measured"] - largest["breakdown_point"]).groupby(largest["trial"]).mean())
    edge = float(width[width.columns.max()].mean())
    return Finding(
        "feng-Th3.2-a",
        "log-log slope of the transition's width (accuracy 0.9 to 0.1) against N; below 0",
        *slope,
        decide(supports=slope[2] < 0 and -edge < offset.low and offset.high < edge, refutes=slope[1] > 0),
        f"At the largest size the width is {edge:.4f} and accuracy passes 1/2 at p* {offset[0]:+.4f} "
        f"[{offset[1]:+.4f}, {offset[2]:+.4f}].",
    )


def breakdown_of(claim: str, breakdown: pd.DataFrame, pruners: Sequence[tuple[float, float]]) -> Finding:
    """feng-Th3.2-b and feng-S3.4-a: measured p_* of verifiers (phi, psi) at the largest size is 1 / (1 + psi / phi)."""
    largest = breakdown[(breakdown["n_points"] == breakdown["n_points"].max()) & (breakdown["level"] == 0.5)]
    samples = [
        largest.loc[np.isclose(largest["phi"], phi) & np.isclose(largest["psi"], psi), "measured"]
        for phi, psi in pruners
    ]
    expected = [float(breakdown_point(phi, psi)) for phi, psi in pruners]
    found = agreement(samples, expected)
    off = np.array(found.intervals) - np.array(expected)[:, None]
    listing = ", ".join(
        f"psi/phi = {psi / phi:g}: {mean:.4f} [{low:.4f}, {high:.4f}] for {p:.4f}"
        for (phi, psi), (mean, low, high), p in zip(pruners, found.intervals, expected, strict=True)
    )
    return Finding(
        claim,
        "measured minus predicted p* where they differ most; 0",
        *off[np.argmax(np.abs(off[:, 0]))],
        decide(supports=found.holds, refutes=found.fails),
        listing + ".",
    )


def slack_of_ninety_percent(breakdown: pd.DataFrame) -> Finding:
    """feng-ThD.3-a: sup{p : accuracy >= 90%} equals p_*^-(0.1).

    The figure's size is not stated, and in the limit the 90% point tends to p_* instead. So the slack t at which
    p_*^-(t) equals the 90% point is measured at every size.
    """
    rows = breakdown[(breakdown["level"] == 0.9) & (breakdown["psi"] > 0)]
    rows = rows.assign(slack=implied_slack(rows["measured"], rows["phi"], rows["psi"]))
    by_trial = rows.groupby(["dimension", "n_points", "trial"])["slack"].mean()
    found = {size: mean_interval(values) for size, values in by_trial.groupby(level=["dimension", "n_points"])}
    matching = [size for size, (_, low, high) in found.items() if low <= 0.1 <= high]
    largest = max(found, key=lambda size: size[1])
    listing = ", ".join(
        f"d={d}, N={n}: {mean:.3f} [{low:.3f}, {high:.3f}]" for (d, n), (mean, low, high) in found.items()
    )
    return Finding(
        "feng-ThD.3-a",
        "slack t at which p*⁻(t) equals the 90% point, at the largest N; 0.1",
        *found[largest],
        decide(supports=largest in matching, refutes=found[largest][2] < 0.1),
        "The 90% point does not fall short of p*⁻(0.1) at large N, as proved, but it tends to p*: with the "
        "caption's infinite samples the two differ. Equal within error at (d, N) = "
        f"{', '.join(map(str, matching)) or 'no size tried'}. {listing}.",
    )
