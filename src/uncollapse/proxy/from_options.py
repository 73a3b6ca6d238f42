"""Candidates of a table as the options of `uncollapse proxy` name its columns."""

import argparse
import sys
from collections.abc import Mapping
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from uncollapse.corpora.row_ids import check_ids
from uncollapse.corpora.tables import column_names
from uncollapse.errors import DataError
from uncollapse.proxy.audit import Column
from uncollapse.proxy.coverage import quantile_cells
from uncollapse.proxy.label_words import IS_RIGHT
from uncollapse.proxy.of_table import SUFFIXES, CandidateTable, likely_prompts, read_candidates
from uncollapse.proxy.slices import MOST, ORIGINS, cut_numbers
from uncollapse.proxy.tally import Candidates

_KEPT = ("kept", "accepted")
_NO_VERDICT = "a candidate without a verdict is neither kept nor dropped"


def read(options: argparse.Namespace) -> CandidateTable:
    """The table with every column that an option names; what is kept is found by its name where none does.

    Raises
    ------
    DataError
        For a table without prompts, where nobody said that its rows are independent; for an id that is missing or
        there twice; and as reading does.
    """
    if options.score is None and options.kept is None:
        options.kept = _kept_of(options.table)
    by_tolerance = options.grade and options.tolerance and not options.correct
    verdict = options.kept if options.score is None else options.score
    if verdict == (options.grade if by_tolerance else options.correct or "correct"):
        raise DataError(
            f"{options.table}: column {verdict!r} is named as the label and as the verifier's word, and is right by"
            " itself: name another with --correct, --kept or --score"
        )
    columns = {
        "--correct": [] if by_tolerance else [options.correct or "correct"],
        "--kept": [options.kept] if options.score is None else [],
        "--score": [options.score],
        "--prompt": [options.prompt],
        "--id": [options.id],
        "--slice": options.slice,
        "--feature": options.feature,
        "--weight": [options.weight],
        "--prediction": [options.prediction],
        "--error": [options.error],
        "--quality": [options.quality],
    }
    named = {option: [name for name in names if name is not None] for option, names in columns.items()}
    table = read_candidates(options.table, {option: names for option, names in named.items() if names})
    if options.prompt is None and not options.independent:
        likely = likely_prompts(table.names)
        column = f"--prompt {likely}" if likely else f"--prompt (there are {', '.join(table.names)})"
        raise DataError(
            f"{options.table}: candidates of one prompt are right and wrong together. Name the column that tells"
            f" prompts apart with {column}, or, if each row is of a prompt of its own, say --independent"
        )
    if options.id is not None and not table.tells_apart(options.id):  # told row by row, with places
        check_ids(options.table, [options.id], suffixes=SUFFIXES)
    return table


def judged(options: argparse.Namespace, table: CandidateTable) -> Candidates:
    """Candidates by what the options say; nothing is kept yet of those with a score."""
    if options.grade and options.tolerance and not options.correct:
        error, labelled = graded(options, table)
        right = error <= (-1 if options.quality else 1) * options.tolerance[0]
    else:
        right, labelled = table.truth_where_known(options.correct or "correct", words=IS_RIGHT)
    weight = None
    if options.weight is not None:
        weight = table.numbers(options.weight)
        if not (np.isfinite(weight) & (weight > 0)).all():
            raise DataError(f"{table.path}: column {options.weight!r} has weights that are not above zero: name another"
                            " with --weight")  # fmt: skip
        with np.errstate(over="ignore"):
            total = weight.sum()
        if not np.isfinite(total):
            raise DataError(f"{table.path}: the weights of column {options.weight!r} add up to more than a number can"
                            " hold: divide them by one number, or name another with --weight")  # fmt: skip
    if options.score is not None:
        kept = np.zeros(len(table), dtype=bool)
    else:
        kept = table.truth(options.kept, missing=_NO_VERDICT)
    prompts = None if options.prompt is None else table.places(options.prompt)
    return Candidates(kept, right, labelled, prompts, weight)


def _kept_of(path: Path) -> str:
    """The column of verdicts by its name, which is told where it is not the usual one."""
    names = column_names(path, suffixes=SUFFIXES)
    found = next((name for name in _KEPT if name in names), _KEPT[0])
    if found != _KEPT[0]:
        print(
            f"note: {path} has no column {_KEPT[0]!r}: kept is what its column {found!r} says; --kept names another",
            file=sys.stderr,
        )
    return found


def graded(options: argparse.Namespace, table: CandidateTable) -> tuple[np.ndarray, np.ndarray | None]:
    """Errors (N,), of a quality its negative, and where there is one (None: everywhere).

    Raises
    ------
    DataError
        For an error below zero, which would be within every tolerance however far off the candidate is.
    """
    numbers, known = table.numbers_where_known(options.grade)
    if options.error and (below := numbers < 0).any():
        raise DataError(
            f"{table.path}: column {options.error!r} has {int(below.sum()):,} errors below zero, such as"
            f" {numbers[below][0]:g}: an error says how far off a candidate is; write its size without a sign, or give"
            " a number of which more is better with --quality"
        )
    return (-numbers if options.quality else numbers), known


def feature_of(
    options: argparse.Namespace, table: CandidateTable, prompts: NDArray[np.int64] | None, name: str, cuts: int
) -> Column:
    """A column of prompts, as :func:`columns_of` gives it; ``prompts`` (N,) are numbers of the candidates' own.

    Raises
    ------
    DataError
        Where candidates of one prompt differ in it: it then says nothing of which prompts are left.
    """
    if prompts is not None:
        groups, values = table.groups(name)
        of_prompt = np.zeros(int(prompts.max()) + 1, dtype=np.int64)
        of_prompt[prompts] = groups  # the last candidate's
        differ = np.flatnonzero(of_prompt[prompts] != groups)
        if len(differ):
            prompt, here = prompts[differ[0]], values[groups[differ[0]]]
            ids = table.groups(options.prompt)[1]
            raise DataError(
                f"{table.path}: column {name!r} must say the same of all candidates of a prompt, as --feature is about"
                f" prompts; of prompt {ids[prompt]!r} it says {here!r} and {values[of_prompt[prompt]]!r}: name another,"
                " or look at it with --slice"
            )
    return columns_of(table, name, cuts)


def origins_of(table: CandidateTable, beside: Mapping[str, CandidateTable]) -> list[Column]:
    """Columns that say where candidates come from and that no option names; those of one value are left out.

    ``beside`` has the columns of :data:`~.slices.ORIGINS` that there are.
    """
    names = [name for name in ORIGINS if name in beside and name not in table.columns]
    every = {name: beside[name].kinds(name, most=MOST) for name in names}
    return [(name, *found) for name, found in every.items() if found is not None and len(found[1]) > 1]


def columns_of(table: CandidateTable, name: str, cuts: int) -> Column:
    """A column as the numbers of its values; numbers that are too many are cut at their quantiles."""
    groups, values = table.groups(name)
    if len(values) > cuts and table.is_numeric(name):
        numbers = table.numbers(name)
        groups = quantile_cells(numbers, cuts)
        return name, groups, cut_numbers(numbers, groups)
    if len(values) > MOST:
        raise DataError(
            f"{table.path}: column {name!r} has {len(values):,} different values, more than {MOST} slices or cells:"
            f" name a coarser one with {table.options[name]}"
        )
    return name, groups, values
