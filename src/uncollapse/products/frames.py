"""The frames that tables, figures and claims ask for by name, read from an experiment's artifacts.

A product's function names what it needs as its keyword arguments (``rows(*, evaluations, datasets)``). Which files a
frame is read from, and what their names add as columns, is declared by the kind of experiment that has it, in
``experiments/<kind>/frames.py``.
"""

from collections.abc import Sequence
from importlib import import_module
from pathlib import Path

import pandas as pd
import pyarrow as pa

from uncollapse.analysis.comparison import read_reported
from uncollapse.artifacts.parquet import read_any, read_table
from uncollapse.errors import ArtifactError, DataError
from uncollapse.products.needs import REPORTED


def read_frame(name: str, paths: Sequence[Path], *, kind: str | None) -> pd.DataFrame:
    """One frame from its files, with what the file names say as columns in front.

    Parameters
    ----------
    name : the frame's.
    paths : its files, in order.
    kind : of the experiment that declares it; None for the papers' numbers and finished tables, read as they are.

    Raises
    ------
    ArtifactError
        For a file that is not of its kind, has no rows, or has one twice.
    """
    if not paths:
        raise DataError(f"{name}: the experiment has none; remove the tables, figures and claims that need them")
    if kind is None:
        (path,) = paths
        return read_reported(path) if name.startswith(REPORTED) else read_any(path, []).to_pandas()
    frame, parts = import_module(f"uncollapse.experiments.{kind}.frames").FRAMES[name], []
    for path in paths:
        part = _without_repeats(path, read_table(path, frame.artifact.schema), list(frame.artifact.key))
        for position, (column, value) in enumerate(frame.columns(path).items()):
            part.insert(position, column, value)
        parts.append(part)
    return pd.concat(parts, ignore_index=True)


def _without_repeats(path: Path, table: pa.Table, key: list[str]) -> pd.DataFrame:
    frame = table.to_pandas()
    if frame.empty or frame.duplicated(key).any():
        what = "no rows" if frame.empty else f"rows of the same {', '.join(key)}"
        raise ArtifactError(f"{path}: {what}; delete it and rerun")
    return frame
