"""The record of a draw: what a sheet's rows are, beside the sheet, so that reading it back is sure of both."""

import hashlib
import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import numpy as np

from uncollapse.candidate_tables.pool import Pool
from uncollapse.candidate_tables.roles import Roles
from uncollapse.errors import DataError
from uncollapse.jobs.partial import whole
from uncollapse.randomness.hashing import hash_rows

SUFFIX = ".draw.json"
_FORMAT = 1


@dataclass(frozen=True)
class DrawnRow:
    """A row of a sheet: its candidate's id, a digest of what the labeller saw, its stratum, its chance to be drawn."""

    id: str
    digest: str
    stratum: int
    inclusion_probability: float


@dataclass(frozen=True)
class Draw:
    """A draw.

    name : of the draw, which every row of its sheet bears
    candidates : the file's name
    pool : fingerprint of ids, verdicts and scores, whatever the order of rows
    roles : columns, threshold
    seed : of every random choice
    looks : which draw on this pool it is, from 1
    cut_for : rows that strata were cut for
    strata : of the pool, with all that is drawn of each up to this draw
    rows : by key
    texts : digest of all prompts and texts of the pool; blank in a record of an earlier version
    redrawn : names of labelled draws of the pool that it does not go on from and that lay beside it, or under it
    """

    name: str
    candidates: str
    pool: str
    roles: Roles
    seed: int
    looks: int
    cut_for: int
    strata: list[dict[str, Any]]
    rows: dict[str, DrawnRow]
    texts: str = ""
    redrawn: Sequence[str] = ()

    def write(self, path: Path) -> None:
        """Write the record, whole or not at all."""
        held = json.loads(json.dumps({"format": _FORMAT} | asdict(self)))
        text = json.dumps(held | {"checksum": _checksum(held)}, indent=1) + "\n"
        with whole(path) as partial:
            partial.write_text(text, encoding="utf-8")


def read_draw(path: Path) -> Draw:
    """Read a record.

    Raises
    ------
    DataError
        For a file that is missing or no record of a draw.
    """
    try:
        held = json.loads(path.read_text(encoding="utf-8"))
        if held.pop("checksum") != _checksum(held):
            raise ValueError("damaged, or changed by hand")
        if held.pop("format") != _FORMAT:
            raise ValueError("of another version")
        rows = {key: DrawnRow(**row) for key, row in held.pop("rows").items()}
        return Draw(**(held | {"roles": Roles(**held["roles"]), "rows": rows}))
    except FileNotFoundError:
        raise DataError(
            f"{path}: no such file; it was written beside the sheet by audit draw. Name it with --draw, or draw anew"
        ) from None
    except (OSError, ValueError, KeyError, TypeError, AttributeError) as error:
        raise DataError(f"{path}: no record of a draw ({error}); draw anew") from error


def _checksum(held: dict[str, Any]) -> str:
    return hashlib.blake2b(json.dumps(held, sort_keys=True).encode(), digest_size=8).hexdigest()


def record_of(sheet: Path) -> Path:
    """The record's path beside its sheet.

    >>> record_of(Path("audit/sheet.csv")).as_posix()
    'audit/sheet.draw.json'
    """
    return sheet.with_name(sheet.stem + SUFFIX)


def fingerprint(pool: Pool) -> str:
    """Hexadecimal digits that tell a pool of ids, verdicts and scores from others, whatever the order of its rows."""
    score = np.zeros(len(pool)) if pool.score is None else np.nan_to_num(pool.score, nan=-1e300)
    rows = np.stack([pool.id.view(np.int64), pool.kept.astype(np.int64), score.view(np.int64)], axis=1)
    with np.errstate(over="ignore"):
        return f"{int(hash_rows(rows).sum(dtype=np.uint64)):016x}"
