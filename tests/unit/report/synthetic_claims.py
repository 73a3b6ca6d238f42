"""Claims of a report, by their verdicts."""

import pandas as pd

from uncollapse.analysis.claims_table import COLUMNS


def claims(*verdicts: str) -> pd.DataFrame:
    rows = [
        (
            *(f"c-{i}", "A paper", f"Statement {i} <tag>.", "rising", "slope", 1.0, 0.5, 1.5, verdict, f"Because {i}."),
            *("Twice as many.", "exploratory", "a slope", "above 0", "2026-01-02", "Read as: any."),
        )
        for i, verdict in enumerate(verdicts)
    ]
    return pd.DataFrame(rows, columns=list(COLUMNS))
