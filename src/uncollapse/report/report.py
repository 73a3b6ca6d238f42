"""The report: one self-contained HTML page from frames and pictures, for someone who has never seen the project.

Rendering is a pure function of a :class:`Report`: no dates, no paths, no network, and the same bytes for the same
content. The template stands beside this module in ``report.html.j2``.
"""

import base64
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import jinja2
import pandas as pd
from markupsafe import Markup

from uncollapse.analysis.claims_table import CHECK
from uncollapse.analysis.formatting import measured, number, stacked, to_html
from uncollapse.analysis.style import Figure
from uncollapse.analysis.table import Table
from uncollapse.report.claim_list import ScaleClaims, claim_list, headline, headline_elsewhere, is_checked
from uncollapse.report.report_tables import (
    card_head,
    count_rows,
    example_groups,
    feature_rows,
    proxy_rows,
    records,
)

VERDICT_WORDS = {
    "reproduced": "our interval lies wholly on the side the paper claims",
    "contradicted": "our interval lies wholly on the other side, in at least one part of the claim",
    "equal within delta": "there is no difference as large as the claim's words ask for",
    "inconclusive": "the interval reaches across, so this run cannot tell",
    "premise not met": "the claim supposes what this run does not have",
    "not run at this scale": "nothing in this run measures it",
}

# by the first part of a claim's id
PAPERS = {
    "feng": "Feng et al. 2024, Beyond Model Collapse",
    "fengv2": "Feng et al. 2024, Beyond Model Collapse",
    "dohm": "Dohmatob et al. 2024, Model Collapse Demystified",
    "gerst": "Gerstgrasser et al. 2024, Is Model Collapse Inevitable?",
    "zhu": "Zhu et al. 2024, How to Synthesize Text Data without Model Collapse?",
    "lee": "Lee et al. 2025, Self-Improving Transformers",
}


@dataclass(frozen=True, kw_only=True)
class Origin:
    """The origin of an artifact: the command that makes it again, the files it stands in, the code behind it."""

    command: str
    files: tuple[str, ...] = ()
    modules: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True)
class KeptTable:
    """The same table at another scale; ``heading`` says at which, where and when."""

    heading: str
    comparison: pd.DataFrame
    origin: Origin


@dataclass(frozen=True, kw_only=True)
class KeptFigure:
    """The same figure, drawn from tables of another scale."""

    heading: str
    svg: bytes
    origin: Origin


@dataclass(frozen=True, kw_only=True)
class TableArtifact:
    """A table (``comparison`` as from :func:`uncollapse.analysis.comparison.compare`) with its description.

    ``kept`` is what is kept of it from other scales, to be shown below.
    """

    name: str
    table: Table
    comparison: pd.DataFrame
    origin: Origin
    kept: tuple[KeptTable, ...] = ()


@dataclass(frozen=True, kw_only=True)
class FigureArtifact:
    """A figure as SVG bytes with its description; ``kept`` is the same figure at other scales."""

    name: str
    figure: Figure
    svg: bytes
    origin: Origin
    kept: tuple[KeptFigure, ...] = ()


@dataclass(frozen=True, kw_only=True)
class Section:
    """One experiment: settings, tables and figures in reading order, and what is known of its data sets.

    ``settings``: setting, ours, paper (text; paper may be null). ``proxy``: dataset, quantity, value, low, high.
    ``examples``: prompt_id, quantile, prompt, answer, model, text, metric, value, perplexity. ``card``: corpus, step,
    documents, words, origin, package, version, licence. ``words``: what data sets hold, by name.
    ``kept_features``: feature, kept_mean, kept_low, kept_high, dropped_mean, dropped_low, dropped_high, and dataset
    where there are several. ``choices``: simulation, setting, value, reason. Each of these may be left out. ``notes``
    are sentences to be read beside the introduction.
    """

    key: str
    title: str
    introduction: str
    artifacts: tuple[TableArtifact | FigureArtifact, ...] = ()
    notes: tuple[str, ...] = ()
    words: Mapping[str, str] = field(default_factory=dict)
    settings: pd.DataFrame | None = None
    choices: pd.DataFrame | None = None
    proxy: pd.DataFrame | None = None
    proxy_origin: Origin | None = None
    kept_features: pd.DataFrame | None = None
    kept_features_origin: Origin | None = None
    examples: pd.DataFrame | None = None
    examples_origin: Origin | None = None
    card: pd.DataFrame | None = None
    card_origin: Origin | None = None


@dataclass(frozen=True, kw_only=True)
class Report:
    """The content of the page.

    ``scale`` names the configuration; ``claims`` is the content of claims.parquet, ``elsewhere`` what other scales
    found, and ``parts`` says of each kept part of these, in words, how it was measured. ``row_counts``: stage,
    artifact, rows_in, rows_kept, reason, rows_dropped, one row per stage, artifact and reason (reason null where
    nothing was dropped).
    """

    title: str
    scale: str
    scale_note: str
    sections: tuple[Section, ...]
    claims: pd.DataFrame
    claims_origin: Origin
    elsewhere: tuple[ScaleClaims, ...] = ()
    parts: tuple[str, ...] = ()
    row_counts: pd.DataFrame | None = None
    row_counts_origin: Origin | None = None
    settings: pd.DataFrame | None = None
    versions: Mapping[str, str] = field(default_factory=dict)


def render(report: Report) -> str:
    """The page as HTML text."""
    environment = jinja2.Environment(
        loader=jinja2.PackageLoader("uncollapse.report", "."),
        autoescape=True,
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )
    environment.filters |= {"data_uri": _data_uri, "slug": _slug, "comparison": _comparison, "by_paper": _by_paper}
    environment.filters["stacked"] = lambda text: Markup(stacked(text))  # escapes what it is given
    environment.tests["figure"] = lambda artifact: isinstance(artifact, FigureArtifact)
    called = (number, measured, proxy_rows, feature_rows, count_rows, example_groups, card_head, records)
    environment.globals |= {function.__name__: function for function in called} | {"verdict_words": VERDICT_WORDS}
    claims = claim_list(report.claims, report.scale, report.elsewhere)
    judged = [claim for claim in claims if claim["kind"] != CHECK and is_checked(claim)]
    return environment.get_template("report.html.j2").render(
        report=report,
        headline=headline(report.claims),
        headlines=[headline_elsewhere(known) for known in report.elsewhere],
        shown={verdict["verdict"] for claim in claims if claim["kind"] != CHECK for verdict in claim["verdicts"]},
        checked=judged,
        waiting=[claim for claim in claims if claim["kind"] != CHECK and not is_checked(claim)],
        checks=[claim for claim in claims if claim["kind"] == CHECK],
    )


def _by_paper(claims: Sequence[Mapping[str, Any]]) -> list[tuple[str, list[Mapping[str, Any]]]]:
    """Claims under the papers that make them, which the first part of a claim's id names; each in its order."""
    found: dict[str, list[Mapping[str, Any]]] = {}
    for claim in claims:
        paper = claim["id"].partition("-")[0]
        found.setdefault(PAPERS.get(paper, paper), []).append(claim)
    return list(found.items())


def _data_uri(svg: bytes) -> str:
    """An image address that holds the image: figures keep their own ids and need no second file."""
    return "data:image/svg+xml;base64," + base64.b64encode(svg).decode()


def _comparison(artifact: TableArtifact | KeptTable, table: Table) -> Markup:
    return Markup(to_html(artifact.comparison, table))  # to_html escapes every cell


def _slug(text: Any) -> str:
    return "".join(letter if letter.isalnum() else "-" for letter in str(text).lower())
