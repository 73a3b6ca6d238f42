"""A sample of web pages of C4 (Raffel et al. 2020)."""

import json
from collections.abc import Iterator
from pathlib import Path

from uncollapse.corpora.archives import member
from uncollapse.corpora.document import RawDocument


def documents(archive: Path) -> Iterator[RawDocument]:
    """Documents, one a page."""
    for line in member(archive, "data/c4_demo.jsonl").decode("utf-8").splitlines():
        yield RawDocument(source="C4", text=json.loads(line)["text"])
