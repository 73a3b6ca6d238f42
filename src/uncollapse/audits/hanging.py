"""Warnings of a GO that hangs on what labels leave open: rows that nobody settled, other looks, how labellers err."""

from collections.abc import Mapping, Sequence

from uncollapse.audits.labellers import Labellers
from uncollapse.audits.labels import labels_of
from uncollapse.audits.looks import Looks
from uncollapse.audits.matching import Sheet, skipped
from uncollapse.candidate_tables.pool import Pool
from uncollapse.errors import DataError
from uncollapse.proxy.audit import audit
from uncollapse.proxy.decision import GO, GO_BUT
from uncollapse.proxy.exact import ERROR, Gap, kept_precision
from uncollapse.proxy.label_words import RIGHT, UNSURE, WRONG
from uncollapse.proxy.noisy_labels import CorrectedShare, LabelErrors, corrected
from uncollapse.proxy.tally import Candidates, tally
from uncollapse.statistics.counted import counted

EARLY = 0.001  # error of each test before a sheet is labelled to its end


def open_rows(
    pool: Pool,
    words: Mapping[str, str],
    sheets: Sequence[Sheet],
    at: Mapping[str, int],
    least: float,
    errors: LabelErrors | None,
) -> list[str]:
    """Warning where a GO would be none if rows that are open were against it: wrong of the kept, right of the dropped.

    Open are rows labelled unsure, and rows that were skipped, which may be the hard ones.

    Parameters
    ----------
    words : label by key
    at : number in the pool by key
    least : the kept precision that is asked for
    errors : of the labels
    """
    unsure = [key for key, word in words.items() if word == UNSURE]
    left = [key for sheet in sheets for key in skipped(sheet)]
    if not unsure and not left:
        return []
    against = dict(words) | {key: WRONG if pool.kept[at[key]] else RIGHT for key in (*unsure, *left)}
    found = audit(labels_of(against, sheets, at).candidates(pool), least=least, errors=errors, resamples=100)
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
    if not left or _passes(labelled, least, errors, EARLY):
        return []
    return [
        "it is a look before the sheet is labelled to its end, which may be one of many: so early a GO takes an error"
        f" of {EARLY:.1%}, and this one has more. Label the rest, or write unsure."
    ]


def other_looks(looks: Looks, labelled: Candidates, least: float, errors: LabelErrors | None) -> list[str]:
    """Warnings of a GO while labels of its pool are left out, or the pool was drawn from anew, without more evidence.

    Of labels that are left out nobody knows what they say, so that a look without them is as one before the end. Draws
    that do not go on from one another share the error of one (Bonferroni).
    """
    told = []
    if (looks.left_out or looks.missing) and not _passes(labelled, least, errors, EARLY):
        of = [str(path) for path in looks.left_out]
        of += [f"{counted(looks.missing, 'draw')} before it"] * bool(looks.missing)
        told.append(
            f"it leaves out labels of this pool ({' and '.join(of)}): what some of the labels say may be one of many"
            f" looks, so that a GO takes an error of {EARLY:.1%}, and this one has more. Give every sheet, the further"
            " ones with --more."
        )
    if looks.anew and not _passes(labelled, least, errors, share := ERROR / (1 + looks.anew)):
        where = f" ({' and '.join(map(str, looks.beside))})" if looks.beside else ""
        told.append(
            f"this pool was drawn from anew: beside this draw there {'is' if looks.anew == 1 else 'are'}"
            f" {counted(looks.anew, 'other')} with labels{where}. Whoever takes the one that is a GO has as many"
            f" chances of a false one, so that each takes an error of {share:.2%}, and this one has more. Go on from"
            " one of them with audit draw --more."
        )
    return told


def _passes(labelled: Candidates, least: float, errors: LabelErrors | None, error: float) -> bool:
    """Whether a GO stands at this error of each test; that of the gap has a part that it never falls below."""
    counts = tally(labelled)
    precision, gap = corrected(kept_precision(counts), errors), Gap(counts)
    of_gap = max(error, EARLY + gap.least_chance)
    return precision.chance_of_at_most(least) <= error and gap.chance_of_at_most(0.0) <= of_gap


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
