"""One's own corpus, from Parquet, JSON lines or CSV, in parts whose bounds depend on nothing but the corpus."""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from uncollapse.corpora.tables import read_rows, unicode_text
from uncollapse.errors import DataError

PART_DOCUMENTS = 256  # of a part at most; also what a killed run may have to do again
PART_CHARACTERS = 1_000_000


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
    id_column : of whole numbers; without one, documents are numbered by row, from 0.
    prompt_column : of instructions, for texts that answer them.
    """

    path: Path
    text_column: str = "text"
    id_column: str | None = None
    prompt_column: str | None = None

    def check(self) -> int:
        """Read everything once, before any long work; the number of documents.

        Raises
        ------
        DataError
            For a file that cannot be read, a missing column, a row without a text, and an id that two rows have: they
            name row and column.
        """
        seen: set[int] = set()
        documents = 0
        for part in self.parts():
            documents += len(part.texts)
            if self.id_column:
                seen.update(part.document_id.tolist())
                if len(seen) < documents:
                    twice = Counter(number for part in self.parts() for number in part.document_id.tolist())
                    number, times = twice.most_common(1)[0]
                    raise DataError(
                        f"{self.path}: {times} rows have {number} in column {self.id_column!r}; draws are keyed by the"
                        " id, which must be each row's own"
                    )
        return documents

    def parts(self) -> Iterator[Part]:
        """All documents, in parts of at most 256 documents and, but for a single longer one, a million characters."""
        ids: list[int] = []
        texts: list[str] = []
        prompts: list[str] = []
        characters = 0
        columns = [name for name in (self.text_column, self.id_column, self.prompt_column) if name]
        for number, (_, row) in enumerate(read_rows(self.path, columns, every_row=True)):
            text = self._text(row, self.text_column, number)
            prompt = self._text(row, self.prompt_column, number) if self.prompt_column else ""
            if texts and (len(texts) == PART_DOCUMENTS or characters + len(text) + len(prompt) > PART_CHARACTERS):
                yield Part(np.asarray(ids, np.int64), texts, prompts)
                ids, texts, prompts, characters = [], [], [], 0
            ids.append(self._id(row, number) if self.id_column else number)
            texts.append(text)
            prompts.append(prompt)
            characters += len(text) + len(prompt)
        if texts:
            yield Part(np.asarray(ids, np.int64), texts, prompts)

    def _text(self, row: dict[str, Any], column: str, number: int) -> str:
        text = row[column]
        if not isinstance(text, str):
            what = "no text" if text is None else f"a {type(text).__name__} instead of a text"
            raise DataError(f"{self.path}: row {number} (from 0) has {what} in column {column!r}; mend or drop it")
        return unicode_text(text, self.path, f"column {column!r} of row {number} (from 0)")

    def _id(self, row: dict[str, Any], number: int) -> int:
        value = row[self.id_column or ""]
        try:
            found = int(value)
            if isinstance(value, bool) or (isinstance(value, float) and found != value):
                raise ValueError
            if not -(2**63) <= found < 2**63:
                raise ValueError
        except (TypeError, ValueError, OverflowError):
            raise DataError(
                f"{self.path}: row {number} (from 0) has {value!r} in column {self.id_column!r}; ids are whole numbers"
            ) from None
        return found
