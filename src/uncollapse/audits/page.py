"""The page on which people label: one file that works offline, one candidate at a time, with keys.

Texts are a model's and may be anything, so none of them is ever markup: they travel as JSON in which no character can
end the element that holds it, and are shown as text alone. The page may run its own script and no other, and may load
nothing (Content-Security-Policy). Labels stay in the browser until they are downloaded as a sheet.
"""

import base64
import hashlib
import json
from collections.abc import Mapping, Sequence
from importlib.resources import files
from pathlib import Path

from uncollapse.audits.sheet import LONGEST
from uncollapse.jobs.partial import whole

_ESCAPED = {"<": "\\u003c", ">": "\\u003e", "&": "\\u0026", "\u2028": "\\u2028", "\u2029": "\\u2029"}


def page(draw: str, rows: Sequence[Mapping[str, str]]) -> str:
    """HTML of the page for rows with key, id, prompt and text."""
    template = files("uncollapse.audits")
    script = (template / "page.js").read_text(encoding="utf-8")
    data = _as_json({"draw": draw, "longest": LONGEST, "rows": [dict(row) for row in rows]})
    parts = {"SCRIPT": script, "POLICY": _source(script), "DATA": data, "DRAW": draw}
    html = (template / "page.html").read_text(encoding="utf-8")
    pieces = html.split("@@")
    return "".join(piece if not place % 2 else parts[piece] for place, piece in enumerate(pieces))


def write_page(path: Path, draw: str, rows: Sequence[Mapping[str, str]]) -> None:
    """Write the page, whole or not at all."""
    with whole(path) as partial:
        partial.write_text(page(draw, rows), encoding="utf-8", errors="replace", newline="\n")


def _as_json(value: object) -> str:
    """JSON without a character that HTML could take for the end of a script, or that a script may not hold."""
    text = json.dumps(value, ensure_ascii=False)
    for character, escape in _ESCAPED.items():
        text = text.replace(character, escape)
    return text


def _source(script: str) -> str:
    """Source of a script as a Content-Security-Policy names it: by its hash."""
    return f"'sha256-{base64.b64encode(hashlib.sha256(script.encode()).digest()).decode()}'"
