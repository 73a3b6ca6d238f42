"""Cleaning of a reader's documents, one at a time, with an account of what became of each."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace

from uncollapse.corpora.cleaning import is_readable, normalise, words
from uncollapse.corpora.deduplication import Duplicates
from uncollapse.corpora.document import RawDocument
from uncollapse.corpora.sentences import passages, split_lead
from uncollapse.corpora.settings import CleaningSettings

# in the order in which they are looked for, after the reasons a reader has of its own
REASONS = (
    "empty text",
    "unreadable characters",
    "too short",
    "too long",
    "exact duplicate",
    "near duplicate",
)
# read before any of them is looked up among earlier ones; results do not depend on it
_DOCUMENTS, _CHARACTERS = 1000, 4_000_000


@dataclass
class Account:
    """Documents and words that were read, dropped for each reason, kept, and written (passages count on their own)."""

    read: list[int] = field(default_factory=lambda: [0, 0])
    dropped: dict[str, list[int]] = field(default_factory=dict)
    kept: list[int] = field(default_factory=lambda: [0, 0])
    written: list[int] = field(default_factory=lambda: [0, 0])
    with_lead: list[int] = field(default_factory=lambda: [0, 0])

    def steps(self) -> list[tuple[str, int, int]]:
        """(step, documents left, words left), in order."""
        rows = [("read", *self.read)]
        left = list(self.read)
        own = sorted(set(self.dropped) - set(REASONS))
        for reason in [*own, *REASONS]:
            documents, count = self.dropped.get(reason, (0, 0))
            left = [left[0] - documents, left[1] - count]
            rows.append((f"without {reason}", *left))
        rows.append(("kept", *self.kept))
        if self.with_lead[0]:
            rows.append(("kept, with a lead", *self.with_lead))
        if self.written[0] != self.kept[0]:
            rows.append(("passages", *self.written))
        return [(str(step), int(documents), int(count)) for step, documents, count in rows]


def prepare(documents: Iterable[RawDocument], settings: CleaningSettings, account: Account) -> Iterator[RawDocument]:
    """Clean documents, in order; ``account`` is kept up to date."""
    seen = Duplicates(near=settings.near_duplicates)
    for several in _together(documents):
        cleaned = [_cleaned(raw, settings) for raw in several]
        reasons = [document.rejected or _reason(document, settings) for document in cleaned]
        texts = [f"{d.lead} {d.text}" for d, reason in zip(cleaned, reasons, strict=True) if not reason]
        repeated = iter(seen.reasons(texts))
        for document, reason in zip(cleaned, reasons, strict=True):
            size = words(document.lead) + words(document.text)
            _add(account.read, size)
            if reason := reason or next(repeated):
                _add(account.dropped.setdefault(reason, [0, 0]), size)
                continue
            _add(account.kept, size)
            if document.lead:
                _add(account.with_lead, size)
            for piece in passages(document.text, settings.passage_words) if settings.passage_words else [document.text]:
                _add(account.written, words(piece))
                yield replace(document, text=piece)


def _together(documents: Iterable[RawDocument]) -> Iterator[list[RawDocument]]:
    """Documents in groups that are small enough to be held at once."""
    several, characters = [], 0
    for document in documents:
        several.append(document)
        characters += len(document.text) + len(document.lead)
        if len(several) >= _DOCUMENTS or characters >= _CHARACTERS:
            yield several
            several, characters = [], 0
    if several:
        yield several


def _cleaned(raw: RawDocument, settings: CleaningSettings) -> RawDocument:
    title, lead = (" ".join(normalise(part).split()) for part in (raw.title, raw.lead))
    text = normalise(raw.text)
    if settings.lead == "first_sentence" and not lead:
        fewest, most = settings.lead_words
        lead, text = split_lead(text, fewest=fewest, most=most, rest=settings.min_words)
    return replace(raw, title=title, lead=lead, text=text)


def _reason(document: RawDocument, settings: CleaningSettings) -> str:
    count = words(document.text)
    if not count:
        return "empty text"
    if not is_readable(f"{document.title} {document.lead} {document.text}"):
        return "unreadable characters"
    if count < settings.min_words:
        return "too short"
    if settings.max_words is not None and count > settings.max_words:
        return "too long"
    return ""


def _add(counts: list[int], size: int) -> None:
    counts[0] += 1
    counts[1] += size
