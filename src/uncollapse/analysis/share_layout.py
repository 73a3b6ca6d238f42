"""Tables with a group of columns for each machine-written share, in rising order."""

from collections.abc import Callable

from uncollapse.analysis.table import Layout, Row


def share_layout(*row_heads: str, label: Callable[[Row], tuple[str, ...]]) -> Layout:
    """Lines as ``label`` says, columns by the key synthetic_share_percent."""
    return Layout(
        row_heads=row_heads,
        row_label=label,
        column_label=lambda row: f"{row['synthetic_share_percent']:g}%",
        column_order=lambda row: row["synthetic_share_percent"],
    )
