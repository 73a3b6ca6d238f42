"""Zhu et al. 2024, section 2.2: is the machine-written training text narrower than the human text, and where?

``diagnostics`` has the columns of :class:`~uncollapse.diagnostics.measurement.Measurement`; ``human``, ``synthetic``
and ``selected`` name its corpora, the human one first when it was measured. Thresholds are the claims' own words.
"""

import math
from collections.abc import Sequence
from dataclasses import replace

import pandas as pd

from uncollapse.analysis.verdict import Finding, Part, conclude, phrase
from uncollapse.diagnostics.measurement import difference
from uncollapse.diagnostics.verdicts import Rows
from uncollapse.products.claims.zhu_selected_text import Selected, above_halfway
from uncollapse.statistics.estimate import Estimate

QUARTER = 25.0  # "the first 25% of the human-produced data distribution" (Figure 3)
MOST = 50.0
# Finding IV: selected data "still fails to align", so little or no reduction; a tenth is taken as little
LITTLE = 10.0


def check(
    *,
    diagnostics: pd.DataFrame,
    subjects: list[str],
    references: list[str],
    perplexities: pd.DataFrame,
    trained_models: pd.DataFrame,
) -> list[Finding]:
    """Findings on the experiment's passages: ``subjects`` are human, machine, and selections of it.

    ``references`` are the priors that were pretrained elsewhere, on far more text than the experiment has.
    """
    human, machine, *selections = subjects
    found = [
        lowest_quarter(diagnostics, synthetic=machine, references=references),
        no_upper_tail(diagnostics, synthetic=machine),
        features_concentrate(diagnostics, human=human, synthetic=machine),
        responses_near_zero(
            diagnostics,
            human=human,
            synthetic=machine,
            trained=above_halfway("density", Selected.of(perplexities, trained_models)),
        ),
        u_shape(diagnostics, human=human, references=references),
    ]
    for selected in selections[:1]:  # DSIR's stands first
        found.append(selection_does_not_align(diagnostics, human=human, synthetic=machine, selected=selected))
    return found


def _estimate(
    rows: Rows, diagnostic: str, measure: str, subject: str, prior: str = "", *, scale: float = 1
) -> Estimate:
    low, high = rows.interval(diagnostic, measure, subject, prior)
    return Estimate(scale * rows.value(diagnostic, measure, subject, prior), scale * low, scale * high)


def lowest_quarter(diagnostics: pd.DataFrame, *, synthetic: str, references: Sequence[str] | None = None) -> Finding:
    """zhu-F3-a: the synthetic corpus's 99% quantile of perplexity is below a quarter of the human one.

    The claim is about a strong reference model: ``references`` names the priors that decide, all by default.
    """
    rows = Rows(diagnostics)
    parts, beside = [], []
    for prior in rows.priors("perplexity"):
        reach = _estimate(rows, "perplexity", "upper end against human", synthetic, prior)
        part = Part(f"under {prior}", reach, -math.inf, QUARTER, "percent")
        (parts if _decides(prior, references) else beside).append(part)
    return conclude(
        "zhu-F3-a",
        "99% quantile of synthetic documents' perplexity, as a share of the human one (percent)",
        parts,
        opening="" if parts else "It takes document perplexities under a pretrained reference model.",
        closing=" ".join(filter(None, ["The claim is a quarter or less." if parts else "", _too_weak(beside)])),
    )


def no_upper_tail(diagnostics: pd.DataFrame, *, synthetic: str) -> Finding:
    """zhu-F3-b: fewer synthetic documents than human ones lie above human upper quantiles, whichever prior is used.

    Under one alone it can fail, and no more: what another one would say was not run.
    """
    rows = Rows(diagnostics)
    priors = rows.priors("perplexity")
    parts = [
        Part(
            f"above the human quantile {level:g} under {prior}",
            _estimate(rows, "perplexity", f"above the human quantile {level:g}", synthetic, prior),
            -math.inf,
            100 * (1 - level),
            "percent",
        )
        for prior in priors
        for level in (0.9, 0.95)
    ]
    needs = "It takes document perplexities under two reference models."
    if len(priors) == 1 and not any(part.verdict == "contradicted" for part in parts):
        needs += f" Under one alone: {'; '.join(map(phrase, parts))}."
        parts = []
    return conclude(
        "zhu-F3-b",
        "share of synthetic documents in the human upper tail of perplexity (percent)",
        parts,
        needs=needs,
        closing="Human text has 10 and 5 percent there by definition.",
    )


def features_concentrate(diagnostics: pd.DataFrame, *, human: str, synthetic: str) -> Finding:
    """zhu-F5-a: hashed n-grams of synthetic text fill fewer buckets, and its top bigrams are more frequent."""
    rows = Rows(diagnostics)
    gap = difference(synthetic, human)
    parts = []
    for kind in ("unigrams", "bigrams"):
        if rows.has(kind):
            whole = rows.value(kind, "effective number of buckets", human)
            measure = "effective number of buckets"
            fewer = _estimate(rows, kind, measure, gap, scale=100 / whole).negated
            parts.append(Part(f"fewer effective buckets of {kind}, of the human number", fewer, unit="percent"))
            parts.append(Part(f"more in the 100 fullest buckets of {kind}",
                              _estimate(rows, kind, "share of the 100 fullest buckets", gap)))  # fmt: skip
    if rows.has("top bigrams"):
        parts += [
            Part(f"more in the own top {top} bigrams", _estimate(rows, "top bigrams", f"share of the top {top}", gap))
            for top in (40, 64)
        ]
    return conclude(
        "zhu-F5-a",
        "concentration of hashed n-grams and top bigrams, synthetic minus human",
        parts,
        needs="It takes n-gram histograms of both corpora.",
        opening="At equal numbers of words.",
    )


def selection_does_not_align(diagnostics: pd.DataFrame, *, human: str, synthetic: str, selected: str) -> Finding:
    """zhu-F4-a: embeddings of what DSIR selects stay apart from human ones, and hardly less than without selection.

    They do where their energy distance is above that of other human text, as the claim's sentence has it; what is
    expected of it is that at most LITTLE percent come off. Intervals take distances as independent, which widens them.
    """
    rows = Rows(diagnostics)
    parts, told = [], ""
    for prior in rows.priors("embeddings"):
        floor, before, after = (
            _estimate(rows, "embeddings", "energy", name, prior) for name in (human, synthetic, selected)
        )
        ratio = after.value / before.value
        errors = [(each.high - each.low) / 2 for each in (before, after)]
        half = 100 * abs(ratio) * math.hypot(errors[0] / before.value, errors[1] / after.value)
        value = 100 * (1 - ratio)
        parts.append(
            Part(f"reduction by DSIR under {prior}", Estimate.symmetric(value, half), -math.inf, LITTLE, "percent")
        )
        excess = (after.value - floor.value) / before.value
        error = math.hypot(errors[1], (floor.high - floor.low) / 2) / before.value
        apart = Estimate.symmetric(100 * excess, 100 * math.hypot(error, excess * errors[0] / before.value))
        label = f"selected beyond other human text under {prior}, of the distance without selection"
        parts.append(Part(label, apart, unit="percent"))
        told = f"Energy distances to human text: {before.value:.4f}, selected {after.value:.4f}, other human text "
        told += f"{floor.value:.4f}."
    return conclude(
        "zhu-F4-a",
        "reduction of the embedding distance to human text by DSIR, and what of it is left (percent)",
        parts,
        needs="It takes sentence embeddings of human, synthetic and selected documents.",
        opening=told,
    )


def responses_near_zero(
    diagnostics: pd.DataFrame, *, human: str, synthetic: str, trained: Sequence[Part] = ()
) -> Finding:
    """zhu-F12-a: most density responses of synthetic documents are close to zero, and choose no useful ones.

    The second half takes models trained on what density sampling chose, in ``trained``; without, the claim is at best
    inconclusive. And how close to zero the responses are hangs on the width of the hash's cells, which the paper does
    not state.
    """
    rows = Rows(diagnostics)
    measure = "responses below 0.05"
    priors = rows.priors("density")
    parts = [
        Part(prior, _estimate(rows, "density", measure, synthetic, prior), MOST, math.inf, "percent")
        for prior in priors
    ]
    same = ", ".join(rows.text("density", measure, human, prior) for prior in priors)
    told = "" if trained else " That useful documents do not stand out takes models trained on them, not run here."
    found = conclude(
        "zhu-F12-a",
        "share of synthetic documents with a density response below 0.05 (percent)",
        [*parts, *trained] if parts else [],
        needs="It takes embeddings and a density sketch.",
        closing=f"Of human documents {same}.{told} The width of the hash's cells, which sets the responses, is not"
        " stated.",
    )
    return replace(found, verdict="inconclusive") if found.verdict == "reproduced" and not trained else found


def u_shape(diagnostics: pd.DataFrame, *, human: str, references: Sequence[str] | None = None) -> Finding:
    """zhu-F6-a: most human tokens have a probability below 0.6, and the histogram falls first and rises last."""
    rows = Rows(diagnostics)
    parts, beside = [], []
    for prior in rows.priors("token probabilities"):
        below = _estimate(rows, "token probabilities", "below 0.6", human, prior)
        found = [Part(f"below 0.6 under {prior}", below, MOST, math.inf, "percent")]
        found += [
            Part(f"{end} bin over the next one under {prior}",
                 _estimate(rows, "token probabilities", f"{place} end over its neighbour", human, prior))
            for end, place in (("first", "lower"), ("last", "upper"))
        ]  # fmt: skip
        (parts if _decides(prior, references) else beside).extend(found)
    return conclude(
        "zhu-F6-a",
        "token probabilities of human text in ten bins: share below 0.6, and how far the ends stand above the bins "
        "next to them (percent of tokens)",
        parts,
        opening="" if parts else "It takes token probabilities of human text under a pretrained language model.",
        closing=_too_weak(beside),
    )


def _decides(prior: str, references: Sequence[str] | None) -> bool:
    return references is None or prior in references


def _too_weak(beside: Sequence[Part]) -> str:
    """A sentence on what other priors show, which decides nothing."""
    if not beside:
        return ""
    return f"Beside it, under models that saw too little to be a reference: {'; '.join(map(phrase, beside))}."
