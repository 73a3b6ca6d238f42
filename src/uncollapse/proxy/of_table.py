"""Candidates of anyone's table, judged correct or not, with what a verifier says of each: read as arrays."""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from uncollapse.corpora.formats import suffix_of
from uncollapse.corpora.tables import column_names, read_rows
from uncollapse.errors import DataError

SUFFIXES = (".parquet", ".csv", ".txt", ".tsv")
LIKELY_PROMPTS = ("prompt_id", "prompt", "prompts", "question", "id_of_prompt")
TRUTH = {"true": True, "false": False, "yes": True, "no": False}
_BOOLEAN = {"true": 1, "false": 0}


@dataclass(frozen=True)
class CandidateTable:
    """N candidates by column; ``options`` maps each column read to the option that names it, for errors.

    names : of all columns of the file.
    values : of the columns read, without missing ones: text of a CSV file, else of the file's types.
    """

    path: Path
    names: list[str]
    options: Mapping[str, str]
    values: Mapping[str, list[Any]]

    def truth(self, column: str) -> NDArray[np.bool_]:
        """(N,) truth values, however they are written: true, Yes, 1, 0.0.

        Raises
        ------
        DataError
            For other values, with some of them.
        """
        words = [str(value).strip().lower() for value in self.values[column]]
        known = {word: _truth(word) for word in words}
        unknown = sorted(word for word, true in known.items() if true is None)
        if unknown:
            raise DataError(
                f"{self.path}: column {column!r} must say true or false (or 1 or 0), found {', '.join(unknown[:3])};"
                f" name another with {self.options[column]}"
            )
        return np.array([known[word] for word in words], dtype=bool)

    def numbers(self, column: str) -> NDArray[np.float64]:
        """(N,) numbers; true is 1, false 0.

        Raises
        ------
        DataError
            For a value that is no number.
        """
        try:
            found = np.array([_number(_BOOLEAN.get(str(value).lower(), value)) for value in self.values[column]])
        except (ValueError, TypeError) as error:
            raise DataError(f"{self.path}: column {column!r} is not of numbers ({error})") from None
        _refuse_missing(self.path, column, int(np.isnan(found).sum()))
        return found

    def prompts(self, column: str | None) -> NDArray[np.int64]:
        """(N,) the number of each candidate's prompt, from 0 in the order of the ids; without a column, its row.

        Ids are told apart as they are written: 1 and 01 are two prompts. Ids of a CSV file are in the order of
        numbers where all are numbers.
        """
        if column is None:
            return np.arange(len(next(iter(self.values.values()))))
        ids = self.values[column]
        numeric = suffix_of(self.path) != ".parquet" and all(math.isfinite(_number_or_nan(one)) for one in set(ids))
        if numeric:
            ordered = sorted(set(ids), key=lambda one: (float(one), one))
        elif len({type(one) for one in ids}) > 1 or isinstance(ids[0], list | dict):
            ids = [str(one) for one in ids]
            ordered = sorted(set(ids))
        else:
            ordered = sorted(set(ids))
        place = {one: number for number, one in enumerate(ordered)}
        return np.array([place[one] for one in ids])


def read_candidates(path: Path, columns: Mapping[str, str]) -> CandidateTable:
    """Read the columns of a Parquet, CSV or TSV file with one candidate a row.

    Parameters
    ----------
    columns : by the option that names each.

    Raises
    ------
    DataError
        For a file that is missing, damaged, empty or of another kind, and a column that it has not or has values
        missing of.
    """
    names = column_names(path, suffixes=SUFFIXES)
    for option, name in columns.items():
        if names and name not in names:
            raise DataError(f"{path}: no column {name!r}; there are {', '.join(names)}: name one with {option}")
    wanted = {name: option for option, name in columns.items()}
    values: dict[str, list[Any]] = {name: [] for name in wanted}
    for _, row in read_rows(path, wanted, suffixes=SUFFIXES):
        for name, column in values.items():
            column.append(row[name])
    if not all(values.values()):
        raise DataError(f"{path}: holds no candidates; give a table with one a row")
    for name, column in values.items():
        _refuse_missing(path, name, sum(map(_is_missing, column)))
    return CandidateTable(path, names, wanted, values)


def likely_prompts(names: Sequence[str]) -> str | None:
    """The first column that looks as if it told prompts apart."""
    return next((name for name in LIKELY_PROMPTS if name in names), None)


def _refuse_missing(path: Path, column: str, missing: int) -> None:
    if missing:
        raise DataError(f"{path}: column {column!r} has {missing} missing values; fill or drop these rows")


def _is_missing(value: Any) -> bool:
    return value is None or value == "" or (isinstance(value, float) and math.isnan(value))


def _truth(word: str) -> bool | None:
    return TRUTH.get(word, {0.0: False, 1.0: True}.get(_number_or_nan(word)))


def _number(value: Any) -> float:
    """A number as it is written; Python's own may have underscores."""
    if "_" in str(value):
        raise ValueError(f"{value!r} is no number")
    return float(value)


def _number_or_nan(value: Any) -> float:
    try:
        return _number(value)
    except ValueError:
        return math.nan
