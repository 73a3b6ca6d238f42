"""A labelled sheet read: rates of the pool, the decision, what labellers' noise does to it, what would decide it."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from typing import Any

import numpy as np

from uncollapse.audits import limits
from uncollapse.audits.further import Further, allocated, further
from uncollapse.audits.hanging import labellers_errors, open_rows, other_looks, unfinished
from uncollapse.audits.intervals import Verdict, rates
from uncollapse.audits.labellers import Labellers, compared
from uncollapse.audits.labels import labels_of
from uncollapse.audits.looks import NO_OTHERS, Looks
from uncollapse.audits.matching import Sheet, check_rows, places
from uncollapse.audits.powered import powered_rates
from uncollapse.audits.sheet import LabelledRow
from uncollapse.candidate_tables.features import Feature
from uncollapse.candidate_tables.pool import Pool
from uncollapse.errors import DataError
from uncollapse.proxy.audit import Audit, Column, audit, coverage_warnings, plain
from uncollapse.proxy.decision import GO, GO_BUT, HOW_MANY, UNDECIDED, Decision
from uncollapse.proxy.label_words import RIGHT, UNSURE
from uncollapse.proxy.noisy_labels import LabelErrors
from uncollapse.proxy.slices import CUTS, ORIGINS
from uncollapse.statistics.estimate import Estimate

_HOPELESS = "the two labellers differ so often that their labels may tell nothing."
_BETTER = "No number of such labels decides it: settle what right means, and label again."


@dataclass(frozen=True)
class Reading:
    """All that a labelled sheet says.

    found : the audit; its rates are of the sampling design
    kept, dropped : the labels of each verdict
    powered : rates with the score as a prediction for every candidate
    labellers : agreement of two; ``by_labeller`` has the rates by the labels of each, and corrected for their noise
    more, where : labels that would decide it, and of which strata
    notes : what the reader should know of sheet and pool
    unsure : rows that are labelled so
    """

    found: Audit
    kept: Verdict
    dropped: Verdict
    powered: dict[str, Estimate]
    labellers: Labellers | None
    by_labeller: dict[str, dict[str, Estimate]]
    more: Further
    where: list[tuple[str, int]]
    notes: list[str]
    unsure: int

    def as_json(self) -> dict[str, Any]:
        """The reading in lists, dictionaries, texts and numbers; null where a number is not known."""
        own = {name: getattr(self, name) for name in ("powered", "by_labeller", "where", "notes", "unsure")}
        own |= {name: None if (one := getattr(self, name)) is None else asdict(one) for name in ("labellers", "more")}
        return self.found.as_json() | plain(own)


def read(
    pool: Pool,
    sheets: Sequence[Sheet],
    *,
    second: Mapping[str, LabelledRow] | None = None,
    least: float = 0.5,
    errors: LabelErrors | None = None,
    sliced: Sequence[str] = (),
    features: Sequence[str] = (),
    prediction: str | None = None,
    looks: Looks = NO_OTHERS,
    seed: int = 0,
) -> Reading:
    """Read labelled sheets of one pool.

    Parameters
    ----------
    sheets : of the first draw and those that drew more
    second : another labeller's rows, by key
    least : the kept precision that is asked for
    errors : of the labels, where they were measured; two labellers' agreement tells them otherwise
    sliced, features : columns of the pool to look at kept precision by, and coverage over
    prediction : column of the pool with a guess at every candidate; the score otherwise
    looks : at the pool besides these sheets

    Raises
    ------
    DataError
        Where sheets and pool do not belong together, or no row has a label.
    """
    notes = [note for sheet in sheets for note in check_rows(sheet)]
    at = places(pool, sheets)
    words = {key: label for sheet in sheets for key, label in sheet.labels().items()}
    labels = labels_of(words, sheets, at)
    if not len(labels.place):
        rows = sum(len(sheet.draw.rows) for sheet in sheets)
        raise DataError(
            f"{sheets[0].path}: none of {rows:,} rows has a label of right or wrong: fill in the column label"
        )
    both = _both_labellers(words, second, sheets, at, seed) if second is not None else None
    noise, hopeless = errors, False
    if both is not None and errors is None:
        try:
            noise = both.errors()
        except DataError:
            hopeless = True
    kept, dropped = labels.verdicts(sheets)
    rng = np.random.default_rng(seed)
    shifted = limits.shift(pool)
    coverage = limits.cover(pool, list(features))
    sweep = [*_slices(pool), *((name, *pool.features[name].cells(CUTS)) for name in sliced)]
    sweep += _origins(pool, sliced)
    found = audit(
        labels.candidates(pool), least=least, errors=noise, sliced=sweep, resamples=200, seed=seed, judge_prompts=False
    )
    unsure = sum(label == UNSURE for label in words.values())
    notes += found.notes  # said with the others, so that the audit below has none
    of_pool = rates(kept, dropped, rng=rng, errors=noise)
    warnings = [*limits.shift_warnings(shifted, of_pool["kept_precision"], least), *coverage_warnings(coverage)]
    if found.decision.word in (GO, GO_BUT):
        warnings += open_rows(pool, words, sheets, at, least, noise)
        warnings += unfinished(sheets, labels.candidates(pool), least, noise)
        warnings += other_looks(looks, labels.candidates(pool), least, noise)
        if both is not None and errors is None:
            warnings += labellers_errors(both, labels.candidates(pool), least)
    found = replace(
        found,
        prompts=int(pool.prompt.max()) + 1,
        rates=of_pool,
        coverage=coverage,
        notes=(),
        decision=Decision(UNDECIDED, _HOPELESS) if hopeless else _warned(found.decision, warnings),
    )
    more = Further(0, 0, _BETTER) if hopeless else further(found.decision.word, kept, dropped, least=least)
    seen = np.bincount(labels.stratum, minlength=len(sheets[-1].draw.strata)).tolist()
    notes += limits.notes(shifted, pool, kept.precision, unsure=unsure, labels=len(labels.place))
    if (number := sheets[-1].draw.looks) > 1:
        notes.append(
            f"this is look {number} at this pool: over all looks a GO is false in at most {number} x 2.5% of audits."
        )
    if both is not None and not both.disagreed:
        notes.append(
            f"the second sheet says the same of all {both.rows:,} rows that both label: if it is a copy of the first,"
            " nobody labelled twice, and how often labels are wrong is not known."
        )
    by_labeller = {}
    if both is not None and second is not None:
        others = {key: row.label for key, row in second.items() if row.label is not None}
        agreed = {key: word for key, word in words.items() if others.get(key) == word}
        for name, of in (("first labeller", words), ("second labeller", others), ("where both agree", agreed)):
            by_labeller[name] = rates(*labels_of(of, sheets, at).verdicts(sheets), rng=rng)
        if not hopeless:
            by_labeller["corrected for their noise"] = rates(kept, dropped, rng=rng, errors=noise)
    where = allocated(more, sheets[-1].draw.strata, seen)
    powered = powered_rates(pool, prediction, sheets, labels, (kept, dropped), rng)
    return Reading(
        found,
        kept,
        dropped,
        powered,
        both,
        by_labeller,
        more,
        where,
        notes,
        unsure,
    )


def _both_labellers(
    words: Mapping[str, str],
    second: Mapping[str, LabelledRow],
    sheets: Sequence[Sheet],
    at: Mapping[str, int],
    seed: int,
) -> Labellers:
    others = {key: row.label for key, row in second.items() if row.label is not None}
    first = labels_of({key: word for key, word in words.items() if others.get(key, UNSURE) != UNSURE}, sheets, at)
    theirs = np.array([others[key] == RIGHT for key in first.keys], dtype=bool)
    return compared(first.right, theirs, first.keys, seed=seed)


def _slices(pool: Pool) -> list[Column]:
    """Slices that every pool has: lengths of candidates, and pass rates of prompts where they have several."""
    found = [("length", *Feature(pool.length.astype(np.float64)).cells(CUTS))]
    if int(np.bincount(pool.prompt).max()) > 1:
        found.append(("pass rate", *Feature(pool.pass_rate).cells(CUTS)))
    return [one for one in found if len(one[2]) > 1]


def _origins(pool: Pool, sliced: Sequence[str]) -> list[Column]:
    """Slices by columns that say where candidates come from, where these are of several places."""
    found = [(name, *pool.features[name].cells(CUTS)) for name in ORIGINS if name in pool.features]
    return [one for one in found if one[0] not in sliced and len(one[2]) > 1]


def _warned(decision: Decision, warnings: Sequence[str]) -> Decision:
    """A GO with warnings is a GO-BUT; what is left to label is said elsewhere."""
    decision = replace(decision, sentence=decision.sentence.replace(HOW_MANY, ""))
    if decision.word not in (GO, GO_BUT) or not warnings:
        return decision
    return Decision(GO_BUT, decision.sentence, (*decision.warnings, *warnings))
