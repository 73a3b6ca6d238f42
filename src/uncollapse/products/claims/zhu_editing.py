"""Zhu et al. 2024: what the editing process says about Theorems 1 and 2, and Table 9 about its decay."""

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike

from uncollapse.analysis.verdict import Finding, decide
from uncollapse.statistics.estimate import Estimate
from uncollapse.statistics.intervals import mean_interval
from uncollapse.theory.agreement import agreement
from uncollapse.theory.decay_ratios import decay_ratios
from uncollapse.theory.editing import PRACTICAL_RULE
from uncollapse.theory.editing_closed_form import fresh_growth_ratio, frozen_limit_ratio


def check(*, editing: pd.DataFrame, reported_zhu2024_table9: pd.DataFrame) -> list[Finding]:
    """Findings on both theorems, and on the counts that Table 9 prints."""
    counts = reported_zhu2024_table9.sort_values("generation")["token_count"]
    return [
        theorem_one(editing),
        theorem_two_bound(editing),
        shrinking_edits_bound(editing),
        decay_is_geometric(counts),
    ]


def _final(table: pd.DataFrame, column: str) -> dict[tuple[str, float], Estimate]:
    """Mean and interval of a column after the last round, by policy and share."""
    found = {}
    for (policy, share), rows in table.groupby(["policy", "share"]):
        found[str(policy), float(share)] = mean_interval(rows.loc[rows["round"] == rows["round"].max(), column])
    return found


def _listing(found: dict[tuple[str, float], Estimate]) -> str:
    return ", ".join(f"{policy} {share:g}: {v[0]:.2f} [{v[1]:.2f}, {v[2]:.2f}]" for (policy, share), v in found.items())


def theorem_one(table: pd.DataFrame) -> Finding:
    """zhu-Th1-a: the fitted weights equal eq. 5 on the same noise."""
    distance = _final(table, "theorem_distance")
    edited = {key: value for key, value in distance.items() if key[0] != "replace"}
    least = min(edited, key=lambda key: edited[key][0])
    ends = [group[group["round"] == group["round"].max()] for _, group in table.groupby(["policy", "share"])]
    restored = agreement([end["error"] - end["expected"] for end in ends], [0.0] * len(ends))
    worst = max(restored.intervals, key=lambda found: abs(found.value) / (found.high - found.low))
    return Finding(
        "zhu-Th1-a",
        "|fitted - eq. 5|^2 in units of the first round's error, smallest over policies with partial edits; 0",
        *edited[least],
        decide(supports=edited[least][2] < 1e-9, refutes=edited[least][1] > 1e-9),
        "The proof replaces M P e by M e and drops sigma^2 tr(X^+ M (I-P) M X^+'); eq. 5 holds only when everything is "
        f"edited. With that term, measured minus expected is at worst {worst[0]:.2f} [{worst[1]:.2f}, {worst[2]:.2f}]: "
        f"{'agreement restored' if restored.holds else 'not restored'} under all {len(ends)} policies.",
    )


def theorem_two_bound(table: pd.DataFrame) -> Finding:
    """zhu-Th2-a: under editing the error stays below twice the first round's (eq. 6), not n times as under eq. 8."""
    errors = _final(table, "error")
    edited = {key: value for key, value in errors.items() if key[0] != "replace"}
    worst = max(edited, key=lambda key: edited[key][0])
    above = sorted(f"{policy} {share:g}" for (policy, share), v in edited.items() if v[1] > 2)
    fresh = [share for policy, share in edited if policy == "fresh"]
    growth = f"; fresh sets add up to {float(fresh_growth_ratio(max(fresh))):.2f} per edit, for ever" if fresh else ""
    return Finding(
        "zhu-Th2-a",
        "error after the last edit over the first round's, largest over policies; at most 2",
        *edited[worst],
        decide(supports=all(v[2] <= 2 for v in edited.values()), refutes=bool(above)),
        f"{_listing(errors)}. Above 2: {', '.join(above) or 'none'}{growth}; a frozen share m tends to (1+2m)/(1-m^2), "
        f"{float(frozen_limit_ratio(0.125)):.2f} at 12.5%, and passes 2 at m = 0.37. {PRACTICAL_RULE}",
    )


def shrinking_edits_bound(table: pd.DataFrame) -> Finding:
    """zhu-Th2-b: when the edited set shrinks by eta each round, the error stays below eq. 7."""
    rows = table[table["bound_7"].notna()]
    ratio = rows.assign(share_of_bound=rows["error"] / rows["bound_7"])
    by_round = {n: mean_interval(group["share_of_bound"]) for n, group in ratio.groupby(["share", "eta", "round"])}
    worst = max(by_round, key=lambda key: by_round[key][0])
    final = rows[rows["round"] == rows["round"].max()]
    return Finding(
        "zhu-Th2-b",
        "error over the bound of eq. 7, largest over rounds; at most 1",
        *by_round[worst],
        decide(supports=by_round[worst][2] <= 1, refutes=by_round[worst][1] > 1),
        f"The bound is loose enough to hold: error {final['error'].mean():.2f}, Theorem 1's expectation "
        f"{final['theorem_expected'].mean():.2f}, exact expectation {final['expected'].mean():.2f}, bound "
        f"{final['bound_7'].mean():.2f}. It is not implied by the proof, which rests on eq. 5.",
    )


def decay_is_geometric(counts: ArrayLike) -> Finding:
    """zhu-T9-b: successive counts (G,) of positions above the threshold, G >= 3, fall by the same ratio."""
    decay = decay_ratios(counts)
    half = (decay.high - decay.low) / 2
    change = float(decay.ratios[-1] - decay.ratios[0])
    width = float(np.hypot(half[0], half[-1]))
    return Finding(
        "zhu-T9-b",
        "last minus first ratio of the counts that Table 9 prints; 0 (within 0.01)",
        change,
        change - width,
        change + width,
        decide(supports=abs(change) + width < 0.01, refutes=abs(change) - width > 0.01),
        "The paper's own counts, no run of ours: ratios "
        + ", ".join(f"{ratio:.4f}" for ratio in decay.ratios)
        + f", equal with p = {decay.p_value:.2g}. In the norm "
        f"of eq. 7 eta is the root of the ratio, {float(np.sqrt(decay.ratios[0])):.3f} here.",
    )
