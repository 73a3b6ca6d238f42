"""A document, as a reader gives it."""

from dataclasses import dataclass


@dataclass(frozen=True, kw_only=True)
class RawDocument:
    """A text with what belongs to it.

    ``rejected`` is the reason for which its reader sorts it out, such as "holds code"; "" keeps it. Paragraphs are
    separated by line breaks.
    """

    text: str
    title: str = ""
    lead: str = ""
    source: str = ""
    rejected: str = ""
