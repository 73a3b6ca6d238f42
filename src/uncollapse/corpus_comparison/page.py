"""One self-contained page on how two corpora differ: verdicts first, then figures with their numbers folded away."""

from collections.abc import Sequence
from dataclasses import dataclass
from importlib.resources import files

import jinja2
import pandas as pd
from markupsafe import Markup
from matplotlib.figure import Figure as Canvas

from uncollapse.analysis.rendering import render
from uncollapse.diagnostics.verdicts import Verdict


@dataclass(frozen=True)
class Section:
    """A figure with its caption, and the measurements that belong to it."""

    title: str
    caption: str
    figure: Canvas
    rows: pd.DataFrame


@dataclass(frozen=True)
class Corpus:
    """Description of one corpus in the page's head."""

    name: str
    file: str
    documents: str
    compared: str


def summarize(verdicts: Sequence[Verdict], *, first: str, second: str) -> str:
    """The answer in a sentence: where the second corpus is narrower, where not, where nobody can tell."""
    groups = {
        answer: list(dict.fromkeys(verdict.diagnostic for verdict in verdicts if verdict.answer == answer))
        for answer in ("narrower", "not narrower", "cannot tell")
    }
    parts = []
    if groups["narrower"]:
        parts.append(f"{second} is narrower than {first} in its {_listed(groups['narrower'])}")
    if groups["not narrower"]:
        subject = "it is not narrower" if parts else f"{second} is not narrower than {first}"
        parts.append(f"{subject} in its {_listed(groups['not narrower'])}")
    if groups["cannot tell"]:
        parts.append(f"{'the intervals' if parts else 'The intervals'} allow no answer on its "
                     f"{_listed(groups['cannot tell'])}")  # fmt: skip
    if not parts:
        return "Nothing could be judged; below is why."
    return "; ".join(parts) + "."


def page(
    *,
    first: str,
    second: str,
    corpora: Sequence[Corpus],
    verdicts: Sequence[Verdict],
    sections: Sequence[Section],
    skipped: Sequence[str],
    notes: Sequence[str] = (),
) -> str:
    """The page as HTML text, with its figures inside."""
    text = files("uncollapse.corpus_comparison").joinpath("page.html.j2").read_text(encoding="utf-8")
    template = jinja2.Environment(autoescape=True, undefined=jinja2.StrictUndefined).from_string(text)
    return template.render(
        first=first,
        second=second,
        summary=summarize(verdicts, first=first, second=second),
        corpora=corpora,
        verdicts=verdicts,
        skipped=skipped,
        notes=notes,
        sections=[
            {
                "title": section.title,
                "caption": section.caption,
                "svg": Markup(_inline(render(section.figure, "svg"), number)),
                "rows": section.rows.to_dict("records"),
            }
            for number, section in enumerate(sections)
        ],
    )


def _inline(svg: bytes, number: int) -> str:
    """The <svg> element alone, its ids made this page's own."""
    text = svg.decode("utf-8")
    text = text[text.index("<svg") :]
    for mark in ('id="', 'href="#', "url(#"):
        text = text.replace(mark, f"{mark}f{number}-")
    return text


def _listed(names: Sequence[str]) -> str:
    return names[0] if len(names) == 1 else ", ".join(names[:-1]) + " and " + names[-1]
