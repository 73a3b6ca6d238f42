"""Candidates of anyone's table, judged correct or not, with what a verifier says of each: read as arrays."""

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from uncollapse.corpora.cells import id_text, prompt_words
from uncollapse.corpora.columns import Column, read_columns
from uncollapse.corpora.row_ids import digits_lost
from uncollapse.corpora.tables import Wording, column_names, read_rows
from uncollapse.errors import DataError

SUFFIXES = (".parquet", ".csv", ".txt", ".tsv", ".jsonl", ".ndjson")
LIKELY_PROMPTS = ("prompt_id", "prompt", "prompts", "question", "id_of_prompt")
TRUTH = {"true": True, "false": False, "yes": True, "no": False}
_BOOLEAN = {"true": 1, "false": 0}


@dataclass(frozen=True)
class CandidateTable:
    """N candidates by column; ``options`` maps each column read to the option that names it, for errors.

    names : of all columns of the file.
    columns : those read: text of a CSV file, else of the file's types.
    """

    path: Path
    names: list[str]
    options: Mapping[str, str]
    columns: Mapping[str, Column]

    def __len__(self) -> int:
        return len(next(iter(self.columns.values())))

    def truth(self, column: str, *, missing: str = "") -> NDArray[np.bool_]:
        """(N,) truth values, however they are written: true, Yes, 1, 0.0; ``missing`` is told where one has none.

        Raises
        ------
        DataError
            For other values, with some of them, and for missing ones.
        """
        true, known = self.truth_where_known(column)
        if known is not None:
            self._refuse_missing(column, int(np.count_nonzero(~known)), missing)
        return true

    def truth_where_known(
        self, column: str, *, words: Mapping[str, bool] = TRUTH
    ) -> tuple[NDArray[np.bool_], NDArray[np.bool_] | None]:
        """(N,) truth values, and (N,) whether there is one: None where all have one. Missing is null, NaN or blank.

        Texts are numbers, or one of ``words``.

        Raises
        ------
        DataError
            For other values, with some of them.
        """
        values = _whole(self.columns[column])
        known = self._known(column)
        if pa.types.is_boolean(values.type):
            return _numpy(values.fill_null(False) if values.null_count else values).astype(bool), known
        if pa.types.is_integer(values.type) or pa.types.is_floating(values.type):
            numbers = np.nan_to_num(_numpy(values.cast(pa.float64(), safe=False)), nan=0.0)
            strange = (numbers != 0) & (numbers != 1)
            if strange.any():
                self._no_truth(column, sorted({f"{number:g}" for number in numbers[strange][:1000]}))
            return numbers == 1, known
        encoded = _encoded(values)
        found = [str(word).strip().lower() for word in encoded.dictionary.to_pylist()]
        meant = [False if word == "" else _truth(word, words) for word in found]
        if unknown := sorted(word for word, true in zip(found, meant, strict=True) if true is None):
            self._no_truth(column, unknown, labels="right" in words)
        return np.array([*meant, False], dtype=bool)[_places(encoded)], known

    def numbers(self, column: str) -> NDArray[np.float64]:
        """(N,) numbers; true is 1, false 0.

        Raises
        ------
        DataError
            For a value that is no number, and for missing ones.
        """
        found, known = self.numbers_where_known(column)
        if known is not None:
            self._refuse_missing(column, int(np.count_nonzero(~known)))
        return found

    def numbers_where_known(self, column: str) -> tuple[NDArray[np.float64], NDArray[np.bool_] | None]:
        """(N,) numbers, 0 where there is none, and (N,) whether there is one: None where all have one.

        Raises
        ------
        DataError
            For a value that is no number.
        """
        known = self._known(column)
        values = _whole(self.columns[column])
        if pa.types.is_dictionary(values.type):
            values = values.dictionary_decode()
        if known is not None:
            values = pc.if_else(pa.array(known), values, pa.scalar(None, values.type))
            values = pc.fill_null(values, "0" if _is_text(values.type) else pa.scalar(0, values.type))
        try:
            if pa.types.is_boolean(values.type):
                return _numpy(values).astype(np.float64), known
            found = _numpy(values.cast(pa.float64(), safe=False))
        except pa.ArrowException:
            try:
                found = np.array([_number(_BOOLEAN.get(str(one).lower(), one)) for one in values.to_pylist()])
            except (ValueError, TypeError) as error:
                raise DataError(
                    f"{self.path}: column {column!r} is not of numbers ({error}); name another with"
                    f" {self.options[column]}"
                ) from None
        self._refuse_missing(column, int(np.isnan(found).sum()))
        return found, known

    def is_numeric(self, column: str) -> bool:
        """Whether every value is a number; numbers of a CSV file are."""
        try:
            self.numbers(column)
        except DataError:
            return False
        return True

    def is_text(self, column: str) -> bool:
        """Whether values are texts, or lists and objects, which are told apart by their texts."""
        kind = _whole(self.columns[column]).type
        kind = kind.value_type if pa.types.is_dictionary(kind) else kind
        return _is_text(kind) or pa.types.is_nested(kind)

    def groups(self, column: str) -> tuple[NDArray[np.int64], list[Any]]:
        """(N,) the number of each candidate's value, from 0, and the values. They are told apart as they are written: 1
        and 01 are two.

        Raises
        ------
        DataError
            For missing ones.
        """
        encoded = _encoded(self._ids(column))
        return _places(encoded).astype(np.int64), encoded.dictionary.to_pylist()

    def kinds(self, column: str, *, most: int) -> tuple[NDArray[np.int64], list[Any]] | None:
        """(N,) the number of each candidate's value, from 0, and the values; a missing one is of the value "none". None
        where there are more than ``most``.
        """
        values = _whole(self.columns[column])
        encoded = _encoded(values)
        places = _places(encoded).astype(np.int64)
        if (known := self._known(column)) is not None:
            places[~known] = len(encoded.dictionary)
        used, places = np.unique(places, return_inverse=True)
        if len(used) > most:
            return None
        words = [*encoded.dictionary.to_pylist(), "none"]
        return places.astype(np.int64), [words[place] for place in used]

    def places(self, column: str) -> NDArray[np.int64]:
        """(N,) the number of each candidate's value alone; as for :meth:`groups`, which it is faster than."""
        values = self._ids(column)
        if pa.types.is_integer(values.type) and len(values):
            numbers = _numpy(values)
            steps = numbers[1:] != numbers[:-1]
            if (numbers[1:] >= numbers[:-1]).all():  # no value comes back: each step begins another
                places = np.zeros(len(numbers), dtype=np.int64)
                np.cumsum(steps, out=places[1:])
                return places
        return _places(_encoded(values)).astype(np.int64)

    def places_or_own(self, column: str) -> NDArray[np.int64]:
        """(N,) the number of each candidate's prompt: texts with the same words (:func:`~.cells.prompt_words`) are one
        prompt, and one that is missing is of its own.
        """
        encoded = _encoded(_whole(self.columns[column]))
        places = _places(encoded).astype(np.int64)
        if _is_text(encoded.dictionary.type):
            numbers: dict[str, int] = {}
            code = [numbers.setdefault(prompt_words(one), len(numbers)) for one in encoded.dictionary.to_pylist()]
            places = np.array([*code, -1])[places]
        missing = np.zeros(len(places), dtype=bool) if (known := self._known(column)) is None else ~known
        places[missing] = int(places.max(initial=0)) + 1 + np.arange(int(missing.sum()))
        return np.unique(places, return_inverse=True)[1].astype(np.int64)

    def tells_apart(self, column: str) -> bool:
        """Whether every candidate surely has a value of its own: seen of texts and whole numbers, and of no others."""
        values = _whole(self.columns[column])
        text = _is_text(values.type)
        if not (text or pa.types.is_integer(values.type)) or self._known(column) is not None:
            return False
        if text and pc.any(pc.equal(pc.utf8_trim(values, "/ "), "")).as_py():  # what an id has besides
            return False
        return pc.count_distinct(values).as_py() == len(values)

    def _ids(self, column: str) -> pa.Array:
        """Values that tell candidates apart, without a missing one."""
        if (known := self._known(column)) is not None:
            self._refuse_missing(column, int(np.count_nonzero(~known)))
        values = _whole(self.columns[column])
        largest = pc.max(pc.abs(values)).as_py() if pa.types.is_floating(values.type) else None
        if largest is not None and (lost := digits_lost(self.path, column, largest)):
            raise DataError(f"{self.path}: column {column!r} has {lost}")
        # Arrow tells 0.0 and -0.0 apart
        return pc.add(values, pa.scalar(0, values.type)) if pa.types.is_floating(values.type) else values

    def _known(self, column: str) -> NDArray[np.bool_] | None:
        """(N,) whether there is a value; None for everywhere."""
        missing = _missing(_whole(self.columns[column]))
        return None if missing is None or not missing.any() else ~missing

    def _refuse_missing(self, column: str, missing: int, why: str = "") -> None:
        if missing:
            why = f": {why}" if why else ""
            raise DataError(
                f"{self.path}: column {column!r} has {missing} missing values; fill or drop these rows{why}"
            )

    def _no_truth(self, column: str, found: Sequence[str], *, labels: bool = False) -> None:
        other = ", right or wrong; empty where nobody knows" if labels else ""
        raise DataError(
            f"{self.path}: column {column!r} must say true or false (or 1 or 0{other}), found {', '.join(found[:3])};"
            f" name another with {self.options[column]}"
        )


def read_candidates(path: Path, columns: Mapping[str, Sequence[str]]) -> CandidateTable:
    """Read columns of a Parquet, CSV, TSV or JSON-lines file with one candidate a row.

    Parameters
    ----------
    columns : those that each option names.

    Raises
    ------
    DataError
        For a file that is missing, damaged, empty or of another kind, and a column that it has not.
    """
    options = {name: option for option, names in columns.items() for name in names}
    for name, option in options.items():
        # one column after the other, so that the error names the option of the one that is missing
        wording = Wording(no_column=f"no column {{column}}; there are {{there}}: name one with {option}")
        _check(path, name, wording)
    names, found = read_columns(path, options, suffixes=SUFFIXES)
    if not all(len(values) for values in found.values()):
        raise DataError(f"{path}: holds no candidates; give a table with one a row")
    return CandidateTable(path, names, options, found)


def read_beside(table: CandidateTable, names: Iterable[str]) -> dict[str, CandidateTable]:
    """Columns of these names whether an option names them or not, each as a table; those that are there once.

    All are read at one go, since to read a file of JSON lines or of quoted texts is what takes long.
    """
    wanted = [name for name in names if table.names.count(name) == 1]
    further = [name for name in wanted if name not in table.columns]
    columns = {**table.columns, **(read_columns(table.path, further, suffixes=SUFFIXES)[1] if further else {})}
    return {name: replace(table, columns={name: columns[name]}) for name in wanted}


def _check(path: Path, name: str, wording: Wording) -> None:
    if name not in column_names(path, suffixes=SUFFIXES, wording=wording):
        next(iter(read_rows(path, [name], suffixes=SUFFIXES, wording=wording)), None)


def likely_prompts(names: Sequence[str]) -> str | None:
    """The first column that looks as if it told prompts apart."""
    return next((name for name in LIKELY_PROMPTS if name in names), None)


def _is_text(kind: pa.DataType) -> bool:
    return pa.types.is_string(kind) or pa.types.is_large_string(kind)


def _whole(values: Column) -> pa.Array:
    return values.combine_chunks() if isinstance(values, pa.ChunkedArray) else values


def _numpy(values: pa.Array) -> NDArray:
    return values.to_numpy(zero_copy_only=False)


def _missing(values: pa.Array) -> NDArray[np.bool_] | None:
    """(N,) where a value is null, NaN or a text of nothing but spaces; None for nowhere."""
    if pa.types.is_dictionary(values.type):
        of_kinds = _missing(values.dictionary)
        kinds = np.zeros(len(values.dictionary), dtype=bool) if of_kinds is None else of_kinds
        return np.append(kinds, True)[_places(values)]
    if pa.types.is_floating(values.type):
        return _numpy(pc.is_null(values, nan_is_null=True))
    if _is_text(values.type):
        blank = pc.or_(pc.equal(values, ""), pc.utf8_is_space(values))  # the latter is false of an empty text
        return _numpy(pc.fill_null(blank, True))
    return _numpy(pc.is_null(values)) if values.null_count else None


def _encoded(values: pa.Array) -> pa.DictionaryArray:
    """Values by their place in a list of those that differ; lists and objects as text."""
    if pa.types.is_dictionary(values.type):
        return values
    if pa.types.is_nested(values.type):
        values = pa.array([None if one is None else id_text(one) for one in values.to_pylist()], pa.string())
    return values.dictionary_encode()


def _places(encoded: pa.DictionaryArray) -> NDArray[np.int64]:
    """(N,) place of each value in the list; -1 where it is missing."""
    indices = encoded.indices
    return _numpy(indices.fill_null(-1) if indices.null_count else indices)


def _truth(word: str, words: Mapping[str, bool]) -> bool | None:
    return words.get(word, {0.0: False, 1.0: True}.get(_number_or_nan(word)))


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
