"""What the mixture simulations say about Feng et al.'s theorem, its breakdown points, and its propositions."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd

from uncollapse.theory.breakdown import breakdown_point, implied_slack
from uncollapse.theory.evidence import (
    Evidence,
    agreement,
    bootstrap_interval,
    decide,
    mean_interval,
    share_interval,
)
from uncollapse.theory.gaussian_mixture import Case
from uncollapse.theory.margin_gap import log_log_slope
from uncollapse.theory.survivors import fixed_point, majority_agreement


def transition_sharpens(breakdown: pd.DataFrame, *, rng: np.random.Generator) -> Evidence:
    """feng-Th3.2-a: accuracy falls from 100% to 0% at p_*, over a width that vanishes with N.

    Parameters
    ----------
    breakdown : DataFrame
        Of simulation "mixture_breakdown", with levels 0.9, 0.5 and 0.1.
    rng : numpy Generator
        For bootstrap intervals.
    """
    finite = breakdown[(breakdown["psi"] > 0) & (breakdown["growth"] == "d and N")]
    wide = finite.pivot_table(index=["n_points", "psi", "trial"], columns="level", values="measured")
    width = (wide[0.1] - wide[0.9]).groupby(level=["n_points", "trial"]).mean().unstack("n_points")
    slope = bootstrap_interval(width, lambda rows: log_log_slope(rows.columns, rows.mean()), rng=rng)
    largest = finite[(finite["n_points"] == finite["n_points"].max()) & (finite["level"] == 0.5)]
    offset = mean_interval((largest["measured"] - largest["breakdown_point"]).groupby(largest["trial"]).mean())
    edge = float(width[width.columns.max()].mean())
    return Evidence(
        "feng-Th3.2-a",
        "log-log slope of the transition's width (accuracy 0.9 to 0.1) against N; below 0",
        *slope,
        decide(supports=slope[2] < 0 and abs(offset[0]) < edge, refutes=slope[1] > 0),
        f"At the largest size the width is {edge:.4f} and accuracy passes 1/2 at p_* {offset[0]:+.4f} "
        f"[{offset[1]:+.4f}, {offset[2]:+.4f}].",
    )


def breakdown_of(claim: str, breakdown: pd.DataFrame, pruners: Sequence[tuple[float, float]]) -> Evidence:
    """feng-Th3.2-b and feng-S3.4-a: measured p_* of given verifiers, at the largest size, is 1 / (1 + psi / phi).

    Parameters
    ----------
    claim : str
    breakdown : DataFrame
        Of simulation "mixture_breakdown".
    pruners : sequence of (phi, psi)
    """
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
    return Evidence(
        claim,
        "measured minus predicted p_* where they differ most; 0",
        *off[np.argmax(np.abs(off[:, 0]))],
        decide(supports=found.holds, refutes=found.fails),
        listing + ".",
    )


def slack_of_ninety_percent(breakdown: pd.DataFrame) -> Evidence:
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
    return Evidence(
        "feng-ThD.3-a",
        "slack t at which p_*^-(t) equals the 90% point, at the largest N; 0.1",
        *found[largest],
        decide(supports=largest in matching, refutes=found[largest][2] < 0.1),
        "The 90% point does not fall short of p_*^-(0.1) at large N, as proved, but it tends to p_*: with the "
        "caption's infinite samples the two differ. Equal within error at (d, N) = "
        f"{', '.join(map(str, matching)) or 'no size tried'}. {listing}.",
    )


def survivors_decide(runs: pd.DataFrame, *, claim: str, case: Case, same_class: float, penalty: float) -> Evidence:
    """feng-PE.3-a (symmetric) and feng-PE.4-a (skewed): correct survivors in the majority if and only if learned.

    The propositions are about eq. 43, the limit in which examples of a class are all alike; a fitted student also has
    the noise of its features, worth sqrt(survivors (1 - a) / (d a)) examples, which can outvote a majority smaller
    than that.

    Parameters
    ----------
    runs : DataFrame
        Of simulation "survivors".
    claim : str
    case : "symmetric" or "skewed"
    same_class : float
        a = |mu|^2.
    penalty : float
        lambda.
    """
    chosen = runs[runs["case"] == case]
    fitted, other = fixed_point(
        {key: chosen[key].to_numpy() for key in ("n00", "n01", "n10", "n11")},
        same_class=same_class,
        other_class=-same_class if case == "symmetric" else 0.0,
        penalty_total=penalty * chosen["n_points"].to_numpy(),
    )
    exact = majority_agreement(
        chosen.assign(accuracy_0=(other < 0.5).astype(float), accuracy_1=(fitted > 0.5).astype(float)), case=case
    )
    agreement = majority_agreement(chosen, case=case)
    voters = agreement["majority"].abs() / agreement["majority_share"].abs()
    noise = np.sqrt(voters * (1 - same_class) / (agreement["dimension"] * same_class))
    strength = agreement["majority"].abs() / noise
    differ = agreement[~agreement["agrees"]]
    worst = float(strength[~agreement["agrees"]].max()) if len(differ) else 0.0
    result = share_interval(int(agreement["agrees"].sum()), len(agreement))
    return Evidence(
        claim,
        "share of runs in which the majority of survivors says what is learned; 1",
        *result,
        decide(supports=bool(exact["agrees"].all()) and worst < 3, refutes=not exact["agrees"].all() or worst > 5),
        f"Eq. 43 agrees in {int(exact['agrees'].sum())} of {len(exact)} cases. {len(differ)} of {len(agreement)} fits "
        f"differ, none with a majority beyond {worst:.1f} standard deviations of the features' noise.",
    )


def gap_shrinks(gaps: pd.DataFrame, *, rng: np.random.Generator) -> Evidence:
    """feng-RD.5-a: the train-minus-test gap shrinks like 1 / sqrt(N), or faster.

    Parameters
    ----------
    gaps : DataFrame
        Of simulation "margin_gap".
    rng : numpy Generator
    """
    squared = (gaps["gap"] ** 2).groupby([gaps["trial"], gaps["n_points"]]).mean().unstack()
    slope = bootstrap_interval(squared, lambda rows: log_log_slope(rows.columns, np.sqrt(rows.mean())), rng=rng)
    return Evidence(
        "feng-RD.5-a",
        "log-log slope of the root mean square gap against N; -1/2 or steeper",
        *slope,
        decide(supports=slope[2] <= -0.5, refutes=slope[1] > -0.5),
        "Steeper than -1/2 at small N, where optimism, of order d / N, adds to fluctuations of order 1 / sqrt(N).",
    )


def angles_predict_breakdown(breakdown: pd.DataFrame, curves: pd.DataFrame) -> Evidence:
    """feng-F2-a: phi, psi and the breakdown depend on the three angles alone.

    Settings in which generator and verifier err to opposite sides are left out: nothing is kept at their breakdown, so
    that it is found exactly, without any spread to judge.

    Parameters
    ----------
    breakdown, curves : DataFrame
        Of simulations "supervised_breakdown" and "supervised_curves".
    """
    largest = breakdown.groupby("mechanism")["n_points"].transform("max") == breakdown["n_points"]
    rows = breakdown[(breakdown["theta_prune"] > 0) & largest & ~np.isclose(breakdown["dihedral"], np.pi)]
    samples = [
        group["measured"] - group["predicted"] for _, group in rows.groupby(["mechanism", "theta_prune", "dihedral"])
    ]
    found = agreement(samples, [0.0] * len(samples))
    vectors = curves[(curves["mechanism"] == "vectors") & (curves["n_points"] == curves["n_points"].max())]
    spread = float((vectors["measured_psi"] - vectors["psi"]).abs().mean())
    return Evidence(
        "feng-F2-a",
        "measured minus predicted p = 1 - theta_prune / pi at which accuracy passes 1/2, where they differ most; 0",
        *max(found.intervals, key=lambda interval: abs(interval[0])),
        decide(supports=found.holds, refutes=found.fails),
        f"{len(samples)} settings; psi measured on different vectors with the same angles differs from the formula by "
        f"{spread:.4f} on average. Actual linear labels pass 1/2 at p_* smoothly; only independent flips jump.",
    )
