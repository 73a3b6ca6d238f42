"""Plain text in one form: composed Unicode, single spaces, one line break between paragraphs."""

import re
import unicodedata

# what a decoder writes for bytes it could not read, and UTF-8 that was read as Windows-1252: a letter for each byte
_FOLLOWING = re.escape(bytes(range(0x80, 0xC0)).decode("cp1252", "ignore").replace("\u00a0", ""))
_UNREADABLE = re.compile(
    f"\ufffd|[\u00c2\u00c3\u00c5][{_FOLLOWING}]|\u00e2[\u20ac\u201a\u201e][{_FOLLOWING}]|\u00e2\u20ac"
)

# control and format characters (zero width, direction marks, soft hyphens), but line breaks
_INVISIBLE = re.compile(r"[\x00-\x08\x0e-\x1f\x7f-\x84\x86-\x9f\xad\u200b-\u200f\u202a-\u202e\u2060-\u2064\ufeff]")
_LINE_BREAKS = re.compile(r"\r\n?|[\x0b\x0c\x85\u2028\u2029]")
_SPACES = re.compile(r"[^\S\n]+")
_BLANK = re.compile(r" ?\n[ \n]*")


def normalise(text: str) -> str:
    r"""One form for texts that read alike; words are left as they are.

    >>> normalise(" A  line\u00a0break.\r\n\r\n\tNext\u200b one. ")
    'A line break.\nNext one.'
    """
    text = unicodedata.normalize("NFC", text)
    if not text.replace("\n", "").isprintable():  # hardly any text has such a character, and to look so is quicker
        text = _SPACES.sub(" ", _INVISIBLE.sub("", _LINE_BREAKS.sub("\n", text)))
    elif "  " in text:
        text = _SPACES.sub(" ", text)
    return _BLANK.sub("\n", text).strip() if "\n" in text else text.strip()


def unwrap(text: str) -> str:
    r"""Join the lines of each paragraph, where paragraphs are separated by empty lines.

    >>> unwrap("one\nline\n\nanother")
    'one line\nanother'
    """
    paragraphs = re.split(r"\n\s*\n", _LINE_BREAKS.sub("\n", text))
    return "\n".join(filter(None, (" ".join(paragraph.split()) for paragraph in paragraphs)))


def is_readable(text: str) -> bool:
    """Whether a text came through its encodings whole."""
    return _UNREADABLE.search(text) is None


def words(text: str) -> int:
    """Words as separated by white space."""
    return len(text.split())
