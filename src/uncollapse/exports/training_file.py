"""A training file written from a table of candidates, as a stream, with what was left out counted by reason."""

import math
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from uncollapse.candidate_tables.contents import SYSTEM
from uncollapse.candidate_tables.pool import Pool, rows_of
from uncollapse.candidate_tables.roles import Roles
from uncollapse.candidate_tables.values import number_of, verdict_of
from uncollapse.corpora.written import check_values, json_line, writing
from uncollapse.errors import DataError
from uncollapse.exports import formats
from uncollapse.exports.pairs import pairs
from uncollapse.jobs.partial import whole

SAME = "a pair of the same text"


@dataclass(frozen=True)
class Written:
    """A file that was written.

    left_out : candidates that are no row of it, by reason
    rejected : rows of it that the verdict in the table rejects
    """

    rows: int
    left_out: Counter[str]
    rejected: int


def write_rows(
    path: Path, roles: Roles, output: Path, *, kind: str, names: Sequence[str], carried: Sequence[str] = (),
    conversational: bool | None = None,
) -> Written:  # fmt: skip
    """Write every candidate of a file as a row of a chat or completion file.

    Parameters
    ----------
    names : columns of the file
    carried : of these, what each row has besides
    conversational : whether prompts and completions are lists of messages; as the first prompt is, by default

    Raises
    ------
    DataError
        Where nothing is left, and for values that JSON cannot hold.
    ConfigError
        For a carried column that a trainer would take for part of the row.
    """
    formats.check_carried(kind, carried)
    check_values(path, output, carried)
    left_out: Counter[str] = Counter()
    columns = [*roles.columns, *carried, *(SYSTEM,) * (SYSTEM in names)]
    done = rejected = 0
    with whole(output) as partial, writing(partial) as file:
        for _, place, row in rows_of(path, columns, told="export"):
            prompt, system, text = (row.get(name or "") for name in (roles.prompt, SYSTEM, roles.text))
            if conversational is None:
                conversational = formats.is_conversation(prompt) or bool(system)
            try:
                if kind == formats.CHAT:
                    made = formats.chat_row(prompt, system, text)
                else:
                    _check_shape(path, place, prompt, conversational)
                    made = formats.completion_row(prompt, system, text, conversational=conversational)
            except formats.Unfit as reason:
                left_out[str(reason)] += 1
                continue
            file.write(json_line(made | {name: row.get(name) for name in carried}))
            done += 1
            rejected += is_rejected(row, roles)
        if not done:
            raise DataError(f"{path}: no row is left: {_told(left_out)}")
    return Written(done, left_out, rejected)


def write_pairs(
    pool: Pool, output: Path, *, names: Sequence[str], margin: float = 0.0, conversational: bool | None = None
) -> Written:
    """Write preference pairs of a pool; what is left out are prompts, what is rejected chosen candidates.

    Raises
    ------
    DataError
        Where there is no pair.
    """
    found, counts = pairs(pool, margin=margin)
    left_out = Counter(counts)
    done = rejected = 0
    with whole(output) as partial, writing(partial) as file:
        for row, worst in _texts(pool, found.tolist(), names):
            prompt, system, best = (row.get(name or "") for name in (pool.roles.prompt, SYSTEM, pool.roles.text))
            if conversational is None:
                conversational = formats.is_conversation(prompt) or bool(system)
            try:
                _check_shape(pool.path, f"prompt {prompt!r}"[:80], prompt, conversational)
                made = formats.preference_row(prompt, system, best, worst, conversational=conversational)
            except formats.Unfit as reason:
                left_out[str(reason)] += 1
                continue
            if made["chosen"] == made["rejected"]:
                left_out[SAME] += 1
                continue
            file.write(json_line(made))
            done += 1
            rejected += is_rejected(row, pool.roles)
        if not done:
            raise DataError(f"{pool.path}: there is no pair: {_told(left_out)}")
    return Written(done, +left_out, rejected)


def is_rejected(row: Mapping[str, Any], roles: Roles) -> bool:
    """Whether a row's verdict rejects it; one that is missing, or no verdict, rejects nothing."""
    try:
        if roles.threshold is not None:
            score = number_of(row.get(roles.score or ""))
            return not math.isnan(score) and not roles.decides(score)
        return verdict_of(row.get(roles.kept or "")) is False
    except ValueError:
        return False


def _texts(pool: Pool, found: list[list[int]], names: Sequence[str]) -> Iterator[tuple[dict[str, Any], Any]]:
    """Row of the best and text of the worst candidate of each pair; held are those of which one is still to come."""
    pair_of = {int(pool.row[number]): place for place, pair in enumerate(found) for number in pair}
    first = {int(pool.row[best]) for best, _ in found}
    waiting: dict[int, dict[bool, dict[str, Any]]] = {}
    columns = [*pool.roles.columns, *(SYSTEM,) * (SYSTEM in names)]
    for number, _, row in rows_of(pool.path, columns, told="export"):
        if (place := pair_of.get(number)) is None:
            continue
        texts = waiting.setdefault(place, {})
        texts[number in first] = row
        if len(texts) == 2:
            yield texts[True], texts[False].get(pool.roles.text or "")
            del waiting[place]


def _check_shape(path: Path, place: str, prompt: Any, conversational: bool) -> None:
    if not conversational and formats.is_conversation(prompt):
        raise DataError(
            f"{path}: {place} is a conversation, and the prompts before it are texts: say --conversational, so that all"
            " become messages"
        )


def _told(left_out: Counter[str]) -> str:
    return ", ".join(f"{number:,} for {reason}" for reason, number in left_out.items() if number) or "no candidates"
