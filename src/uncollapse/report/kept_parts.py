"""Kept parts of other scales on the page: their tables, figures drawn from these, and their verdicts."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pandas as pd

from uncollapse.analysis import style
from uncollapse.analysis.kept_table import kept_table
from uncollapse.analysis.rendering import render
from uncollapse.artifacts.measured_parts import MeasuredPart, in_words
from uncollapse.products.needs import needed
from uncollapse.products.products import load_product
from uncollapse.report.claim_list import ScaleClaims
from uncollapse.report.report import KeptFigure, KeptTable, Origin
from uncollapse.statistics.counted import counted


@dataclass(frozen=True, kw_only=True)
class KeptPart:
    """One part with its tables; ``files`` are those that it stands in, and ``command`` is what makes it."""

    heading: str
    scale: str
    command: str
    about: Path
    tables: dict[str, pd.DataFrame]
    files: dict[str, Path]

    def origin(self, tables: Sequence[str]) -> Origin:
        """The origin of what is made of some of its tables."""
        return Origin(command=self.command, files=(*(str(self.files[name]) for name in tables), str(self.about)))


def kept_parts(parts: Sequence[MeasuredPart], files: Sequence[Path]) -> list[KeptPart]:
    """Parts with those of their tables that ``files`` lists."""
    found = []
    for part in parts:
        about = part.about()
        mine = {name: path for name, path in part.tables.items() if path in files}
        tables = {
            name: kept_table(path, about["columns"].get(name, {}), load_product("tables", name).TABLE.keys)
            for name, path in mine.items()
        }
        made = command(about["experiment"], overlays=about["overlays"])
        found.append(
            KeptPart(
                heading=in_words(about),
                scale=about["scale"],
                command=made,
                about=part.about_file,
                tables=tables,
                files=mine,
            )
        )
    return found


def kept_tables(parts: Sequence[KeptPart], name: str) -> tuple[KeptTable, ...]:
    """A table at each scale that has it."""
    return tuple(
        KeptTable(heading=part.heading, scale=part.scale, comparison=part.tables[name], origin=part.origin([name]))
        for part in parts
        if name in part.tables
    )


def kept_figures(parts: Sequence[KeptPart], name: str) -> tuple[KeptFigure, ...]:
    """A figure at each scale, if it is drawn from tables alone, and they are kept."""
    found, frames = [], needed("figures", name)
    for part in parts:
        if frames and set(frames) <= part.tables.keys():
            with style.styled():
                canvas = load_product("figures", name).draw(**{frame: part.tables[frame] for frame in frames})
            svg = render(canvas, "svg")
            found.append(KeptFigure(heading=part.heading, svg=svg, origin=part.origin(frames)))
    return tuple(found)


def elsewhere(scale: str, claims: pd.DataFrame) -> tuple[ScaleClaims, ...]:
    """Verdicts of scales other than the run's, a group for each, from claims_by_scale.parquet."""
    found = []
    for name, rows in claims[claims["scale"] != scale].groupby("scale", sort=False):
        found.append(ScaleClaims(scale=str(name), where=_where(rows.to_dict("records")), claims=rows))
    return tuple(found)


def _where(rows: Sequence[dict[str, Any]]) -> str:
    """A scale with when and at which commits its parts were measured, and with the machine where they are one.

    >>> at = {"scale": "evidence", "machine": "two cores"}
    >>> _where([at | {"commit": "a" * 40, "date": "2026-11-29"}, at | {"commit": "b" * 40, "date": "2026-11-30"}])
    'evidence scale, in 2 parts, 2026-11-29 to 2026-11-30, commits aaaaaaa and bbbbbbb'
    """
    parts = dict.fromkeys(in_words(row) for row in rows)
    if len(parts) == 1:
        return next(iter(parts))
    days = sorted({row["date"] for row in rows})
    *others, last = dict.fromkeys(row["commit"][:7] for row in rows)
    commits = f"commits {', '.join(others)} and {last}" if others else f"commit {last}"
    between = " to ".join(dict.fromkeys((days[0], days[-1])))
    return f"{rows[0]['scale']} scale, in {len(parts)} parts, {between}, {commits}"


def told(about: dict[str, Any]) -> str:
    """The making of a kept part in words."""
    words = in_words(about)
    trained = f"{counted(about['trainings'], 'training')}"
    if about["processor_seconds"]:
        trained += f", {about['processor_seconds'] / 3600:.1f} hours of processor time"
    further = about.get("further_overlays")
    also = f" With, beside these files: {json.dumps(further)}." if further else ""
    files = f" {', '.join(about['overlays'])}.{also}" if about["overlays"] else also
    return f"{words[0].upper()}{words[1:]}, experiment {about['experiment']}: {trained}.{files} {about['note']}"


def command(*targets: str, overlays: Sequence[str]) -> str:
    """The command that makes files or an experiment of a scale, made of these overlays."""
    return " ".join(["snakemake --cores 2", *targets, *(["--configfile", *overlays] if overlays else [])])
