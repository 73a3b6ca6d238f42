"""Instructions with the answers of a model: the title is the instruction, the text the answer."""

import json
from collections.abc import Iterator
from pathlib import Path

from uncollapse.corpora.archives import member
from uncollapse.corpora.document import RawDocument


def documents(archive: Path) -> Iterator[RawDocument]:
    """Documents, one a pair; an instruction's input stands behind it."""
    for row in json.loads(member(archive, "data/alpaca_en_demo.json")):
        title = " ".join(filter(None, [row["instruction"], row["input"]]))
        yield RawDocument(source="Alpaca", title=title, text=row["output"])
