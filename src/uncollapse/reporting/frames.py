"""The frames that tables, figures and claims ask for by name, read from an experiment's artifacts.

A product's function names what it needs as its keyword arguments (``rows(*, evaluations, datasets)``). Here stands how
the files of each become one frame; which file belongs to which model follows from its name.
"""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pandas as pd
import pyarrow as pa

from uncollapse import schemas
from uncollapse.artifacts import read_any, read_table
from uncollapse.errors import ArtifactError, DataError
from uncollapse.model_names import Model

# artifacts of an experiment, by kind: evaluations and the like are read from several files
SCHEMAS = {
    "generator_evaluations": schemas.EVALUATION,
    "evaluations": schemas.EVALUATION,
    "outcomes": schemas.OUTCOMES,
    "curves": schemas.CURVE,
    "proxy": schemas.PROXY,
    "kept": schemas.KEPT,
}

# what tells the rows of one file apart
_KEYS = {
    "generator_evaluations": ["selection", "beams", "tolerance"],
    "evaluations": ["selection", "beams", "tolerance"],
    "outcomes": ["prompt_id"],
    "curves": ["step"],
    "proxy": ["quantity"],
    "kept": ["feature"],
}


def read_frame(name: str, paths: Sequence[Path]) -> pd.DataFrame:
    """One frame from the files of its kind, with what the file names say as columns in front.

    A name that is none of ours is a finished table (Parquet), read as it is.

    Raises
    ------
    ArtifactError
        For a file that is not of its kind, has no rows, or has one twice.
    """
    if not paths:
        raise DataError(f"{name}: the experiment has none; remove the tables, figures and claims that need them")
    if name not in SCHEMAS:
        (path,) = paths
        return read_any(path, []).to_pandas()
    parts = []
    for path in paths:
        table = read_table(path, SCHEMAS[name])
        frame = pa.Table.to_pandas(table)
        if frame.empty or frame.duplicated(_KEYS[name]).any():
            what = "no rows" if frame.empty else f"rows of the same {', '.join(_KEYS[name])}"
            raise ArtifactError(f"{path}: {what}; delete it and rerun")
        for position, (column, value) in enumerate(_about(name, path).items()):
            frame.insert(position, column, value)
        parts.append(frame)
    return pd.concat(parts, ignore_index=True)


def _about(kind: str, path: Path) -> dict[str, Any]:
    if kind in ("proxy", "kept"):
        return {"dataset": path.stem}
    name, _, rest = path.stem.partition(".")
    model = Model.parse(name)
    about = {"model": name, "dataset": model.dataset, "role": model.role, "seed": model.seed}
    return about if kind == "curves" else about | {"decoding": rest}
