"""Warnings of a GO that hangs on what labels leave open: rows that nobody settled, and how labellers err."""

from collections.abc import Mapping, Sequence

from uncollapse.audits.labellers import Labellers
from uncollapse.audits.labels import labels_of
from uncollapse.audits.matching import Sheet, skipped
from uncollapse.candidate_tables.pool import Pool
from uncollapse.errors import DataError
from uncollapse.proxy.audit import audit
from uncollapse.proxy.decision import GO, GO_BUT
from uncollapse.proxy.exact import ERROR, Gap, Share, kept_precision
from uncollapse.proxy.label_words import RIGHT, UNSURE, WRONG
from uncollapse.proxy.noisy_labels import CorrectedShare, LabelErrors
from uncollapse.proxy.tally import Candidates, tally

EARLY = 0.001  # error of each test before a sheet is labelled to its end


def open_rows(
    pool: Pool, words: Mapping[str, str], sheets: Sequence[Sheet], at: Mapping[str, int], least: float
) -> list[str]:
    """Warning where a GO would be none if rows that are open were against it: wrong of the kept, right of the dropped.

    Open are rows labelled unsure, and rows that were skipped, which may be the hard ones.

    Parameters
    ----------
    words : label by key
    at : number in the pool by key
    least : the kept precision that is asked for
    """
    unsure = [key for key, word in words.items() if word == UNSURE]
    left = [key for sheet in sheets for key in skipped(sheet)]
    if not unsure and not left:
        return []
    against = dict(words) | {key: WRONG if pool.kept[at[key]] else RIGHT for key in (*unsure, *left)}
    found = audit(labels_of(against, sheets, at).candidates(pool), least=least, resamples=100)
    if found.decision.word in (GO, GO_BUT):
        return []
    which = " and ".join(name for name, some in (("labelled unsure", unsure), ("skipped", left)) if some)
    return [
        f"it hangs on the rows {which}: with all of them against it, it would be {found.decision.word}. Settle them."
    ]


def unfinished(sheets: Sequence[Sheet], labelled: Candidates, least: float, errors: LabelErrors | None) -> list[str]:
    """Warning of a GO before the last row drawn has a label, unless it passes at an error of a thousandth.

    Who reads after every few labels and stops at a GO looks many times. A look before the end takes stronger evidence,
    so that those of a sheet hardly add to the error of the last (Haybittle 1971, Peto et al. 1976).
    """
    left = sum(bool(sheet.draw.rows) and list(sheet.draw.rows)[-1] not in sheet.labels() for sheet in sheets)
    if not left:
        return []
    counts = tally(labelled)
    precision: Share | CorrectedShare = kept_precision(counts)
    if errors is not None:
        precision = CorrectedShare(precision, errors)
    gap = Gap(counts)
    if precision.chance_of_at_most(least) <= EARLY and gap.chance_of_at_most(0.0) <= EARLY + gap.least_chance:
        return []
    return [
        "it is a look before the sheet is labelled to its end, which may be one of many: so early a GO takes an error"
        f" of {EARLY:.1%}, and this one has more. Label the rest, or write unsure."
    ]


def labellers_errors(both: Labellers, labelled: Candidates, least: float) -> list[str]:
    """Warning where a GO would be none if all that the labellers get wrong were wrong rows called right."""
    try:
        precision = CorrectedShare(kept_precision(tally(labelled)), both.worst_errors())
        if precision.chance_of_at_most(least) <= ERROR:
            return []
    except DataError:
        pass
    return [
        f"it hangs on what the labellers get wrong: of {both.second_wrong:,} rows that the second calls wrong the first"
        f" calls {both.second_wrong - both.both_wrong:,} right, and if wrong rows called right are all of their errors,"
        " precision does not pass. Settle the rows on which they differ, or measure --label-sensitivity and"
        " --label-specificity."
    ]
