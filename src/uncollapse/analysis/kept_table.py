"""Tables of a run as they are kept for other scales' reports: a comparison as CSV, and back."""

from collections.abc import Mapping, Sequence
from pathlib import Path

import pandas as pd
import pyarrow as pa

from uncollapse.analysis.comparison import MEASURES
from uncollapse.artifacts.typed_csv import columns_of, csv_as_table, plain, schema_of, table_as_csv
from uncollapse.errors import DataError

_ELSEWHERE = "measured"  # numbers that were measured elsewhere again, and have a place of their own


def table_to_keep(comparison: pa.Table) -> tuple[bytes, dict[str, str]]:
    """A table's comparison as CSV, with the type of each column, without what was not measured in that run."""
    kept = plain(comparison.drop_columns([name for name in comparison.column_names if name == _ELSEWHERE]))
    return table_as_csv(kept), columns_of(kept)


def kept_table(path: Path, columns: Mapping[str, str], keys: Sequence[str]) -> pd.DataFrame:
    """The comparison of a kept table whose ``keys`` are those that the table has now.

    Raises
    ------
    DataError
        Where it has other keys or measures, or is not what was kept.
    """
    fix = "keep the part anew with scripts/keep_measured.py, or delete the file"
    if missing := [name for name in (*keys, *MEASURES) if name not in columns]:
        raise DataError(f"{path}: columns {missing} are missing, found {list(columns)}; {fix}")
    try:
        return csv_as_table(path.read_bytes(), schema_of(columns)).to_pandas()
    except (DataError, KeyError) as error:
        raise DataError(f"{path}: {error}; {fix}") from error
