"""Ends of English sentences: enough to split off a lead and to cut between sentences."""

import re

# a full stop after these ends no sentence; single letters, such as initials and U.S, among them
_ABBREVIATIONS = re.compile(
    r"adm|aug|ave|brig|capt|cf|cmdr|co|col|corp|dec|dept|dr|eq|est|etc|feb|fig|gen|gov|hon|inc|jan|jr|lt|ltd|maj|mr|mrs"
    r"|ms|mt|no|nov|oct|op|pct|pp|prof|pvt|reps?|rev|sens?|sept|sgt|sr|st|supt|vol|vs|(?:[a-z]\.)*[a-z]"
)
_END = re.compile(r"""([.!?]+)["'”’)\]]*\s+(?=["'“‘(\[]?[A-Z0-9])""")
_LAST_WORD = re.compile(r"(\S+)$")


def sentences(text: str) -> list[str]:
    """The sentences of a text, with what follows each up to the next.

    >>> sentences('Mr. Smith went to the U.S. Senate. "Why?" He knew.')
    ['Mr. Smith went to the U.S. Senate. ', '"Why?" ', 'He knew.']
    """
    found, begun = [], 0
    for match in _END.finditer(text):
        plain = match[0].rstrip(" ") == "."  # no line break and no closing quotation mark behind it
        if plain and _is_abbreviation(text[begun : match.start()]):
            continue
        found.append(text[begun : match.end()])
        begun = match.end()
    return [*found, text[begun:]] if begun < len(text) else found


def _is_abbreviation(before: str) -> bool:
    last = _LAST_WORD.search(before)
    word = last[1].lstrip("\"'“‘([").lower() if last else ""
    return _ABBREVIATIONS.fullmatch(word) is not None


def split_lead(text: str, *, fewest: int, most: int, rest: int) -> tuple[str, str]:
    """The first sentence and what follows it; ("", text) where the sentence has not ``fewest`` to ``most`` words, or
    fewer than ``rest`` words follow.

    News is written so that its first sentence says what happened: XSum and XL-Sum took theirs as summaries.
    """
    parts = sentences(text)
    lead, body = parts[0].strip() if parts else "", text[len(parts[0]) :].strip() if parts else ""
    if "\n" in lead or not fewest <= len(lead.split()) <= most or len(body.split()) < rest:
        return "", text
    return lead, body


def passages(text: str, size: int) -> list[str]:
    """A text in pieces of at least ``size`` words, the last of at least half as many where there are several; cut
    between sentences or, where there is none for another ``size`` words, between words.

    >>> passages("One two three. Four five six. Seven.", 3)
    ['One two three.', 'Four five six. Seven.']
    """
    pieces: list[list[str]] = [[]]
    counted = 0
    for sentence in sentences(text):
        # keeps the white space, so that paragraphs stay
        parts = re.findall(r"\S+\s*", sentence)
        for start in range(0, len(parts), size):
            if counted >= size:
                pieces.append([])
                counted = 0
            part = parts[start : start + size]
            pieces[-1].append("".join(part))
            counted += len(part)
    if len(pieces) > 1 and 2 * counted < size:
        last = pieces.pop()
        pieces[-1] += last
    return ["".join(piece).strip() for piece in pieces]
