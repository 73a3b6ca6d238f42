"""One's own corpus, from Parquet, JSON lines or CSV, in parts whose bounds depend on nothing but the corpus."""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from uncollapse.corpora.cells import id_text
from uncollapse.corpora.keys import key_of
from uncollapse.corpora.tables import read_rows, unicode_text
from uncollapse.errors import DataError

PART_DOCUMENTS = 256  # of a part at most; also what a killed run may have to do again
PART_CHARACTERS = 1_000_000
SLOW_PART = 8_000  # characters of a part where a model reads a hundred tokens a second, which takes it 20 seconds


@dataclass(frozen=True)
class Counts:
    """``documents`` with a text, their ``characters``, and rows whose text is ``missing`` (null)."""

    documents: int
    characters: int
    missing: int

    @property
    def told(self) -> str:
        """Counts in words.

        >>> Counts(1200, 34_000, 0).told, Counts(2, 10, 1).told
        ('1,200 documents, 34,000 characters', '2 documents, 10 characters; 1 row has no text and is not edited')
        """
        found = f"{self.documents:,} documents, {self.characters:,} characters"
        if not self.missing:
            return found
        rows = "1 row has no text and is" if self.missing == 1 else f"{self.missing:,} rows have no text and are"
        return f"{found}; {rows} not edited"


@dataclass(frozen=True)
class Part:
    """Consecutive documents: their ids, texts, and what comes before each text ("" for nothing)."""

    document_id: NDArray[np.int64]
    texts: list[str]
    prompts: list[str]


@dataclass(frozen=True)
class Corpus:
    """A file of texts and the columns to read.

    Parameters
    ----------
    id_column : of whole numbers or texts; without one, documents are numbered by row, from 0.
    prompt_column : of instructions, for texts that answer them.
    part_characters : of a part at most, but for a single longer document; None: a million.
    """

    path: Path
    text_column: str = "text"
    id_column: str | None = None
    prompt_column: str | None = None
    part_characters: int | None = None

    def check(self) -> Counts:
        """Read everything once, before any long work, and count.

        Raises
        ------
        DataError
            For a file that cannot be read, a missing column, a value that is no text, and an id that two rows have:
            they name row and column.
        """
        seen: set[int] = set()
        documents = characters = 0
        for part in self.parts():
            documents += len(part.texts)
            characters += sum(map(len, part.texts))
            if self.id_column:
                seen.update(part.document_id.tolist())
                if len(seen) < documents:
                    twice = Counter(
                        id_text(row[self.id_column]) for row in self._rows() if row[self.text_column] is not None
                    )
                    value, times = twice.most_common(1)[0]
                    raise DataError(
                        f"{self.path}: {times} rows have {value} in column {self.id_column!r}; draws are keyed by the"
                        " id, which must be each row's own"
                    )
        return Counts(documents, characters, sum(row[self.text_column] is None for row in self._rows()))

    def parts(self) -> Iterator[Part]:
        """All documents with a text, in parts of at most 256 and, but for a single longer one, so many characters."""
        ids: list[int] = []
        texts: list[str] = []
        prompts: list[str] = []
        characters = 0
        most = PART_CHARACTERS if self.part_characters is None else self.part_characters
        for number, row in enumerate(self._rows()):
            if row[self.text_column] is None:
                continue
            text = self._text(row, self.text_column, number)
            prompt = self._text(row, self.prompt_column, number) if self.prompt_column else ""
            if texts and (len(texts) == PART_DOCUMENTS or characters + len(text) + len(prompt) > most):
                yield Part(np.asarray(ids, np.int64), texts, prompts)
                ids, texts, prompts, characters = [], [], [], 0
            ids.append(self._id(row, number) if self.id_column else number)
            texts.append(text)
            prompts.append(prompt)
            characters += len(text) + len(prompt)
        if texts:
            yield Part(np.asarray(ids, np.int64), texts, prompts)

    def _rows(self) -> Iterator[dict[str, Any]]:
        columns = [name for name in (self.text_column, self.id_column, self.prompt_column) if name]
        return (row for _, row in read_rows(self.path, columns, every_row=True))

    def _text(self, row: dict[str, Any], column: str, number: int) -> str:
        text = row[column]
        if not isinstance(text, str):
            what = "no text" if text is None else f"a {type(text).__name__} instead of a text"
            raise DataError(f"{self.path}: row {number} (from 0) has {what} in column {column!r}; mend or drop it")
        return unicode_text(text, self.path, f"column {column!r} of row {number} (from 0)")

    def _id(self, row: dict[str, Any], number: int) -> int:
        """The id as a whole number: itself, or 64 bits of a hash of a text."""
        value = row[self.id_column or ""]
        try:
            return key_of(value)
        except TypeError:
            raise DataError(
                f"{self.path}: row {number} (from 0) has {value!r} in column {self.id_column!r};"
                " ids are whole numbers or texts"
            ) from None
