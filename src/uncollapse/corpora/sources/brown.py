"""The Brown corpus: American English of 1961 in 15 genres, tags of parts of speech removed."""

import re
from collections.abc import Iterator
from pathlib import Path, PurePosixPath

from uncollapse.corpora.archives import members
from uncollapse.corpora.document import RawDocument

_TEXT = re.compile(r"c[a-r]\d\d")
_QUOTES = {"``": '"', "''": '"', "`": "'"}
_INSIDE = (".", ",", "?", "!")
_DOUBLED = ("?", "!", ";", ":")


def documents(archive: Path) -> Iterator[RawDocument]:
    """Documents, one a text, with its genre as the source; paragraphs as printed, headings left out."""
    texts = dict(members(archive))
    genres = dict(line.split() for line in texts["cats.txt"].decode("ascii").splitlines() if line.strip())
    for name in sorted(filter(_TEXT.fullmatch, (PurePosixPath(name).name for name in texts))):
        paragraphs = re.split(r"\n\s*\n", texts[name].decode("latin-1"))
        plain = (_untagged(part) for part in paragraphs)
        yield RawDocument(source=genres[name], title=name, text="\n".join(filter(None, plain)))


def _untagged(paragraph: str) -> str:
    """A paragraph as text: ``the/at jury/nn said/vbd ./.`` is "the jury said."."""
    found: list[str] = []
    for line in paragraph.splitlines():
        pairs = [token.rpartition("/") for token in line.split()]
        # tags of words in headings end in -hl
        if pairs and all(tag.endswith("-hl") or not word[:1].isalnum() for word, _, tag in pairs):
            continue
        for word, _, _tag in pairs:
            # the corpus writes marks at the end of a sentence twice, and ** for what type could not show
            doubled = word in _DOUBLED and found[-1:] == [word]
            if not (doubled or word.startswith("**")):
                found.append(word)
    return _joined(found)


def _joined(tokens: list[str]) -> str:
    text = ""
    glue, ended = True, False
    for token in tokens:
        mark = _QUOTES.get(token, token)
        closing = token == "''" or re.fullmatch(r"[.,;:?!)\]]+", token) is not None
        if ended and token in _INSIDE:
            text = f'{text[:-1]}{mark}"'  # the corpus has it behind the quotation mark, print before
        else:
            text += mark if glue or closing else f" {mark}"
        ended = token == "''"
        glue = token in ("``", "`", "(", "[")
    return text.strip()
