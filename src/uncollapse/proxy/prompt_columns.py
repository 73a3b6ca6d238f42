"""Other signs of which candidates share a prompt: a second column that tells them apart, or a text in two spellings."""

from collections.abc import Mapping
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from uncollapse.proxy.kept_prompts import few_warnings, kept_prompts
from uncollapse.proxy.of_table import LIKELY_PROMPTS, CandidateTable
from uncollapse.proxy.standing import Asked
from uncollapse.proxy.tally import Candidates
from uncollapse.statistics.counted import counted

_ID = "id"  # of candidates, or of prompts
PROMPTS = (*LIKELY_PROMPTS, "question_id", "problem", "problem_id", "messages", _ID)
"""Names of columns that may tell prompts apart."""


def other_prompts(
    table: CandidateTable, beside: Mapping[str, CandidateTable], taken: set[str | None], named: str | None
) -> dict[str, NDArray[np.int64]]:
    """Numbers of prompts (N,) by every other column that is called as prompts or ids are, and by the one ``named``.

    Texts that differ in spaces and capitals alone are one; a missing one is of its own. ``beside`` has the columns of
    :data:`PROMPTS` that there are.
    """
    tables = {name: beside[name] for name in PROMPTS if name in beside and name not in taken}
    found = {name: one.places_or_own(name) for name, one in tables.items() if name != _ID or not one.tells_apart(_ID)}
    if named is not None and table.is_text(named):  # what is no text has one spelling
        found[named] = table.places_or_own(named)
    return found


def prompt_column_warnings(
    named: str | None, others: dict[str, NDArray[np.int64]], candidates: Candidates, asked: Asked
) -> list[str]:
    """Warnings of a GO where candidates share a prompt by another column than the one that was ``named``.

    Where each row is a prompt by the named one, it is likely an id of candidates. Where it is not, and for ids and
    other spellings, the decision is repeated with the prompts of the other.
    """
    told = []
    number = candidates.number_of_prompts()
    each = f"--prompt {named}" if named else "--independent"
    for name, prompts in others.items():
        shared = replace(candidates, prompts=prompts)
        if (fewer := shared.number_of_prompts()) >= number:
            continue
        if number == len(candidates.kept) and name not in (named, _ID):
            told.append(
                f"by {each} every row is a prompt of its own, and by column {name!r} they are of"
                f" {counted(fewer, 'prompt')}: candidates of one prompt count as independent. If it tells prompts"
                f" apart, name it with --prompt {name}; if not, leave it out."
            )
        elif _stands(shared, asked):
            continue
        elif name == named:
            told.append(
                f"it hangs on {each}: spaces and capitals aside its {number:,} texts are {counted(fewer, 'prompt')},"
                " and with these it would be no GO, or one of too few prompts. Write one prompt in one way."
            )
        else:
            told.append(
                f"it hangs on {each}: by column {name!r} they are of {counted(fewer, 'prompt')} instead of {number:,},"
                " and with these it would be no GO, or one of too few prompts."
                f" If it tells prompts apart, name it with --prompt {name}; if not, leave it out."
            )
    return told


def _stands(candidates: Candidates, asked: Asked) -> bool:
    """Whether the candidates are a GO, of prompts enough."""
    if few_warnings(kept_prompts(candidates.prompts, candidates.kept, candidates.weight), asked.least):
        return False
    return asked.stands(candidates)
