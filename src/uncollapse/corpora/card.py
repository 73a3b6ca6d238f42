"""The data card of a corpus: where it comes from, under which licence, and what each step of cleaning left."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from uncollapse.artifacts import read_table
from uncollapse.corpora.packages import package_named
from uncollapse.corpora.prepare import Account
from uncollapse.corpora.schemas import CARD
from uncollapse.corpora.settings import CorpusSettings
from uncollapse.corpora.sources import PACKAGE_OF


def card_columns(corpus: str, settings: CorpusSettings, account: Account) -> dict[str, list[Any]]:
    """Columns of the CARD schema."""
    steps = account.steps()
    origin = _origin(settings)
    return {
        "corpus": [corpus] * len(steps),
        "step": [step for step, _, _ in steps],
        "documents": [documents for _, documents, _ in steps],
        "words": [count for _, _, count in steps],
        **{name: [value] * len(steps) for name, value in origin.items()},
    }


def _origin(settings: CorpusSettings) -> dict[str, str]:
    if settings.source is not None:
        package = package_named(PACKAGE_OF[settings.source])
        return {
            "origin": package.registry,
            "package": package.project,
            "version": package.version,
            "licence": package.licence,
        }
    if settings.hub is not None:
        version = ", ".join(filter(None, [settings.config, settings.revision]))
        return {"origin": "hub", "package": settings.hub, "version": version, "licence": settings.licence}
    names = ", ".join(Path(name).name for name in settings.files or ())
    return {"origin": "files", "package": names, "version": "", "licence": settings.licence}


def card_rows(paths: Sequence[Path]) -> list[dict[str, Any]]:
    """One row a corpus, for the report: its origin, and under ``steps`` what every step left.

    A step that dropped nothing is left out; ``dropped`` is how many documents a step took.
    """
    rows = []
    for path in paths:
        table = read_table(path, CARD).to_pylist()
        about = {key: table[0][key] for key in ("corpus", "origin", "package", "version", "licence")}
        steps, before = [], table[0]["documents"]
        for row in table:
            dropped = before - row["documents"] if row["step"].startswith("without ") else 0
            if dropped or not row["step"].startswith("without "):
                steps.append({key: row[key] for key in ("step", "documents", "words")} | {"dropped": dropped})
            before = row["documents"]
        rows.append(about | {"steps": steps})
    return rows
