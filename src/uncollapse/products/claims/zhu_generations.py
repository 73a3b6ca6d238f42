"""Zhu et al. 2024, appendix D.5: editing generation after generation, from a start that is partly synthetic."""

import math

import pandas as pd

from uncollapse.analysis.edited_tasks import ALIKE, where_sure
from uncollapse.analysis.generations import RISING_LOSS, difference, named_run, of_quantity, titled, whole
from uncollapse.analysis.verdict import Finding, Part, conclude, phrase
from uncollapse.statistics.estimate import Estimate


def check(
    *,
    generation_measures: pd.DataFrame,
    generation_runs: pd.DataFrame,
    learners: pd.DataFrame,
    edit_shares: pd.DataFrame,
) -> list[Finding]:
    """zhu-D5-a: a model trained on an edited mixture is at least as good as one trained on the mixture."""
    runs = generation_runs
    losses = of_quantity(whole(generation_measures, runs), "loss")
    parts, compared = [], []
    for _, run in runs[runs["edited_written"] > 0].iterrows():
        unedited = mixture_of(run, runs, learners)
        if unedited is None:
            continue
        compared.append(run["run"])
        for generation in sorted({1, int(run["generations"])}):
            change = in_percent(difference(losses, (unedited, 1), (run["run"], generation)))
            kind = "frozen" if run["frozen"] else "fresh"
            label = f"{titled(learners, run['learner'])}, {kind} set, generation {generation} below the mixture"
            parts.append(Part(label, change, -ALIKE, math.inf, "percent"))
    first = edit_shares[edit_shares["generation"] == 0]
    found = conclude(
        "zhu-D5-a",
        "how much lower human text's perplexity is after training on an edited mixture of human and own text than on "
        f"that mixture (percent; above −{ALIKE:g})",
        parts,
        needs="It takes a run whose edits begin with own beside human text, and one of that mixture as it is.",
        opening=RISING_LOSS,
        closing=" ".join(filter(None, (edited_beside_own(losses, runs, learners), shares_told(edit_shares, compared)))),
        reading=1,
    )
    return [where_sure(found, compared, first.groupby("run")["threshold"].min().to_dict())]


def mixture_of(run: pd.Series, runs: pd.DataFrame, learners: pd.DataFrame) -> str | None:
    """The run that learns, unedited, from the mixture that this one's edits begin with; None without one."""
    real = int(learners.set_index("learner").loc[run["learner"], "rows"]) - int(run["edited_written"])
    same = (runs["learner"] == run["learner"]) & (runs["regime"] == "mixed") & (runs["real"] == real)
    found = runs[same & (runs["synthetic"] == run["edited_written"]) & ~runs["fresh"] & (runs["verifier"] == "")]
    found = found[(found["weight"] == "") & (found["grid"] == "")]
    return None if found.empty else str(found["run"].iloc[0])


def in_percent(nats: Estimate) -> Estimate:
    """A difference of log perplexities as the percent by which the second perplexity is lower."""
    return Estimate(*(100 * -math.expm1(-value) for value in nats))


def edited_beside_own(losses: pd.DataFrame, runs: pd.DataFrame, learners: pd.DataFrame) -> str:
    """Sentence on what edits of human text alone add to the loss, beside own text; empty without such runs."""
    told = []
    for _, run in runs[(runs["edited_by"] != "") & (runs["edited_written"] == 0)].iterrows():
        last = int(run["generations"])
        kind = f"{titled(learners, run['learner'])}, edited, {'frozen' if run['frozen'] else 'fresh'} set"
        told.append(phrase(Part(kind, difference(losses, (run["run"], last), (run["run"], 0)), unit="nats")))
        own = named_run(runs, run["learner"], "replace")
        if own is not None and (losses[losses["run"] == own]["generation"] == last).any():
            part = Part(f"own text, generation {last}", difference(losses, (own, last), (own, 0)), unit="nats")
            told.append(phrase(part))
    return f"Over generation 0, from human text: {'; '.join(dict.fromkeys(told))}." if told else ""


def shares_told(edit_shares: pd.DataFrame, runs: list[str]) -> str:
    """Sentence on how much is edited, generation after generation; empty without edits."""
    told = []
    for run, rows in edit_shares[edit_shares["run"].isin(runs)].groupby("run", sort=False):
        sums = rows.groupby("generation")[["tokens", "eligible", "changed"]].sum()
        shares = (100 * sums["changed"] / sums["tokens"]).map("{:.2f}%".format)
        told.append(f"{run}: {', '.join(shares)}")
    return f"Tokens changed by generation: {'; '.join(told)}." if told else ""
