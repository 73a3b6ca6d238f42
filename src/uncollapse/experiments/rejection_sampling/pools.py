"""Candidates of one seed's prompts as a pool to select from, and selections that still lack rows."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from uncollapse.candidate_tables.pool import Pool
from uncollapse.candidate_tables.roles import Roles
from uncollapse.corpora.row_ids import hashed
from uncollapse.experiments.rejection_sampling.tables import check_alike
from uncollapse.row_selection.rules import selected
from uncollapse.row_selection.settings import NEEDS_NO_VERDICT, Selecting

_ROLES = Roles(prompt_id="prompt_id", sample="sample", text="text", kept="accepted", score="score")


@dataclass(frozen=True)
class Part:
    """A pool, and why the other candidates of its prompts are not in it."""

    pool: Pool
    candidates: int
    left_out: dict[str, int]


def share_of(asked: pa.Table, sampled: pa.Table, *, place: int, parts: int) -> NDArray[np.bool_]:
    """(N,) whether a candidate is of the prompts of one seed: every ``parts``-th from the ``place``-th on.

    They are counted in the order of a hash of their ids. In that of the table questions of several tasks take turns, so
    that two seeds of two tasks would have one each, and differ by their task.
    """
    ids = asked.column("prompt_id").to_pylist()
    mixed = sorted(ids, key=lambda name: hashed(f"share/{name}"))
    number = {name: rank for rank, name in enumerate(mixed)}
    numbers = np.array([number[name] for name in sampled.column("prompt_id").to_pylist()], dtype=np.int64)
    return numbers % parts == place


def part_of(
    asked: pa.Table,
    sampled: pa.Table,
    verdicts: pa.Table | None,
    rule: str,
    *,
    place: int,
    parts: int,
    cut_off: bool,
) -> Part:
    """Candidates of a seed's prompts that ended by themselves and have a verdict, where the rule goes by one.

    Without ``verdicts`` every one of them is accepted; ``cut_off`` takes those too that reached the largest number of
    tokens. ``row`` of the pool numbers the rows of ``sampled``.
    """
    mine = share_of(asked, sampled, place=place, parts=parts)
    status = np.array(sampled.column("status").to_pylist(), dtype=object)
    ended = np.isin(status.astype(str), ("ok", "cut_off") if cut_off else ("ok",))
    left_out = {
        str(name): int((mine & (status == name)).sum()) for name in np.unique(status[mine & ~ended].astype(str))
    }
    accepted, score, has_verdict = np.ones(len(sampled), dtype=bool), None, np.ones(len(sampled), dtype=bool)
    if verdicts is not None:
        check_alike(sampled, verdicts, name="the selection's verifier")
        given = np.array(verdicts.column("accepted").to_pylist(), dtype=object)
        accepted = given == True  # noqa: E712  # element by element
        score = np.array(verdicts.column("score").to_numpy(zero_copy_only=False), dtype=np.float64)
        if rule not in NEEDS_NO_VERDICT:
            has_verdict = np.array([one is not None for one in given], dtype=bool)
    left_out["without a verdict"] = int((mine & ended & ~has_verdict).sum())
    row = np.flatnonzero(mine & ended & has_verdict)
    rows = sampled.take(pa.array(row)).select(["prompt_id", "sample", "text"]).to_pylist()
    ids = np.array([hashed(f"{one['prompt_id']}/{one['sample']}") for one in rows], dtype=np.uint64)
    _, prompt = np.unique(np.array([one["prompt_id"] for one in rows], dtype=str), return_inverse=True)
    pool = Pool(
        path=Path("candidates"),
        roles=_ROLES,
        row=row,
        id=ids,
        prompt=prompt.astype(np.int64),
        kept=accepted[row],
        score=None if score is None else score[row],
        length=np.array([len(one["text"]) for one in rows], dtype=np.int64),
        prompt_length=np.zeros(len(rows), dtype=np.int64),
        features={},
        unjudged=left_out["without a verdict"],
    )
    return Part(pool, int(mine.sum()), left_out)


def lacking(
    asked: pa.Table,
    sampled: pa.Table,
    verdicts: Mapping[str, pa.Table],
    budgets: Mapping[str, Sequence],
    *,
    parts: int,
    cut_off: bool,
) -> list[str]:
    """Selections by budget that have fewer rows than they ask for, for some seed.

    Parameters
    ----------
    verdicts : of each verifier, on all candidates so far.
    budgets : verifier (None: everything is accepted), rows of each seed and most of a prompt, by selection.
    """
    found = []
    for name, (verifier, wanted, at_most) in budgets.items():
        settings = Selecting(rule="budget", n=wanted, at_most=at_most)
        given = None if verifier is None else verdicts[verifier]
        every = [
            part_of(asked, sampled, given, "budget", place=place, parts=parts, cut_off=cut_off)
            for place in range(parts)
        ]
        if any(not len(part.pool) or selected(part.pool, settings).kept.sum() < wanted for part in every):
            found.append(name)
    return found
