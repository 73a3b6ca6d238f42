"""Articles of the English Wikipedia, one a line, whose line breaks and headings were lost."""

import re
from collections.abc import Iterator
from pathlib import Path

from uncollapse.corpora.archives import member
from uncollapse.corpora.document import RawDocument

# a paragraph's last sentence and the next one's first stand without a space
_SEAM = re.compile(r"(?<=[a-z0-9)\"][.!?])(?=[A-Z][a-z])")
_LISTS = re.compile(
    r"(?<=[.!?)\"])\s*(?:See also|References|Notes|Citations|Footnotes)(?=\s|[A-Z])"
    r"|References(?=External links|Citations|Sources|Further reading|Notes)"
)


def documents(archive: Path) -> Iterator[RawDocument]:
    """Documents, one an article, without the lists behind it. Headings within cannot be told from text, and stay."""
    for line in member(archive, "data/wiki_demo.txt").decode("utf-8").splitlines():
        # the same words occur in sentences: lists stand in the last part
        half = len(line) // 2
        end = _LISTS.search(line, half)
        yield RawDocument(source="Wikipedia", text=_SEAM.sub("\n", line[: end.start() if end else None]))
