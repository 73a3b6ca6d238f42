"""Sizes of the designs behind verdicts: replicates and settings in the tables that show a claim."""

from collections.abc import Mapping, Sequence

import pandas as pd

from uncollapse.report.claim_list import Size
from uncollapse.report.report import Section, TableArtifact


def sizes(
    products: Mapping[str, Sequence[str]], sections: Sequence[Section], scale: str
) -> dict[tuple[str, str], Size]:
    """Replicates, and settings that have any, by claim and scale.

    ``products`` names the tables and figures that show each claim. A claim that figures alone show goes by all tables
    of the experiments that these figures are of.
    """
    found: dict[tuple[str, str], Size] = {}
    for claim, shown in products.items():
        tables: list[TableArtifact] = []
        for section in sections:
            mine = [artifact for artifact in section.artifacts if isinstance(artifact, TableArtifact)]
            if any(artifact.name in shown for artifact in section.artifacts):
                tables += mine
        tables = [table for table in tables if table.name in shown] or tables
        frames: dict[str, list[pd.DataFrame]] = {}
        for table in tables:
            frames.setdefault(scale, []).append(table.comparison)
            for kept in table.kept:
                frames.setdefault(kept.scale, []).append(kept.comparison)
        found |= {(claim, name): _size(some) for name, some in frames.items()}
    return found


def _size(comparisons: Sequence[pd.DataFrame]) -> Size:
    seeds = [frame["seeds"][frame["seeds"] > 0] for frame in comparisons]
    return max((int(column.max()) for column in seeds if len(column)), default=0), sum(map(len, seeds))
