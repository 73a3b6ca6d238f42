"""Kinds of files that hold tables of texts, told by the end of their names."""

from collections.abc import Sequence
from pathlib import Path

KINDS = {
    ".parquet": "parquet",
    ".jsonl": "json",
    ".ndjson": "json",
    ".json": "json",
    ".csv": "csv",
    ".tsv": "tsv",
    ".txt": "csv",
}
TEXTS = (".parquet", ".jsonl", ".ndjson", ".csv", ".tsv")  # what holds texts; .txt holds a table for those who say so
HUB = (*TEXTS, ".json")  # in folders of hub data sets: an array of objects, or one object a line
DELIMITERS = {"csv": ",", "tsv": "\t"}
PACKED = (".gz", ".zst")  # ends of names of files that are packed as a whole


def suffix_of(path: Path | str) -> str:
    """The suffix that tells the kind, in lower case: without the .gz or .zst of a packed file.

    >>> suffix_of("texts.JSONL.gz"), suffix_of("part.0.csv.zst"), suffix_of("texts")
    ('.jsonl', '.csv', '')
    """
    return Path(Path(path).name.lower().removesuffix(packed_as(path))).suffix


def packed_as(path: Path | str) -> str:
    """The end of a packed file's name, one of :data:`PACKED`; empty where it is not packed."""
    suffix = Path(path).suffix.lower()
    return suffix if suffix in PACKED else ""


def stem_of(path: Path | str) -> str:
    """The name without what tells the kind.

    >>> stem_of("a/b.jsonl.gz"), stem_of("part.0.csv")
    ('b', 'part.0')
    """
    return Path(Path(path).name[: -len(packed_as(path)) or None]).stem


def beside(path: Path, word: str) -> Path:
    """A file of the same kind beside another, with a word behind the stem of its name.

    >>> beside(Path("a/b.jsonl.gz"), "random").as_posix()
    'a/b.random.jsonl.gz'
    """
    stem = stem_of(path)
    return path.with_name(f"{stem}.{word}{path.name[len(stem) :]}")


def kind_of(path: Path, among: Sequence[str] = TEXTS) -> str | None:
    """Kind of the file, of :data:`KINDS`; None where its suffix is not ``among`` those asked for.

    >>> kind_of(Path("a.ndjson.gz")), kind_of(Path("a.txt"))
    ('json', None)
    """
    suffix = suffix_of(path)
    return KINDS[suffix] if suffix in among else None
