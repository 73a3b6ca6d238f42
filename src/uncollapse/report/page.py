"""The content of the page, from the report stage's spec and input files."""

from collections.abc import Sequence
from dataclasses import replace
from importlib import import_module
from importlib.metadata import version
from pathlib import Path
from types import ModuleType
from typing import Any

import pandas as pd

from uncollapse.analysis.claims_table import COLUMNS
from uncollapse.analysis.comparison import MEASURES
from uncollapse.analysis.formatting import measured
from uncollapse.analysis.scale_claims import SCALE_COLUMNS
from uncollapse.analysis.table import NOTE
from uncollapse.analysis.verdict import NOT_RUN
from uncollapse.artifacts.measured_parts import MeasuredPart
from uncollapse.artifacts.parquet import read_any, row_account
from uncollapse.products.products import load_product, read_frame
from uncollapse.report.kept_parts import KeptPart, command, elsewhere, kept_figures, kept_parts, kept_tables, told
from uncollapse.report.report import FigureArtifact, Origin, Report, Section, TableArtifact
from uncollapse.report.theory_sections import THEORY_SECTIONS

THEORY = "theory"  # the name of its section in the spec, and of the simulations' folder
_HEAD = ("kind", "title", "about")  # keys of an experiment that are no settings to be compared with a paper's
_LIBRARIES = ("uncollapse", "torch", "numpy", "pyarrow", "snakemake")


def assemble(spec: dict[str, Any], inputs: dict[str, list[Path]]) -> Report:
    """Everything on the page; spec as from :mod:`uncollapse.planning.report`.

    Inputs without files are left out: a run may have no tables, or nothing whose rows are counted.
    """
    files = {(kind, path.stem): path for kind in ("tables", "figures") for path in inputs.get(kind, [])}
    parts = [MeasuredPart(path.parent) for path in inputs.get("measured_about", [])]
    kept = kept_parts(parts, inputs.get("measured_tables", []))
    papers = pd.read_csv(inputs["paper_settings"][0], keep_default_na=False)
    results, alone = spec["results"], tuple(spec["alone"])
    claims = read_any(inputs["claims"][0], COLUMNS).to_pandas()
    if alone:  # what others are needed for says nothing about these
        claims = claims[claims["verdict"] != NOT_RUN].reset_index(drop=True)
    titles = [
        section.get("settings", {}).get("title") or section["experiment"] for section in spec["sections"] if alone
    ]
    return Report(
        title=", ".join(titles) if alone else "Does training on synthesized data work?",
        scale=spec["scale"],
        scale_note=spec["note"],
        sections=tuple(
            part
            for section in spec["sections"]
            for part in (
                _theory(spec, section, files, kept)
                if section["experiment"] == THEORY
                else [_section(spec, section, files, kept, inputs, papers, claims)]
            )
        ),
        claims=claims,
        elsewhere=elsewhere(spec["scale"], read_any(inputs["claims_by_scale"][0], SCALE_COLUMNS).to_pandas()),
        parts=tuple(told(part.about()) for part in parts),
        claims_origin=_origin(
            spec, [f"{results}/claims.parquet", f"{results}/claims_by_scale.parquet"], ["uncollapse.products.claims"]
        ),
        row_counts=_row_counts(inputs.get("accounted", []), spec["counted"]),
        row_counts_origin=_origin(spec, [f"{results}/report.html"], ["uncollapse.artifacts.parquet"]),
        versions={name: version(name).partition("+")[0] for name in _LIBRARIES},
        shown=_shown(inputs["shown"][0], inputs["limits"][0]),
        alone=alone,
    )


def _shown(claims: Path, limits: Path) -> pd.DataFrame:
    """id, gist, products, and the unit of each claim's last reading."""
    units = pd.read_csv(limits, keep_default_na=False).groupby("id")["unit"].last()
    shown = pd.read_csv(claims, keep_default_na=False)
    return shown.assign(unit=shown["id"].map(units).fillna(""))


def _section(
    spec: dict[str, Any],
    section: dict[str, Any],
    files: dict[tuple[str, str], Path],
    kept: Sequence[KeptPart],
    inputs: dict[str, list[Path]],
    papers: pd.DataFrame,
    claims: pd.DataFrame,
) -> Section:
    name, settings, shows = section["experiment"], section["settings"], section["shows"]
    kind = import_module(section["section"]) if section["section"] else None
    words = getattr(kind, "words", None)
    known = getattr(kind, "SETTINGS", [key for key in settings if key not in _HEAD])
    shown: dict[str, Any] = {}
    for what, about in shows.items():
        paths = inputs[f"{what}.{name}"]
        found = read_frame(about["frame"], paths, kind=section["kind"])
        if "labeller" in found.columns:  # the first one's: the others' are what products tell
            found = found[found["labeller"] == ""].drop(columns="labeller").reset_index(drop=True)
        shown[what] = getattr(kind, what)(found) if hasattr(kind, what) else found
        shown[f"{what}_origin"] = _origin(spec, [str(path) for path in paths], about["modules"])
    return Section(
        key=name,
        title=settings.get("title") or name,
        introduction=settings.get("about", ""),
        answer=_answer(kind, section["artifacts"], inputs["shown"][0], claims),
        artifacts=tuple(_artifact(spec, artifact, files, kept) for artifact in section["artifacts"]),
        words=words(settings) if words else {},
        settings=_settings(settings, papers[papers["experiment"] == name], known),
        **shown,
    )


def _answer(kind: ModuleType | None, artifacts: Sequence[dict[str, Any]], shown: Path, claims: pd.DataFrame) -> str:
    """The sentence of a kind that has one, of the judged claims that the section's products show."""
    if not hasattr(kind, "answer"):
        return ""
    products = pd.read_csv(shown, keep_default_na=False).set_index("id")["products"]
    here = {artifact["name"] for artifact in artifacts}
    mine = claims[
        (claims["verdict"] != NOT_RUN) & claims["id"].map(lambda id: bool(here & set(products.get(id, "").split())))
    ]
    return kind.answer(
        {
            row.id: (row.verdict, "" if pd.isna(row.value) else measured(row.value, row.low, row.high))
            for row in mine.itertuples()
        }
    )


def _theory(
    spec: dict[str, Any], section: dict[str, Any], files: dict[tuple[str, str], Path], kept: Sequence[KeptPart]
) -> list[Section]:
    """One section per paper that anything was simulated for."""
    parts: list[Section] = []
    for part in THEORY_SECTIONS:
        mine = [artifact for artifact in section["artifacts"] if artifact["name"].startswith(part.prefix)]
        rows = [
            {"simulation": name, **choice, "value": _text(choice["value"])}
            for name in part.simulations
            for choice in section["simulations"].get(name, [])
        ]
        if rows:
            shown = tuple(_artifact(spec, artifact, files, kept) for artifact in _by_topic(mine))
            parts.append(replace(part, choices=pd.DataFrame(rows), artifacts=shown))
    return parts


def _by_topic(artifacts: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Figures in their order, each followed by the tables whose names begin alike; then the other tables."""
    figures = [artifact for artifact in artifacts if artifact["kind"] == "figures"]
    tables = [artifact for artifact in artifacts if artifact["kind"] == "tables"]
    ordered = []
    for figure in figures:
        topic = "_".join(figure["name"].split("_")[:2])
        beside = [table for table in tables if table["name"].startswith(topic)]
        ordered += [figure, *beside]
        tables = [table for table in tables if table not in beside]
    return ordered + tables


def _text(value: Any) -> str:
    """A setting as people write it: numbers to four digits, lists with commas."""
    if isinstance(value, list):
        inner = [f"({_text(part)})" if isinstance(part, list) else _text(part) for part in value]
        return ", ".join(inner)
    if isinstance(value, int) and not isinstance(value, bool):
        return f"{value:,}"
    return f"{value:.4g}" if isinstance(value, float) else str(value)


def _artifact(
    spec: dict[str, Any], artifact: dict[str, Any], files: dict[tuple[str, str], Path], kept: Sequence[KeptPart]
) -> TableArtifact | FigureArtifact:
    name, module = artifact["name"], load_product(artifact["kind"], artifact["name"])
    if artifact["kind"] == "tables":
        made = [f"{spec['results']}/tables/{name}.{suffix}" for suffix in ("parquet", "csv", "md")]
        table = read_any(files["tables", name], [*module.TABLE.keys, *MEASURES])
        frame = table.to_pandas()
        frame.attrs[NOTE] = (table.schema.metadata or {}).get(NOTE.encode(), b"").decode()
        return TableArtifact(
            name=name,
            table=module.TABLE,
            comparison=frame,
            origin=_origin(spec, made, artifact["modules"]),
            kept=kept_tables(kept, name),
        )
    made = [f"{spec['results']}/figures/{name}.{suffix}" for suffix in ("svg", "png")]
    svg = files["figures", name].read_bytes()
    return FigureArtifact(
        name=name,
        figure=module.FIGURE,
        svg=svg,
        origin=_origin(spec, made, artifact["modules"]),
        kept=kept_figures(kept, name),
    )


def _origin(spec: dict[str, Any], files: Sequence[str], modules: Sequence[str]) -> Origin:
    """The command names the first file, and the overlays that this scale is made of."""
    return Origin(command=command(*files[:1], overlays=spec["overlays"]), files=tuple(files), modules=tuple(modules))


def _settings(settings: dict[str, Any], papers: pd.DataFrame, known: Sequence[str]) -> pd.DataFrame:
    """Config keys with our value and, where known, the paper's."""
    ours = {
        key: text
        for part in known
        for key, text in _flat(part, settings[part]).items()
        if not key.endswith(("log_every", "validate_every", "checkpoint_every"))
    }
    datasets = settings.get("datasets", {})
    for key in ("size", "share"):
        values = sorted({dataset[key] for dataset in datasets.values() if dataset.get(key)})
        if values:
            ours[f"datasets.{key}"] = ", ".join(f"{value:,}" for value in values)
    stated = dict(zip(papers["setting"], papers["paper"], strict=True))
    return pd.DataFrame(
        [(key, text, stated.get(key)) for key, text in ours.items()], columns=["setting", "ours", "paper"]
    )


def _flat(prefix: str, value: Any) -> dict[str, str]:
    if isinstance(value, dict):
        return {key: text for name, part in value.items() for key, text in _flat(f"{prefix}.{name}", part).items()}
    if value is None:
        return {}
    if isinstance(value, int) and not isinstance(value, bool):
        return {prefix: f"{value:,}"}
    return {prefix: ", ".join(map(str, value)) if isinstance(value, list) else str(value)}


def _row_counts(paths: Sequence[Path], words: dict[str, str]) -> pd.DataFrame:
    """stage, artifact, rows_in, rows_kept, reason, rows_dropped: one row per artifact and reason."""
    rows = []
    for path in paths:
        account = row_account(path)
        if account is None:
            continue
        folders = [path.parent.name] if path.parent.name == THEORY else [path.parent.parent.name, path.parent.name]
        artifact = "/".join([*folders, path.stem])
        for reason, dropped in (account["dropped"] or {None: None}).items():
            rows.append((words[path.parent.name], artifact, account["rows_in"], account["kept"], reason, dropped))
    return pd.DataFrame(rows, columns=["stage", "artifact", "rows_in", "rows_kept", "reason", "rows_dropped"])
