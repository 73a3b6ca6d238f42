"""The judged candidates of a table as arrays: a few numbers each, however long their texts are."""

import math
from array import array
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from uncollapse.candidate_tables.features import Feature, FeatureReader
from uncollapse.candidate_tables.roles import SUFFIXES, Roles, known_columns
from uncollapse.candidate_tables.values import number_of, verdict_of
from uncollapse.corpora.cells import id_text, prompt_words, text_of
from uncollapse.corpora.row_ids import check_digits, check_once, hashed, known_id
from uncollapse.corpora.tables import most_rows, read_rows
from uncollapse.errors import DataError
from uncollapse.jobs.progress import Progress

TOLD_EVERY = 1000  # candidates


@dataclass(frozen=True, kw_only=True)
class Pool:
    """N judged candidates of a table.

    row : (N,) place in the file, from 0
    id : (N,) hash of what tells it apart
    prompt : (N,) number of its prompt, from 0
    one_text : (N,) the same, with prompts of one text (:func:`~.cells.prompt_words`) as one; None without texts
    kept : (N,) whether the verifier keeps it; all False where no verdict is asked for
    score : (N,) the verifier's, NaN where it has none; None without a column of scores
    length, prompt_length : (N,) characters of the candidate and of its prompt
    features : further columns by name
    unjudged : candidates without a verdict, which are left out
    """

    path: Path
    roles: Roles
    row: NDArray[np.int64]
    id: NDArray[np.uint64]
    prompt: NDArray[np.int64]
    kept: NDArray[np.bool_]
    score: NDArray[np.float64] | None
    length: NDArray[np.int64]
    prompt_length: NDArray[np.int64]
    features: dict[str, Feature]
    unjudged: int
    one_text: NDArray[np.int64] | None = None

    def __len__(self) -> int:
        return len(self.row)

    @property
    def asked(self) -> NDArray[np.int64]:
        """(N,) number of its prompt, where those of one text are one."""
        return self.prompt if self.one_text is None else self.one_text

    @property
    def better(self) -> NDArray[np.float64]:
        """(N,) score where higher is better."""
        assert self.score is not None
        return -self.score if self.roles.lower else self.score

    @property
    def pass_rate(self) -> NDArray[np.float64]:
        """(N,) share of its prompt's candidates that the verifier keeps."""
        number = int(self.prompt.max()) + 1 if len(self) else 0
        return (np.bincount(self.prompt, self.kept, number) / np.maximum(np.bincount(self.prompt, None, number), 1))[
            self.prompt
        ]


def rows_of(
    path: Path, columns: Sequence[str], *, told: str | None = None
) -> Iterator[tuple[int, str, dict[str, Any]]]:
    """Rows of a file with their number from 0 and their place in words; progress is printed under ``told``."""
    progress = Progress(told or "", unit="candidates")
    progress.start(total=most_rows(path, suffixes=SUFFIXES) if told and path.is_file() else 0)
    for number, (place, row) in enumerate(read_rows(path, columns, suffixes=SUFFIXES)):
        if told and not number % TOLD_EVERY:
            progress.update(number)
        yield number, place, row


def read_pool(
    path: Path,
    roles: Roles,
    *,
    features: Sequence[str] = (),
    where_there: Sequence[str] = (),
    judged: bool = True,
    told: str | None = "read",
) -> Pool:
    """Read the judged candidates of a file, as a stream.

    Parameters
    ----------
    roles : columns, see :func:`uncollapse.candidate_tables.roles.resolved`
    features : further columns to have
    where_there : further columns to have where the file has one of this name, of some dozens of values at most
    judged : whether candidates without a verdict are left out

    Raises
    ------
    DataError
        For an id that is missing or there twice, a verdict or score that is none; with file, place and column.
    """
    numbers = {name: array(kind) for name, kind in (("row", "q"), ("id", "Q"), ("prompt", "Q"), ("length", "q"))}
    prompt_length, kept, scores = array("q"), array("b"), array("d")
    readers = {name: FeatureReader(path, name) for name in features}
    names = known_columns(path) if where_there else ()
    readers |= {
        name: FeatureReader(path, name, asked_for=False)
        for name in where_there if names.count(name) == 1 and name not in readers
    }  # fmt: skip
    texts = array("Q") if roles.prompt is not None else None
    unjudged = 0
    for number, place, row in rows_of(path, list(dict.fromkeys([*roles.columns, *readers])), told=told):
        name = known_id(path, place, row, roles.id_columns)
        score = _read(path, place, row, roles.score, number_of)
        verdict = _verdict(path, place, row, roles, score)
        if verdict is None and judged:
            unjudged += 1
            continue
        numbers["row"].append(number)
        numbers["id"].append(hashed(name))
        numbers["prompt"].append(_prompt(path, place, row, roles.prompt_id or roles.prompt or ""))
        if texts is not None:
            asked = prompt_words(row.get(roles.prompt or ""))
            texts.append(hashed(asked) if asked else numbers["prompt"][-1])
        numbers["length"].append(len(text_of(row.get(roles.text or ""))))
        prompt_length.append(len(text_of(row.get(roles.prompt or ""))))
        kept.append(bool(verdict))
        scores.append(math.nan if score is None else score)
        for reader in readers.values():
            reader.add(place, row)
    if not numbers["row"] and not unjudged:
        raise DataError(f"{path}: holds no rows, only the names of columns; give a table with candidates")
    if not numbers["row"]:
        raise DataError(f"{path}: no candidate has a verdict ({unjudged:,} without one)")
    arrays = {name: np.asarray(values) for name, values in numbers.items()}
    check_once(path, roles.id_columns, arrays["id"], arrays["row"])
    prompt = np.unique(arrays["prompt"], return_inverse=True)[1].astype(np.int64)
    return Pool(
        path=path,
        roles=roles,
        row=arrays["row"],
        id=arrays["id"],
        prompt=prompt,
        one_text=None if texts is None else _joined(prompt, np.asarray(texts)),
        kept=np.asarray(kept).astype(bool),
        score=None if roles.score is None else np.asarray(scores),
        length=arrays["length"],
        prompt_length=np.asarray(prompt_length),
        features={name: reader.feature() for name, reader in readers.items() if not reader.given_up},
        unjudged=unjudged,
    )


def _joined(prompt: NDArray[np.int64], text: NDArray[np.uint64]) -> NDArray[np.int64]:
    """(N,) numbers of prompts, where those that share an id or a text are one."""
    of_text = np.unique(text, return_inverse=True)[1]
    prompts, texts = int(prompt.max()) + 1, int(of_text.max()) + 1
    if len(np.unique(prompt * texts + of_text)) == texts == prompts:
        return prompt
    from scipy.sparse import coo_array
    from scipy.sparse.csgraph import connected_components

    edges = coo_array((np.ones(len(prompt)), (prompt, prompts + of_text)), shape=(prompts + texts,) * 2)
    return connected_components(edges, directed=False)[1][prompt].astype(np.int64)


def _prompt(path: Path, place: str, row: dict[str, Any], column: str) -> int:
    """Hash of what tells a candidate's prompt apart; those without a prompt are not all of one."""
    check_digits(path, place, row, column)
    if not id_text(value := row.get(column)).strip():
        raise DataError(
            f"{path}: {place} has no prompt in column {column!r}; fill or drop that row, or name another column with"
            " --prompt-id or --prompt"
        )
    return hashed(value)


def _verdict(path: Path, place: str, row: dict[str, Any], roles: Roles, score: float | None) -> bool | None:
    if roles.threshold is not None:
        return None if score is None or math.isnan(score) else roles.decides(score)
    return _read(path, place, row, roles.kept, verdict_of)


def _read(path: Path, place: str, row: dict[str, Any], column: str | None, read: Callable[[Any], Any]) -> Any:
    if column is None:
        return None
    try:
        return read(row.get(column))
    except ValueError as error:
        option = "--kept" if read is verdict_of else "--score"
        words = "true or false (yes and no, 1 and 0)" if read is verdict_of else "a number"
        raise DataError(
            f"{path}: {place}, column {column!r}: {error}; a value is {words}, or empty. Name another column"
            f" with {option}"
        ) from None
