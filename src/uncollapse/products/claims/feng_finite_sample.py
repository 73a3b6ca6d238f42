"""Section 4 of Feng et al. 2024, Figure 3: what the finite-sample simulation says about verifiers and generators.

Last, by version 2: is p_* a proxy for what a verifier's selection is worth?
"""

import numpy as np
import pandas as pd
from scipy.stats import spearmanr

from uncollapse.analysis.verdict import Finding, decide
from uncollapse.statistics.intervals import mean_interval
from uncollapse.theory.finite_sample import CLEAN, LABEL_ORACLE, RANDOM, bayes_accuracy, verifier_name
from uncollapse.theory.log_log_slope import log_log_slope
from uncollapse.theory.sweet_spot import error_table, generators, sweet_spots, weak_verifiers

ORACLE = verifier_name(0.0)
#: How far apart two relative errors may be and still count as equal in a statement such as "matches": what can be told
#: apart on a figure whose axis spans some tens of percent.
EQUAL = 0.005
RESAMPLES = 2000  # for the interval of the sweet spot


def check(*, finite_sample: pd.DataFrame) -> list[Finding]:
    """Findings on Figure 3, both rows."""
    world = finite_sample[["dimension", "tau"]].iloc[0]
    rng = np.random.default_rng([*b"feng-F3-d"])
    return [
        generator_and_verifier_trade(finite_sample),
        oracle_matches_clean(finite_sample),
        oracle_reaches_bayes(finite_sample),
        bayes_accuracy_is_94_percent(dimension=int(world["dimension"]), tau=float(world["tau"])),
        sweet_spot_is_interior(finite_sample, resamples=RESAMPLES, rng=rng),
        larger_angles_are_worse(finite_sample),
        weak_supervision_can_hurt(finite_sample),
        breakdown_points_are_proxies(finite_sample),
        breakdown_tracks_error(finite_sample),
    ]


def sweet_spot_is_interior(curves: pd.DataFrame, *, resamples: int, rng: np.random.Generator) -> Finding:
    """feng-F3-d: with a weak verifier there is a sweet spot in n'."""
    spots = sweet_spots(curves, resamples=resamples, rng=rng)
    weakest = min(spots, key=lambda key: spots[key].rise_low)
    listing = ", ".join(
        f"N_0={size} {weak}: n'={spot.size} [{spot.size_low}, {spot.size_high}]" for (size, weak), spot in spots.items()
    )
    spot = spots[weakest]
    inside = [found.interior for found in spots.values()]
    return Finding(
        "feng-F3-d",
        "error at the largest n' minus error at the minimum, smallest over generators and verifiers; above 0",
        spot.rise,
        spot.rise_low,
        spot.rise_high,
        decide(supports=all(inside), refutes=not any(inside)),
        f"Minima inside the range in {sum(inside)} of {len(inside)} curves: {listing}.",
    )


def oracle_matches_clean(curves: pd.DataFrame) -> Finding:
    """feng-F3-a: oracle-selected data is as good as clean data for every generator."""
    clean = error_table(curves, n_original=0, selection=CLEAN)
    found, label_gap = {}, {}
    for size in generators(curves):
        for target, name in ((found, ORACLE), (label_gap, LABEL_ORACLE)):
            table = error_table(curves, n_original=size, selection=name)
            shared = table.columns.intersection(clean.columns)
            for n_selected in shared:
                target[size, n_selected] = mean_interval(table[n_selected] - clean[n_selected])
    worst = max(found, key=lambda key: found[key][0])
    worst_label = max(label_gap, key=lambda key: label_gap[key][0])
    return Finding(
        "feng-F3-a",
        "relative error of oracle minus clean, largest over N_0 and n'; about 0 (not above half a percent)",
        *found[worst],
        decide(supports=found[worst][2] < EQUAL, refutes=found[worst][1] > EQUAL),
        f"Worst at N_0={worst[0]}, n'={worst[1]}; at small n' the oracle is better, since its labels are the Bayes "
        f"classifier's. An oracle that knows the true labels instead is at most {label_gap[worst_label][0]:+.4f} off "
        f"(N_0={worst_label[0]}): what it keeps is tilted by the generator.",
    )


def oracle_reaches_bayes(curves: pd.DataFrame) -> Finding:
    """feng-F3-b: the oracle's relative error tends to 0."""
    last, slopes = {}, {}
    for size in generators(curves):
        table = error_table(curves, n_original=size, selection=ORACLE)
        last[size] = mean_interval(table.iloc[:, -1])
        slopes[size] = log_log_slope(table.columns[-4:], table.mean().iloc[-4:])
    worst = max(last, key=lambda size: last[size][0])
    return Finding(
        "feng-F3-b",
        "oracle's relative error at the largest n', largest over N_0; tends to 0",
        *last[worst],
        decide(supports=last[worst][2] < EQUAL and max(slopes.values()) < 0, refutes=min(slopes.values()) > 0),
        "Log-log slopes over the last four n': " + ", ".join(f"N_0={k}: {v:.2f}" for k, v in slopes.items()) + ".",
    )


def bayes_accuracy_is_94_percent(*, dimension: int, tau: float) -> Finding:
    """feng-F3-c: Phi(tau sqrt(d)) is about 94%."""
    value = bayes_accuracy(dimension=dimension, tau=tau)
    return Finding(
        "feng-F3-c",
        "Bayes accuracy Phi(tau sqrt(d)); 0.94 after rounding",
        value,
        value,
        value,
        decide(supports=round(value, 2) == 0.94, refutes=round(value, 2) != 0.94),
        f"d is not stated; {dimension} is chosen for it (d = 100 gives {bayes_accuracy(dimension=100, tau=tau):.4f}).",
    )


def larger_angles_are_worse(curves: pd.DataFrame) -> Finding:
    """feng-F3-e: at the largest n', the oracle beats each smaller angle, which beats the larger ones."""
    order = [ORACLE, *weak_verifiers(curves)]
    steps = {}
    for size in generators(curves):
        ends = [error_table(curves, n_original=size, selection=name).iloc[:, -1] for name in order]
        for name, better, worse in zip(order[1:], ends, ends[1:], strict=False):
            steps[size, name] = mean_interval(worse - better)
    smallest = min(steps, key=lambda key: steps[key][0])
    return Finding(
        "feng-F3-e",
        "relative error added by the next larger angle at the largest n', smallest over N_0; above 0",
        *steps[smallest],
        decide(supports=min(v[1] for v in steps.values()) > 0, refutes=steps[smallest][2] < 0),
        f"{len(steps)} paired differences, smallest at N_0={smallest[0]}, {smallest[1]}.",
    )


def weak_supervision_can_hurt(curves: pd.DataFrame) -> Finding:
    """feng-F3-f: with an accurate generator weak supervision is worse than no selection, at the largest n'."""
    best = max(generators(curves))
    random = error_table(curves, n_original=best, selection=RANDOM).iloc[:, :]
    found = {}
    for weak in weak_verifiers(curves):
        table = error_table(curves, n_original=best, selection=weak)
        n_selected = max(table.columns.intersection(random.columns))
        found[weak] = mean_interval(table[n_selected] - random[n_selected])
    least = min(found, key=lambda key: found[key][0])
    return Finding(
        "feng-F3-f",
        f"relative error of weak minus random selection, N_0={best}, largest n', smallest over angles; above 0",
        *found[least],
        decide(supports=found[least][1] > 0, refutes=found[least][2] < 0),
        "At small n' it is the other way round: sampled labels are noisy, and any verifier removes most of that noise.",
    )


def generator_and_verifier_trade(curves: pd.DataFrame) -> Finding:
    """feng-S3.4-b: error falls with N_0 for random and weak selection, and hardly depends on it for the oracle.

    What random and weak selection gain by a better generator is set against what the oracle gains, trial by trial: the
    same fall can't be dependence for the one and independence for the other.
    """
    sizes = generators(curves)
    weak = [RANDOM, *weak_verifiers(curves)]
    saved = {}
    for name in [*weak, ORACLE]:
        worst, best = (error_table(curves, n_original=size, selection=name) for size in (sizes[0], sizes[-1]))
        saved[name] = (worst - best).dropna(axis=1).mean(axis=1)
    gains = {name: mean_interval(of_trials) for name, of_trials in saved.items()}
    more = {name: mean_interval(saved[name] - saved[ORACLE]) for name in weak}
    least = min(weak, key=lambda name: more[name][1])
    return Finding(
        "feng-S3.4-b",
        "how much more relative error, mean over n', the best generator saves over the worst with random or weak "
        "selection than with the oracle, smallest over these; above 0",
        *more[least],
        decide(
            supports=more[least][1] > 0 and min(gains[name][1] for name in weak) > 0 and gains[ORACLE][2] < EQUAL,
            refutes=more[least][2] < 0 or min(gains[name][2] for name in weak) < 0 or gains[ORACLE][1] > EQUAL,
        ),
        "Saved: " + ", ".join(f"{name} {v[0]:.4f} [{v[1]:.4f}, {v[2]:.4f}]" for name, v in gains.items()) + ".",
    )


def breakdown_points_are_proxies(curves: pd.DataFrame) -> Finding:
    """fengv2-Th4.2-a: measured p_* lies between 0.5 (no verification) and 1 (oracle)."""
    rows = curves[curves["selection"] != CLEAN].drop_duplicates(["trial", "n_original", "selection"])
    stars = rows.groupby("selection")["breakdown_point"].agg(["min", "max"])
    inside = bool((stars["min"] >= 0.5).all() and (stars["max"] <= 1).all())
    ends = bool(np.allclose(stars.loc[RANDOM], 0.5) and np.allclose(stars.loc[LABEL_ORACLE], 1.0))
    by_bayes = rows.groupby("selection")["breakdown_point_bayes"].mean()
    return Finding(
        "fengv2-Th4.2-a",
        "mean p* of the oracle verifier along w*, by the examples' own labels; between 0.5 and 1",
        *mean_interval(rows.loc[rows["selection"] == ORACLE, "breakdown_point"]),
        decide(supports=inside and ends, refutes=not inside),
        "Ranges: "
        + ", ".join(f"{name} {low:.3f}-{high:.3f}" for name, (low, high) in zip(stars.index, stars.values, strict=True))
        + f". Against the Bayes classifier's labels the oracle has {by_bayes[ORACLE]:.3f}.",
    )


def breakdown_tracks_error(curves: pd.DataFrame) -> Finding:
    """fengv2-F3-a: across generators and verifiers, p_* ranks students like their accuracy."""
    rows = curves[~curves["selection"].isin([CLEAN, LABEL_ORACLE])]
    table = pd.DataFrame(
        [
            (trial, n_selected, spearmanr(part["breakdown_point"], part["accuracy"]).statistic)
            for (trial, n_selected), part in rows.groupby(["trial", "selected"])
        ],
        columns=["trial", "selected", "correlation"],
    )
    overall = mean_interval(table.groupby("trial")["correlation"].mean())
    by_size = table.groupby("selected")["correlation"].mean()
    best = rows[(rows["n_original"] == rows["n_original"].max()) & (rows["selected"] == rows["selected"].max())]
    within = mean_interval([spearmanr(p["breakdown_point"], p["accuracy"]).statistic for _, p in best.groupby("trial")])
    return Finding(
        "fengv2-F3-a",
        "Spearman correlation of p* with accuracy over N_0 x verifier, mean over n'; positive and strong (above 0.5)",
        *overall,
        decide(supports=overall[1] > 0.5, refutes=overall[2] < 0),
        "By n': " + ", ".join(f"{size}: {value:.2f}" for size, value in by_size.items()) + ". For the best generator "
        f"alone, at the largest n': {within[0]:.2f} [{within[1]:.2f}, {within[2]:.2f}]: there random selection has the "
        "lowest p* and yet beats the weak verifiers.",
    )
