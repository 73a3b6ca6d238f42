"""A second column that tells prompts apart: do candidates that count as independent share their prompt by it?"""

from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from uncollapse.corpora.columns import read_columns
from uncollapse.proxy.exact import ERROR, Gap, Share, kept_precision
from uncollapse.proxy.kept_prompts import few_warnings, kept_prompts
from uncollapse.proxy.noisy_labels import CorrectedShare, LabelErrors
from uncollapse.proxy.of_table import LIKELY_PROMPTS, SUFFIXES, CandidateTable
from uncollapse.proxy.tally import Candidates, tally
from uncollapse.statistics.counted import counted

_NAMES = (*LIKELY_PROMPTS, "question_id", "problem", "problem_id", "messages")


def other_prompts(table: CandidateTable, taken: set[str | None]) -> dict[str, NDArray[np.int64]]:
    """Numbers of prompts (N,) by every other column that is called as prompts are; a missing one is of its own."""
    names = [name for name in _NAMES if name in table.names and name not in taken]
    if not names:
        return {}
    columns = read_columns(table.path, dict.fromkeys(names, "--prompt"), suffixes=SUFFIXES)[1]
    return {name: replace(table, columns={name: columns[name]}).places_or_own(name) for name in names}


def prompt_column_warnings(
    named: str | None,
    others: dict[str, NDArray[np.int64]],
    candidates: Candidates,
    *,
    population: tuple[float, float] | None = None,
    least: float = 0.5,
    most_kept: float = np.inf,
    errors: LabelErrors | None = None,
) -> list[str]:
    """Warnings of a GO where candidates share a prompt by another column than the one that was ``named``.

    Where each row is a prompt by the named one, it is likely an id of candidates. Where it is not, the decision is
    repeated with the prompts of the other.
    """
    told = []
    number = candidates.number_of_prompts()
    for name, prompts in others.items():
        shared = replace(candidates, prompts=prompts)
        if (fewer := shared.number_of_prompts()) >= number:
            continue
        each = f"--prompt {named}" if named else "--independent"
        if number == len(candidates.kept):
            told.append(
                f"by {each} every row is a prompt of its own, and by column {name!r} they are of"
                f" {counted(fewer, 'prompt')}: candidates of one prompt count as independent. If it tells prompts"
                f" apart, name it with --prompt {name}; if not, leave it out."
            )
        elif not _stands(shared, population, least, most_kept, errors):
            told.append(
                f"it hangs on {each}: by column {name!r} they are of {counted(fewer, 'prompt')} instead of {number:,},"
                " and with these it would be no GO, or one of too few prompts."
                f" If it tells prompts apart, name it with --prompt {name}; if not, leave it out."
            )
    return told


def _stands(
    candidates: Candidates,
    population: tuple[float, float] | None,
    least: float,
    most_kept: float,
    errors: LabelErrors | None,
) -> bool:
    """Whether the candidates are a GO, of prompts enough."""
    if few_warnings(kept_prompts(candidates.prompts, candidates.kept, candidates.weight), least):
        return False
    counts = tally(candidates)
    if population is not None:
        counts = counts.in_population(*population)
    precision: Share | CorrectedShare = kept_precision(counts, most_kept=most_kept)
    if errors is not None:
        precision = CorrectedShare(precision, errors)
    passes = precision.chance_of_at_most(least) <= ERROR
    return passes and Gap(counts, most_kept=most_kept).chance_of_at_most(0.0) <= ERROR
