"""Propositions E.3 and E.4 of Feng et al. 2024 (v1): do the survivors' majorities decide what is learned?"""

import numpy as np
import pandas as pd

from uncollapse.analysis.verdict import Finding, decide
from uncollapse.statistics.intervals import share_interval
from uncollapse.theory.gaussian_mixture import Case
from uncollapse.theory.survivors import fixed_point, majority_agreement


def check(*, survivors: pd.DataFrame) -> list[Finding]:
    """Findings on both cases of Condition D.1, run by run."""
    cases: tuple[tuple[str, Case], ...] = (("feng-PE.3-a", "symmetric"), ("feng-PE.4-a", "skewed"))
    return [
        finding
        for claim, case in cases
        for finding in (
            every_run_agrees(survivors, claim=claim, case=case),
            survivors_decide(survivors, claim=claim, case=case),
        )
    ]


def every_run_agrees(runs: pd.DataFrame, *, claim: str, case: Case) -> Finding:
    """feng-PE.3-a (symmetric) and feng-PE.4-a (skewed), first reading: agreement in every fitted run."""
    agrees = majority_agreement(runs[runs["case"] == case], case=case)["agrees"]
    share = share_interval(int(agrees.sum()), len(agrees))
    return Finding(
        claim,
        "share of fitted runs in which the majority of survivors says what is learned; all of them",
        *share,
        decide(supports=bool(agrees.all()), refutes=not agrees.all()),
        f"{int((~agrees).sum())} of {len(agrees)} fits differ.",
        reading=1,
    )


def survivors_decide(runs: pd.DataFrame, *, claim: str, case: Case) -> Finding:
    """feng-PE.3-a (symmetric) and feng-PE.4-a (skewed): correct survivors in the majority if and only if learned.

    The propositions are about eq. 43, the limit in which examples of a class are all alike; a fitted student also has
    the noise of its features, worth sqrt(survivors (1 - a) / (d a)) examples, which can outvote a majority smaller
    than that.
    """
    chosen = runs[runs["case"] == case]
    same_class = float(chosen["mean_square"].iloc[0])
    fitted, other = fixed_point(
        {key: chosen[key].to_numpy() for key in ("n00", "n01", "n10", "n11")},
        same_class=same_class,
        other_class=-same_class if case == "symmetric" else 0.0,
        penalty_total=(chosen["penalty"] * chosen["n_points"]).to_numpy(),
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
    return Finding(
        claim,
        "largest majority of survivors, in standard deviations of the features' noise, that does not say what is "
        "learned; below 3, where eq. 43 agrees in every run",
        worst,
        worst,
        worst,
        decide(supports=bool(exact["agrees"].all()) and worst < 3, refutes=not exact["agrees"].all() or worst > 5),
        f"Eq. 43, for features that are exactly as the proposition supposes, agrees in {int(exact['agrees'].sum())} of "
        f"{len(exact)} cases. Of the fits to random features {len(differ)} of {len(agreement)} differ, a share of "
        f"{result[0]:.4f} [{result[1]:.4f}, {result[2]:.4f}] agrees.",
    )
