"""Prompts of a Parquet, JSON-lines, CSV or TSV file, as a stream; one that cannot be asked is refused with its row."""

import json
from array import array
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cached_property
from hashlib import blake2b
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa

from uncollapse.corpora.plain_values import text_as
from uncollapse.corpora.tables import Row, Wording, column_names, read_rows, told_columns, unicode_text
from uncollapse.errors import DataError
from uncollapse.prompts.further_columns import FurtherColumns
from uncollapse.prompts.prompt import INSTRUCTING, Prompt, messages_of

_WORDING = Wording(
    no_kind="prompts are a .parquet, .jsonl, .csv or .tsv file, all but the first also .gz or .zst",
    no_column="no column {column}; there are {there}",
)
_PROMPTS, _IDS = ("prompt", "messages"), ("id", "prompt_id")


@dataclass(frozen=True, kw_only=True)
class PromptColumns:
    """Names of columns, None where they are found by their names.

    Parameters
    ----------
    prompt : texts, or chat messages (lists of role and content; in CSV their JSON); by default prompt or messages
    id : unique, as text; by default id or prompt_id, else the number of the row from 0
    system : instructions of each row; by default system, where there is one
    left_out : columns that are not carried along
    """

    prompt: str | None = None
    id: str | None = None
    system: str | None = None
    left_out: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True)
class PromptWords:
    """Words of errors for what names the columns and the instructions: options of a command, or keys of a config."""

    prompt: str = "--prompt"
    id: str = "--id"
    system_column: str = "--system-column"
    system: str = "--system"
    leave_out: str = "leave it out with --leave-out {name}"


@dataclass(frozen=True)
class Survey:
    """Contents of a file: how many prompts, whether they are conversations, and the columns carried along.

    ``state`` is that of the file when they were read.
    """

    count: int
    conversations: bool
    further: list[pa.Field]
    state: tuple[int, ...]

    def check_unchanged(self, path: Path) -> None:
        """Check that the file is the one that was surveyed: prompts are read again while they are asked.

        Raises
        ------
        DataError
            Where it was replaced or written to since.
        """
        if _state(path) != self.state:
            raise DataError(
                f"{path}: was changed while its prompts were asked; what came is kept: the same command goes on with"
                " the prompts that are there now"
            )


def _state(path: Path) -> tuple[int, ...]:
    """A file by device, inode, size and time of modification; empty where there is none."""
    try:
        found = path.stat()
    except OSError:
        return ()
    return (found.st_dev, found.st_ino, found.st_size, found.st_mtime_ns)


@dataclass(frozen=True)
class PromptFile:
    """A file of prompts; ``system`` holds instructions before every one, ``words`` what errors call its settings."""

    path: Path
    columns: PromptColumns = PromptColumns()
    system: str | None = None
    words: PromptWords = PromptWords()

    @property
    def numbered(self) -> bool:
        """Whether no column holds ids, so that the number of a row is its prompt's id."""
        return self._id_column is None

    def check(self, look: Callable[[Prompt], None] = lambda prompt: None) -> Survey:
        """Read all prompts once, before any of them is asked, and call ``look`` with each.

        Memory grows by 8 bytes a prompt, for its id's hash.

        Raises
        ------
        DataError
            As :meth:`prompts` does, and for a file without prompts or with an id that two rows have.
        """
        state = _state(self.path)
        hashes, further, conversations = array("Q"), FurtherColumns(self._further), False
        for prompt in self.prompts():
            conversations = not isinstance(prompt.asked, str)
            hashes.append(_hash(prompt.id))
            further.add(dict(prompt.further))
            look(prompt)
        if not hashes:
            raise DataError(f"{self.path}: holds no prompts")
        self._once(np.asarray(hashes))
        return Survey(len(hashes), conversations, further.fields(), state)

    def prompts(self) -> Iterator[Prompt]:
        """All prompts in the file's order.

        Raises
        ------
        DataError
            For a file that cannot be read, a missing column, and a row without an id, without a prompt, with half a
            character or of another kind than the first; with file, row and column.
        """
        first: type | None = None
        for number, row in enumerate(self._rows()):
            prompt = self._prompt(number, row)
            first = first or type(prompt.asked)
            if type(prompt.asked) is not first:
                was, now = ("a text", "messages") if first is str else ("messages", "a text")
                raise DataError(f"{self.path}: {row[0]} has {now}, the first one {was}; give one kind in a file")
            yield prompt

    def _rows(self) -> Iterator[Row]:
        wanted = [self._prompt_column, self._id_column, self._system_column, *self._further]
        yield from read_rows(self.path, [name for name in wanted if name], wording=_WORDING)

    def _prompt(self, number: int, row: Row) -> Prompt:
        place, values = row
        system = values.get(self._system_column) if self._system_column else None
        if system is not None and not isinstance(system, str):
            raise DataError(f"{self.path}: {place}: column {self._system_column!r} holds no text; mend that row")
        if self.system and system and system.strip():
            raise DataError(
                f"{self.path}: {place} has instructions of its own; leave {self.words.system} out, or the column"
            )
        system = system if system and system.strip() else self.system
        asked = self._asked(place, values.get(self._prompt_column))
        if system and not isinstance(asked, str) and any(one["role"] in INSTRUCTING for one in asked):
            raise DataError(
                f"{self.path}: {place}: its messages have instructions of their own; leave {self.words.system} out"
            )
        used = {self._prompt_column, self._id_column, self._system_column, *self.columns.left_out}
        further = {name: self._whole(name, value, place) for name, value in values.items() if name not in used}
        for text in (system, asked) if isinstance(asked, str) else (system, *(m["content"] for m in asked)):
            unicode_text(text or "", self.path, place)
        return Prompt(self._id(number, place, values), asked, system, further)

    def _whole(self, name: str, value: Any, place: str) -> Any:
        """A value that is carried along, refused where it or its column's name cannot be written down."""
        unicode_text(name, self.path, place)
        if isinstance(value, str | list | dict | bytes):
            try:
                unicode_text(text_as(value), self.path, place)
            except DataError as error:
                if isinstance(error.__cause__, UnicodeEncodeError):
                    raise
                raise DataError(
                    f"{self.path}: {place}, column {name!r}, {error}; {self.words.leave_out.format(name=name)}"
                ) from None
        return value

    def _asked(self, place: str, value: Any) -> Any:
        where = f"{self.path}: {place}"
        if self._prompt_column == "messages" and isinstance(value, str) and value.strip():
            try:
                value = json.loads(value)
            except (ValueError, RecursionError) as error:
                raise DataError(
                    f"{where}: column 'messages' is no JSON ({error}); name a column of texts with {self.words.prompt}"
                ) from None
        if isinstance(value, str) and value.strip():
            return value
        if value is None or isinstance(value, str):
            raise DataError(f"{where} has no prompt in column {self._prompt_column!r}; write one, or drop the row")
        try:
            return messages_of(value)
        except ValueError as error:
            raise DataError(f"{where}: column {self._prompt_column!r} {error}; mend or drop that row") from None

    def _id(self, number: int, place: str, values: dict[str, Any]) -> str:
        if self._id_column is None:
            return str(number)
        value = values.get(self._id_column)
        if isinstance(value, bool) or not isinstance(value, str | int) or not str(value).strip():
            raise DataError(
                f"{self.path}: {place} has {value!r} as its id, in column {self._id_column!r}; ids are texts or whole"
                " numbers, each there once"
            )
        return unicode_text(str(value), self.path, place)

    def _once(self, hashes: np.ndarray) -> None:
        ordered = np.sort(hashes)
        repeated = set(ordered[1:][ordered[1:] == ordered[:-1]].tolist())
        seen: dict[str, str] = {}
        for number, row in enumerate(self._rows() if repeated else ()):
            name = self._id(number, *row)
            if name in seen:
                raise DataError(
                    f"{self.path}: {seen[name]} and {row[0]} both have the id {name!r}; give each a different one, or"
                    f" name another column with {self.words.id}"
                )
            if _hash(name) in repeated:
                seen[name] = row[0]

    @cached_property
    def _names(self) -> list[str]:
        return column_names(self.path, wording=_WORDING)

    @cached_property
    def _prompt_column(self) -> str:
        return self._named(self.columns.prompt, self.words.prompt, _PROMPTS, needed=True) or ""

    @cached_property
    def _id_column(self) -> str | None:
        return self._named(self.columns.id, self.words.id, _IDS)

    @cached_property
    def _system_column(self) -> str | None:
        return self._named(self.columns.system, self.words.system_column, ("system",))

    @cached_property
    def _further(self) -> list[str]:
        used = {self._prompt_column, self._id_column, self._system_column, *self.columns.left_out}
        return [name for name in self._names if name not in used]

    def _named(self, given: str | None, option: str, usual: tuple[str, ...], *, needed: bool = False) -> str | None:
        """A column as named, or by its usual name."""
        there = f"there are {told_columns(self.path, self._names)}: name one with {option}"
        if given is not None:
            if given not in self._names:
                raise DataError(f"{self.path}: no column {given!r}; {there}")
            return given
        found = [name for name in usual if name in self._names]
        if needed and len(found) != 1:
            words = (
                f"columns {' and '.join(map(repr, found))}" if found else f"no column {' or '.join(map(repr, usual))}"
            )
            raise DataError(f"{self.path}: {words}; {there}")
        return found[0] if found else None


def _hash(name: str) -> int:
    return int.from_bytes(blake2b(name.encode(), digest_size=8).digest(), "little")
