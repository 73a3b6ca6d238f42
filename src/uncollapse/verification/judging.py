"""Candidates judged by several verifiers, chunk by chunk; each chunk is on disk before the next begins."""

import time
from collections.abc import Iterator, Sequence
from contextlib import ExitStack
from itertools import islice
from pathlib import Path

import pyarrow.parquet as pq

from uncollapse.errors import DataError, UncollapseError
from uncollapse.jobs.parts import Parts
from uncollapse.jobs.progress import Progress
from uncollapse.verification.columns import Columns
from uncollapse.verification.combining import Combining, combined
from uncollapse.verification.counts import Count, check_failures
from uncollapse.verification.named import Named
from uncollapse.verification.reading import rows
from uncollapse.verifiers.candidate import Candidate, Verdict, Verifier, checked, failed
from uncollapse.verifiers.children.pool import Children

SURVEYED = 1024  # candidates looked at once before any is judged
FIRST, MOST = 8, 2048  # candidates of a chunk: the first, and the most
SECONDS = 10.0  # that a chunk should take, if it is more than what is judged side by side: what a kill loses


def survey(path: Path, columns: Columns) -> int:
    """Read everything once, before any long work, so that what is wrong with the table is told; the number of rows."""
    return sum(1 for _ in rows(path, columns))


def judge_all(
    path: Path,
    columns: Columns,
    verifiers: Sequence[Named],
    rule: Combining | None,
    parts: Parts,
    *,
    total: int,
    threads: int,
    most_failed: float,
    progress: Progress,
) -> dict[str, Count]:
    """Judge the rows that no part holds yet; counts of all rows, by verifier.

    Raises
    ------
    DataError
        Where a verifier has no verdict on more than the share ``most_failed`` of all candidates; what is judged stays.
    """
    counts = {named.name: Count() for named in verifiers}
    done = counted(parts, counts)
    check_failures(counts, total, most_failed)
    if done == total:
        return counts
    with ExitStack() as stack:
        opened = {named.name: stack.enter_context(opened_verifier(named, threads=threads)) for named in verifiers}
        surveying = [verifier for verifier in opened.values() if hasattr(verifier, "survey")]
        if surveying:
            stream = (row.candidate for row in rows(path, columns) if row.candidate is not None)
            while some := list(islice(stream, SURVEYED)):
                for verifier in surveying:
                    verifier.survey(some)
        progress.start(total=total, done=done)
        unread = islice(rows(path, columns), done, None)
        least = max(at_once(named, threads=threads) for named in verifiers)
        size = max(FIRST, least)
        while chunk := list(islice(unread, size)):
            began = time.monotonic()
            candidates = [row.candidate for row in chunk]
            verdicts = {one.name: _judged(one, opened[one.name], candidates) for one in verifiers}
            parts.write(done, _table(verdicts, rule))
            done += len(chunk)
            for name, given in verdicts.items():
                for verdict in given:
                    counts[name].add(verdict.accepted, verdict.failed, verdict.reason)
            check_failures(counts, total, most_failed)
            progress.update(done)
            size = next_size(size, time.monotonic() - began, least=least)
        progress.finish()
    return counts


def next_size(size: int, seconds: float, *, least: int = 1) -> int:
    """Candidates of the next chunk, after one of ``size`` took some seconds.

    >>> next_size(8, 1.0), next_size(64, 40.0), next_size(64, 600.0), next_size(64, 600.0, least=16)
    (16, 16, 1, 16)
    """
    if seconds < SECONDS / 2:
        return max(least, min(2 * size, MOST))
    return max(least, min(size, int(size * SECONDS / seconds)))


def at_once(named: Named, *, threads: int) -> int:
    """How many candidates a verifier judges side by side: a smaller chunk would leave some of its workers idle."""
    return int(getattr(named.settings, "batch", 1)) * int(getattr(named.settings, "concurrency", threads))


def opened_verifier(named: Named, *, threads: int) -> "ExitStack | Children":
    """A context manager of the verifier: its own, or child processes that call its ``check``."""
    if hasattr(named.module, "open_verifier"):
        return named.module.open_verifier(named.settings, threads=threads)
    return Children(named.settings.kind, named.settings, threads=threads)


def judged_parts(parts: Parts) -> Iterator[Path]:
    """The files of parts in the order of their rows."""
    yield from sorted(parts.folder.glob("[0-9]*.parquet"), key=lambda path: int(path.stem))


def counted(parts: Parts, counts: dict[str, Count]) -> int:
    """Add what parts on disk hold to the counts; the number of rows from the first on that are judged."""
    done = 0
    for path in judged_parts(parts):
        if int(path.stem) != done:
            break
        table = pq.read_table(path)
        for name, count in counts.items():
            columns = (table[f"{name}.{what}"].to_pylist() for what in ("accepted", "failed", "reason"))
            for accepted, is_failed, reason in zip(*columns, strict=True):
                count.add(accepted, is_failed, reason)
        done += len(table)
    return done


def _judged(named: Named, verifier: Verifier, candidates: Sequence[Candidate | None]) -> list[Verdict]:
    """A verdict for each; a missing text is not accepted, and no verifier sees it."""
    there = [candidate for candidate in candidates if candidate is not None]
    verdicts = iter(_each(named, verifier, there) if there else [])
    missing = Verdict(None, False if named.gives_verdict else None, "no text")
    return [missing if candidate is None else next(verdicts) for candidate in candidates]


def _each(named: Named, verifier: Verifier, candidates: Sequence[Candidate]) -> list[Verdict]:
    """Verdicts of a verifier that may crash: the candidates of the batch are then judged one by one."""
    try:
        found = list(verifier.judge(candidates))
    except UncollapseError:
        raise
    except Exception as error:
        if len(candidates) == 1:
            return [failed(f"{type(error).__name__}: {error}")]
        return [verdict for candidate in candidates for verdict in _each(named, verifier, [candidate])]
    if len(found) != len(candidates):
        raise DataError(f"verifier {named.name}: judge gave {len(found)} verdicts on {len(candidates)} candidates")
    return [checked(verdict) for verdict in found]


def _table(verdicts: dict[str, list[Verdict]], rule: Combining | None) -> dict[str, list]:
    columns: dict[str, list] = {}
    for name, given in verdicts.items():
        columns[f"{name}.score"] = [verdict.score for verdict in given]
        columns[f"{name}.accepted"] = [verdict.accepted for verdict in given]
        columns[f"{name}.reason"] = [_writable(verdict.reason) for verdict in given]
        columns[f"{name}.failed"] = [verdict.failed for verdict in given]
    names = list(verdicts)
    each = [dict(zip(names, given, strict=True)) for given in zip(*verdicts.values(), strict=True)]
    if rule is not None:
        decisions = [combined(rule, one) for one in each]
    elif len(names) == 1:
        decisions = verdicts[names[0]]
    else:
        return columns
    columns["score"] = [decision.score for decision in decisions]
    columns["accepted"] = [decision.accepted for decision in decisions]
    return columns


def _writable(reason: str) -> str:
    """A reason on one line, as any table can hold it."""
    return " ".join(reason.encode("utf-8", "replace").decode().split())
