"""Answers on disk: an SQLite file in which every answer is durable before the next request of its worker begins."""

import contextlib
import json
import sqlite3
import threading
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from itertools import chain
from pathlib import Path
from types import TracebackType
from typing import Self

from uncollapse.errors import ArtifactError, DataError
from uncollapse.generators.answer import Answer

_VERSION = 1
_AT_ONCE = 500  # keys of one question; SQLite takes 999 values at the least
_ROWS = 300  # of one statement, three values each
_INSERT = (
    "INSERT INTO answers VALUES {} ON CONFLICT (key) DO UPDATE SET status = excluded.status, answer = excluded.answer"
    " WHERE excluded.status <> 'unanswered' OR answers.status = 'unanswered'"
)
_SCHEMA = "CREATE TABLE IF NOT EXISTS answers (key BLOB PRIMARY KEY, status TEXT NOT NULL, answer TEXT NOT NULL)"


class Journal:
    """Answers by key, for one process at a time.

    A transaction is a write-ahead log that is flushed to disk (SQLite's ``synchronous=FULL``): what :meth:`add` has
    returned from survives a kill of the process and a loss of power. A file is locked while it is open.

    Raises
    ------
    ArtifactError
        For a file of another kind, or one that is damaged.
    DataError
        Where another process has it open.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        self._lock = threading.Lock()
        with self._told():
            # one connection, used by one thread after the other: the lock sees to it
            self._connection = sqlite3.connect(path, timeout=1.0, isolation_level=None, check_same_thread=False)
            try:
                self._open()
            except BaseException:
                self._connection.close()
                raise

    def _open(self) -> None:
        for pragma in ("locking_mode=EXCLUSIVE", "journal_mode=WAL", "synchronous=FULL", "cache_size=-8000"):
            self._connection.execute(f"PRAGMA {pragma}").fetchall()
        self._connection.execute("BEGIN EXCLUSIVE")
        (version,) = self._connection.execute("PRAGMA user_version").fetchone()
        tables = self._connection.execute("SELECT count(*) FROM sqlite_master").fetchone()[0]
        if version != _VERSION and (version or tables):
            raise ArtifactError(f"{self.path}: not a file of answers of this version; name another one with --answers")
        self._connection.execute(_SCHEMA)
        self._connection.execute(f"PRAGMA user_version={_VERSION}")
        self._connection.execute("COMMIT")

    def add(self, answers: Iterable[tuple[bytes, Answer]]) -> None:
        """Keep answers, in place of those of the same keys; they are on disk when this returns.

        Why there is no reply (``unanswered``) is kept as well, but in place of no answer.
        """
        rows = [(key, answer.status, answer.to_json()) for key, answer in answers]
        with self._lock, self._told():
            if len(rows) <= _ROWS:
                self._insert(rows)  # a statement alone is a transaction
                return
            self._connection.execute("BEGIN")
            try:
                for first in range(0, len(rows), _ROWS):
                    self._insert(rows[first : first + _ROWS])
                self._connection.execute("COMMIT")
            except BaseException:
                with contextlib.suppress(sqlite3.Error):
                    self._connection.execute("ROLLBACK")
                raise

    def _insert(self, rows: Sequence[tuple[bytes, str, str]]) -> None:
        """Insert rows by one statement: between two of them a thread would have to wait for its turn again."""
        if rows:
            places = ",".join(["(?,?,?)"] * len(rows))
            self._connection.execute(_INSERT.format(places), [*chain.from_iterable(rows)])

    def statuses(self, keys: Sequence[bytes]) -> dict[bytes, str]:
        """Status by key of those that are kept."""
        return dict(self._look("key, status", keys))

    def answers(self, keys: Sequence[bytes]) -> Mapping[bytes, Answer]:
        """Answers by key, of those that are kept.

        Raises
        ------
        ArtifactError
            For an answer that cannot be read.
        """
        try:
            return {key: Answer.from_json(text) for key, text in self._look("key, answer", keys)}
        except (TypeError, json.JSONDecodeError) as error:
            raise ArtifactError(
                f"{self.path}: damaged ({error}); move it away, and everything is asked anew"
            ) from error

    def __len__(self) -> int:
        with self._lock, self._told():
            return self._connection.execute("SELECT count(*) FROM answers").fetchone()[0]

    def _look(self, columns: str, keys: Sequence[bytes]) -> list[tuple[bytes, str]]:
        found: list[tuple[bytes, str]] = []
        with self._lock, self._told():
            for first in range(0, len(keys), _AT_ONCE):
                some: Collection[bytes] = keys[first : first + _AT_ONCE]
                marks = ",".join("?" * len(some))
                found += self._connection.execute(f"SELECT {columns} FROM answers WHERE key IN ({marks})", list(some))
        return found

    def close(self) -> None:
        """Close the file; a second time does nothing."""
        self._connection.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    @contextlib.contextmanager
    def _told(self) -> Iterator[None]:
        """SQLite's errors in words."""
        try:
            yield
        except sqlite3.OperationalError as error:
            if "locked" in str(error):
                raise DataError(
                    f"{self.path}: another process has it open; wait for its end, or name another file with --answers"
                ) from None
            raise DataError(
                f"{self.path}: cannot be written ({error}); make room and make it accessible, or name another file with"
                " --answers"
            ) from None
        except sqlite3.DatabaseError as error:
            raise ArtifactError(
                f"{self.path}: damaged, or not a file of answers ({error}); move it away, and everything is asked anew"
            ) from None
