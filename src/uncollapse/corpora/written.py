"""Files of texts opened for writing: plain, or packed as the end of their names says (.gz, .zst)."""

import gzip
import json
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from io import TextIOWrapper
from pathlib import Path
from typing import Any, TextIO

import pyarrow as pa

from uncollapse.corpora.formats import TEXTS, kind_of, packed_as
from uncollapse.errors import DataError


def check_kind(path: Path, *, option: str, among: Sequence[str] = TEXTS) -> None:
    """Refuse a name that says no kind of file that can be written.

    Raises
    ------
    DataError
        Naming the option and what there is.
    """
    kind = kind_of(path, among)
    if kind is None or (kind == "parquet" and packed_as(path)):
        packed = "all but .parquet also in" if ".parquet" in among else "also in"
        raise DataError(f"{option} {path}: must end in {', '.join(among)}; {packed} .gz or .zst")


@contextmanager
def writing(path: Path) -> Iterator[TextIO]:
    """The text of a new file, UTF-8; line ends are written as they are given."""
    how = packed_as(path)
    if how == ".zst":
        with TextIOWrapper(pa.output_stream(path, compression="zstd"), encoding="utf-8", newline="") as file:
            yield file
    elif how:
        with gzip.open(path, "wt", encoding="utf-8", newline="") as file:
            yield file
    else:
        with path.open("w", encoding="utf-8", newline="") as file:
            yield file


def json_line(row: Mapping[str, Any]) -> str:
    """A row as a line of JSON; characters as they are, but for halves of a pair, which UTF-8 cannot hold.

    >>> json_line({"text": "ü"}), json_line({"text": "\\ud83d"})
    ('{"text": "ü"}\\n', '{"text": "\\\\ud83d"}\\n')
    """
    text = json.dumps(row, ensure_ascii=False, default=str)
    try:
        text.encode()
    except UnicodeEncodeError:
        text = json.dumps(row, default=str)
    return text + "\n"
