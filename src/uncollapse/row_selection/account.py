"""The account of a selection: where every candidate went, what it cost, and how the random twin compares."""

import hashlib
import json
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow.parquet as pq

from uncollapse.candidate_tables.contents import contents
from uncollapse.candidate_tables.pool import Pool
from uncollapse.candidate_tables.roles import SUFFIXES
from uncollapse.corpora.formats import kind_of, stem_of
from uncollapse.errors import DataError
from uncollapse.generators.candidate_file import ABOUT
from uncollapse.jobs.partial import whole
from uncollapse.row_selection.rules import Sieve
from uncollapse.row_selection.settings import Selecting

SUFFIX = ".selection.json"
TOKENS = ("prompt_tokens", "completion_tokens")
_AT_ONCE = 1 << 22


@dataclass(frozen=True)
class Account:
    """An account; ``candidates`` are kept, dropped by reason and without a verdict.

    file, sha256 : of the candidates
    settings, columns : of the selection
    prompts, kept_prompts : with judged candidates, and with a kept one
    accepted : candidates that the verifier accepts, None where the rule asks for no verdict
    tokens : of all judged candidates, by kind, where the file has them
    twin_in_common : share of the selection that its random twin has too
    twin_accepted : share of the twin that the verifier accepts
    sampling : the file's own word on how it came about
    contents : digests of which candidates are accepted (None without a verdict), kept and of the twin; None where an
        earlier version wrote the account
    """

    file: str
    sha256: str
    settings: dict[str, Any]
    columns: dict[str, Any]
    candidates: int
    unjudged: int
    kept: int
    dropped: dict[str, int]
    prompts: int
    kept_prompts: int
    accepted: int | None
    tokens: dict[str, int]
    twin_in_common: float | None
    twin_accepted: float | None
    sampling: dict[str, Any] | None
    contents: dict[str, str | None] | None = None

    def write(self, path: Path) -> None:
        """Write the account, whole or not at all."""
        with whole(path) as partial:
            partial.write_text(json.dumps(asdict(self), indent=1, sort_keys=True) + "\n", encoding="utf-8")


def account_of(
    pool: Pool, sieve: Sieve, twin: np.ndarray, settings: Selecting, *, in_common: float, has_verdict: bool
) -> Account:
    """Account of a selection and its twin."""
    kept, dropped = sieve.kept, sieve.account()
    if len(pool) != kept.sum() + sum(dropped.values()):
        raise AssertionError(f"{len(pool)} candidates, but {kept.sum()} kept and {dropped} dropped")
    accepted, chosen, drawn = contents(pool.path, pool.roles, *(pool.row[some] for some in (pool.kept, kept, twin)))
    tokens = {}
    for name in TOKENS:
        feature = pool.features.get(name)
        if feature is not None and feature.numbers is not None:
            tokens[name] = int(np.nansum(feature.numbers))
    return Account(
        file=pool.path.name,
        sha256=sha256(pool.path),
        settings=asdict(settings),
        columns={name: value for name, value in asdict(pool.roles).items() if value not in (None, False)},
        candidates=len(pool) + pool.unjudged,
        unjudged=pool.unjudged,
        kept=int(kept.sum()),
        dropped=dropped,
        prompts=int(pool.prompt.max()) + 1,
        kept_prompts=len(np.unique(pool.prompt[kept])),
        accepted=int(pool.kept.sum()) if has_verdict else None,
        tokens=tokens,
        twin_in_common=in_common if kept.any() else None,
        twin_accepted=float(pool.kept[twin].mean()) if has_verdict and twin.any() else None,
        sampling=_sampling(pool.path),
        contents={"accepted": accepted if has_verdict else None, "kept": chosen, "twin": drawn},
    )


def read_account(path: Path) -> Account:
    """Read an account.

    Raises
    ------
    DataError
        For a file that is missing or no account.
    """
    try:
        return Account(**json.loads(path.read_text(encoding="utf-8")))
    except (OSError, ValueError, TypeError) as error:
        raise DataError(f"{path}: no account of a selection ({error}); uncollapse select writes it") from error


def account_path(output: Path) -> Path:
    """Path of the account beside a selection.

    >>> account_path(Path("data/kept.parquet")).as_posix()
    'data/kept.selection.json'
    """
    return output.with_name(stem_of(output) + SUFFIX)


def sha256(path: Path) -> str:
    """Digest of a file, in hexadecimal digits."""
    found = hashlib.sha256()
    with open(path, "rb") as file:
        for part in iter(lambda: file.read(_AT_ONCE), b""):
            found.update(part)
    return found.hexdigest()


def _sampling(path: Path) -> dict[str, Any] | None:
    if kind_of(path, SUFFIXES) != "parquet":
        return None
    held = (pq.read_schema(path).metadata or {}).get(ABOUT)
    return json.loads(held) if held else None
