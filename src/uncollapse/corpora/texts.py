"""The texts of one column of a Parquet, JSON-lines, CSV or TSV file, and how many rows have none."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from uncollapse.corpora.stored_texts import StoredTexts
from uncollapse.corpora.tables import Wording, most_rows, read_rows, unicode_text
from uncollapse.errors import DataError
from uncollapse.jobs.progress import Progress

_TOLD_EVERY = 1000  # rows
_WORDING = Wording(
    no_kind="a corpus is a .parquet, .jsonl, .csv or .tsv file",
    no_column="no column {column}; there are {there}: name the column of texts with --text",
)


@dataclass(frozen=True)
class Texts:
    """``texts`` in the file's order; ``missing`` rows have no value, ``blank`` ones nothing but white space."""

    texts: Sequence[str]
    missing: int
    blank: int

    @property
    def read(self) -> int:
        """Rows of the file."""
        return len(self.texts) + self.missing + self.blank

    @property
    def told(self) -> str:
        """How many documents were read and left out, as words.

        >>> Texts(["a"] * 3, 1, 2).told, Texts(["a"], 0, 0).told
        ('6 read, 3 left out (1 without a text, 2 blank)', '1 read')
        """
        return self.told_as("left out")

    def told_as(self, fate: str) -> str:
        """How many documents were read, and of those without a text what became of them.

        >>> Texts(["a"] * 3, 1, 2).told_as("without a weight")
        '6 read, 3 without a weight (1 without a text, 2 blank)'
        """
        left = self.missing + self.blank
        if not left:
            return f"{self.read:,} read"
        return f"{self.read:,} read, {left:,} {fate} ({self.missing:,} without a text, {self.blank:,} blank)"


def read_texts(path: Path, column: str, *, store: bool = False, told: str = "") -> Texts:
    """Read a column of texts whole: into memory, or to ``store`` them on disk; progress is printed as ``told``.

    Raises
    ------
    DataError
        For a file that is missing, damaged or of another kind, a column that it has not, and a value that is no text;
        with file, line or row, and what there is.
    """
    texts: list[str] | StoredTexts = StoredTexts() if store else []
    missing = blank = 0
    progress = Progress(told, unit="rows")
    progress.start(total=most_rows(path) if told and path.is_file() else 0)
    for place, row in read_rows(path, [column], wording=_WORDING):
        value = row.get(column)
        if value is None:
            missing += 1
        elif not isinstance(value, str):
            raise DataError(
                f"{path}: {place} holds {type(value).__name__}, not text, in column {column!r};"
                " name the column of texts with --text"
            )
        elif not value.strip():
            blank += 1
        else:
            texts.append(unicode_text(value, path, place))
        if told and not (done := missing + blank + len(texts)) % _TOLD_EVERY:
            progress.update(done)
    return Texts(texts, missing, blank)
