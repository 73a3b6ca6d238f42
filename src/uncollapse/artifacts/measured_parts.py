"""Parts of scales that were run to their end and are kept in the checkout, so that every report can show them.

workflow/measured/<scale>/<experiment>/about.json       scale, commit, date, machine, cost, settings
workflow/measured/<scale>/<experiment>/claims.csv       the verdicts, with all that claims.parquet says of them
workflow/measured/<scale>/<experiment>/tables/NAME.csv  the tables, with the columns of results/tables/NAME.csv
"""

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from uncollapse.errors import ArtifactError

FOLDER = "workflow/measured"
_TOLD = (
    "scale", "experiment", "commit", "date", "machine", "note", "overlays", "settings", "columns", "trainings",
    "processor_seconds",
)  # fmt: skip


@dataclass(frozen=True)
class MeasuredPart:
    """The kept tables and verdicts of one experiment of one scale."""

    folder: Path

    @property
    def about_file(self) -> Path:
        """The file of facts on how it was measured."""
        return self.folder / "about.json"

    @property
    def claims_file(self) -> Path:
        """The file of verdicts."""
        return self.folder / "claims.csv"

    def table_file(self, name: str) -> Path:
        """The file of a table, whether it is there or not."""
        return self.folder / "tables" / f"{name}.csv"

    @property
    def tables(self) -> dict[str, Path]:
        """The file of each table by its name."""
        return {path.stem: path for path in sorted((self.folder / "tables").glob("*.csv"))}

    def about(self) -> dict[str, Any]:
        """Facts on how the part was measured.

        Raises
        ------
        ArtifactError
            Where about.json is missing or damaged, or lacks one of them.
        """
        try:
            found = json.loads(self.about_file.read_text(encoding="utf-8"))
            missing = [key for key in _TOLD if key not in found]
        except (OSError, ValueError, TypeError) as error:
            raise ArtifactError(f"{self.about_file}: cannot be read ({error}); {_FIX}") from error
        if missing:
            raise ArtifactError(f"{self.about_file}: does not say {', '.join(missing)}; {_FIX}")
        return found


_FIX = "take it from version control again, or keep the part anew with scripts/keep_measured.py"


def parts_below(folder: Path) -> list[MeasuredPart]:
    """Every part that is kept below ``workflow/measured/``, by scale and experiment."""
    return [MeasuredPart(path.parent) for path in sorted(folder.glob("*/*/about.json"))]


def in_words(about: dict[str, Any]) -> str:
    """The scale of a part with where and when it was measured.

    >>> in_words({"scale": "evidence", "machine": "two CPU cores", "commit": "0123456789", "date": "2026-11-29"})
    'evidence scale (two CPU cores), commit 0123456, 2026-11-29'
    """
    return f"{about['scale']} scale ({about['machine']}), commit {about['commit'][:7]}, {about['date']}"
