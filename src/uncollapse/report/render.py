"""The page as HTML: a pure function of a :class:`~uncollapse.report.report.Report`.

No dates, no paths, no network, and the same bytes for the same content. Templates, style and script stand beside this
module in ``*.j2``.
"""

from collections.abc import Sequence
from typing import Any

import jinja2
import pandas as pd
from markupsafe import Markup

from uncollapse.analysis.claims_table import CHECK, CONFIRMATORY
from uncollapse.analysis.formatting import measured, number
from uncollapse.analysis.table import Table
from uncollapse.analysis.verdict import NOT_RUN, PREMISE_NOT_MET
from uncollapse.report.answers import answers
from uncollapse.report.claim_list import claim_list, headline, headline_elsewhere, holds, is_checked
from uncollapse.report.comparisons import is_mixed, outcomes, part_shown, unit_shown
from uncollapse.report.evidence import gather
from uncollapse.report.formulas import with_formulas
from uncollapse.report.html_table import plain, stacked, to_html
from uncollapse.report.links import claims_of, finding, products_of
from uncollapse.report.papers import by_paper, paper_of, paragraphs, weightiest
from uncollapse.report.picture import picture
from uncollapse.report.report import FigureArtifact, KeptTable, Report, TableArtifact
from uncollapse.report.report_tables import card_head, count_rows, example_groups, feature_rows, proxy_rows, records
from uncollapse.report.sizes import sizes
from uncollapse.statistics.counted import counted

VERDICT_WORDS = {
    "reproduced": "our interval lies wholly on the side the paper claims",
    "contradicted": "our interval lies wholly on the other side, in at least one part of the claim",
    "equal within delta": "there is no difference as large as the claim's words ask for",
    "inconclusive": "the interval reaches across, so that it cannot be told",
    PREMISE_NOT_MET: "the claim supposes what the run does not have",
    NOT_RUN: "nothing in this run measures it",
}


def render(report: Report) -> str:
    """The page as HTML text."""
    artifacts = {artifact.name: artifact for section in report.sections for artifact in section.artifacts}
    products = products_of(report.shown, list(artifacts))
    claims = [
        claim | {"weighty": weightiest(claim), "paper": paper_of(claim["id"])}
        for claim in claim_list(
            report.claims, report.scale, report.elsewhere, sizes(products, report.sections, report.scale)
        )
    ]
    papers = [claim for claim in claims if claim["kind"] != CHECK]
    judged = [claim for claim in papers if is_checked(claim)]
    checks = [claim for claim in claims if claim["kind"] == CHECK and is_checked(claim)]
    gists = dict(zip(report.shown["id"], report.shown["gist"], strict=True))
    units = dict(zip(report.shown["id"], report.shown["unit"], strict=True))
    shown_claims = claims_of(products, judged)
    environment = _environment()
    environment.globals |= {
        "gist": lambda claim: gists.get(claim["id"]) or claim["statement"],
        "unit": lambda verdict: unit_shown(verdict, units.get(verdict["id"], "")),
        "shown_by": lambda claim: [artifacts[name] for name in products.get(claim["id"], ())],
        "claims_on": lambda artifact: shown_claims.get(artifact.name, []),
        "finding": lambda artifact: finding(shown_claims.get(artifact.name, []), gists),
    }
    carriers = {claim["id"]: claim["weighty"]["scale"] for claim in claims}
    evidence = gather(report.scale, _tables(report), report.claims, report.elsewhere, carriers)
    return environment.get_template("report.html.j2").render(
        report=report,
        answers=() if report.alone else answers(evidence, report.claims),
        paragraphs=paragraphs(papers, gists, units) if judged else (),
        headline=headline(report.claims),
        headlines=[headline_elsewhere(known) for known in report.elsewhere],
        shown={claim["weighty"]["verdict"] for claim in papers},
        checked=judged,
        waiting=[] if report.alone else [claim for claim in papers if not is_checked(claim)],
        checks=[claim for claim in checks if holds(claim)],
        failing=[claim for claim in checks if not holds(claim)],
    )


def _environment() -> jinja2.Environment:
    environment = jinja2.Environment(
        loader=jinja2.PackageLoader("uncollapse.report", "."),
        autoescape=True,
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )
    environment.filters |= {"slug": _slug, "comparison": _comparison, "by_paper": by_paper, "formulas": with_formulas}
    environment.filters |= {
        "stacked": lambda text: Markup(stacked(text)),
        "picture": picture,
    }  # escapes what it is given
    environment.tests["figure"] = lambda artifact: isinstance(artifact, FigureArtifact)
    called = (
        *(number, measured, counted, proxy_rows, feature_rows, count_rows, example_groups, card_head, records),
        *(is_mixed, outcomes, part_shown),
    )
    environment.globals |= {function.__name__: function for function in called} | {"verdict_words": VERDICT_WORDS}
    environment.globals |= {
        "table": _plain,
        "title_of": _title_of,
        "NOT_RUN": NOT_RUN,
        "PREMISE_NOT_MET": PREMISE_NOT_MET,
        "CONFIRMATORY": CONFIRMATORY,
    }
    return environment


def _tables(report: Report) -> dict[str, dict[str, pd.DataFrame]]:
    """The comparisons of every scale on the page, by their names."""
    found: dict[str, dict[str, pd.DataFrame]] = {report.scale: {}}
    for section in report.sections:
        for artifact in section.artifacts:
            if isinstance(artifact, TableArtifact):
                found[report.scale][artifact.name] = artifact.comparison
                for kept in artifact.kept:
                    found.setdefault(kept.scale, {})[artifact.name] = kept.comparison
    return found


def _title_of(artifact: TableArtifact | FigureArtifact) -> str:
    return artifact.figure.title if isinstance(artifact, FigureArtifact) else artifact.table.title


def _comparison(artifact: TableArtifact | KeptTable, table: Table) -> Markup:
    return Markup(to_html(artifact.comparison, table))  # to_html escapes every cell


def _plain(
    heads: Sequence[str], lines: Sequence[Sequence[Any]], caption: str, labels: int = 1, classes: str = "number"
) -> Markup:
    """A table of the template's own cells, text or HTML."""
    cells = [[str(Markup.escape(cell)) for cell in line] for line in lines]
    return Markup(plain(heads, cells, caption=caption, labels=labels, classes=classes))


def _slug(text: Any) -> str:
    return "".join(letter if letter.isalnum() else "-" for letter in str(text).lower())
