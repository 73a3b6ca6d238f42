"""The content of the report: frames and pictures, for someone who has never seen the project.

:mod:`uncollapse.report.render` makes one self-contained HTML page of it.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field

import pandas as pd

from uncollapse.analysis.style import Figure
from uncollapse.analysis.table import Table
from uncollapse.report.claim_list import ScaleClaims


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
    scale: str = ""


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
    are sentences to be read beside the introduction, and ``answer`` is the one that comes before it.
    """

    key: str
    title: str
    introduction: str
    answer: str = ""
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
    nothing was dropped). ``shown``: id, gist, products and unit of claims: what each says in
    a few words, the tables and figures that show it, and the unit of its number. ``alone`` names the experiments of a
    report that is about these and no paper.
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
    shown: pd.DataFrame = field(default_factory=lambda: pd.DataFrame(columns=["id", "gist", "products", "unit"]))
    alone: tuple[str, ...] = ()
