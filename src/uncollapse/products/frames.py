"""The frames that tables, figures and claims ask for by name, read from an experiment's artifacts.

A product's function names what it needs as its keyword arguments (``rows(*, evaluations, datasets)``). Here stands how
the files of each become one frame; which file belongs to which model follows from its name.
"""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pandas as pd
import pyarrow as pa

from uncollapse.analysis.comparison import read_reported
from uncollapse.artifacts.curves import CURVE
from uncollapse.artifacts.edits import EDIT_COUNTS
from uncollapse.artifacts.evaluations import (
    EVALUATION,
    OUTCOMES,
    TEXT_BASELINES,
    TEXT_EVALUATION,
    TEXT_EXAMPLES,
    TEXT_OUTCOMES,
)
from uncollapse.artifacts.kept import KEPT
from uncollapse.artifacts.measurements import BUCKETS, DOCUMENT_PERPLEXITIES, EMBEDDING_MAP, MEASUREMENTS
from uncollapse.artifacts.model_names import Model
from uncollapse.artifacts.parquet import read_any, read_table
from uncollapse.artifacts.perplexities import PERPLEXITIES
from uncollapse.artifacts.proxies import PROXY, TEXT_PROXY
from uncollapse.artifacts.synthesis import SYNTHESIS_COSTS, SYNTHESIS_TEXTS
from uncollapse.artifacts.tasks import TASK_SCORES
from uncollapse.errors import ArtifactError, DataError
from uncollapse.products.needs import REPORTED
from uncollapse.products.theory_frames import THEORY_SCHEMAS
from uncollapse.theory.schemas.table import key_of

# artifacts of an experiment, by kind: evaluations and the like are read from several files
SCHEMAS = {
    "generator_evaluations": EVALUATION,
    "evaluations": EVALUATION,
    "group_evaluations": EVALUATION,
    "outcomes": OUTCOMES,
    "group_outcomes": OUTCOMES,
    "curves": CURVE,
    "group_curves": CURVE,
    "proxy": PROXY,
    "kept": KEPT,
    "text_evaluations": TEXT_EVALUATION,
    "text_outcomes": TEXT_OUTCOMES,
    "text_proxy": TEXT_PROXY,
    "text_baselines": TEXT_BASELINES,
    "text_examples": TEXT_EXAMPLES,
    "perplexities": PERPLEXITIES,
    "pretraining_curves": CURVE,
    "task_scores": TASK_SCORES,
    "edit_counts": EDIT_COUNTS,
    "diagnostics": MEASUREMENTS,
    "buckets": BUCKETS,
    "document_perplexities": DOCUMENT_PERPLEXITIES,
    "embedding_map": EMBEDDING_MAP,
    "synthesis_costs": SYNTHESIS_COSTS,
    "synthesis_texts": SYNTHESIS_TEXTS,
}

# what tells the rows of one file apart
_KEYS = {
    EVALUATION: ["selection", "beams", "tolerance"],
    OUTCOMES: ["prompt_id"],
    CURVE: ["step"],
    PROXY: ["quantity"],
    KEPT: ["feature"],
    TEXT_EVALUATION: ["metric"],
    TEXT_OUTCOMES: ["prompt_id", "metric"],
    TEXT_PROXY: ["threshold", "quantity"],
    TEXT_BASELINES: ["baseline", "prompt_id", "metric"],
    TEXT_EXAMPLES: ["prompt_id", "model"],
    PERPLEXITIES: ["corpus"],
    TASK_SCORES: ["task", "metric"],
    EDIT_COUNTS: ["document_id"],
    MEASUREMENTS: ["diagnostic", "prior", "measure", "subject"],
    BUCKETS: ["subject", "kind"],
    DOCUMENT_PERPLEXITIES: ["subject", "passage_id"],
    EMBEDDING_MAP: ["corpus", "row"],
    SYNTHESIS_COSTS: ["method", "passage_id"],
    SYNTHESIS_TEXTS: ["method", "passage_id"],
}


# of the experiment as a whole, whatever the file's name
_WHOLE = (
    "text_baselines", "text_examples", "diagnostics", "buckets", "document_perplexities", "embedding_map",
    "synthesis_costs", "synthesis_texts",
)  # fmt: skip


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
    if name.startswith(REPORTED):
        (path,) = paths
        return read_reported(path)
    if name in THEORY_SCHEMAS:
        (path,) = paths
        return _without_repeats(path, read_table(path, THEORY_SCHEMAS[name]), key_of(THEORY_SCHEMAS[name]))
    if name not in SCHEMAS:
        (path,) = paths
        return read_any(path, []).to_pandas()
    keys, parts = _KEYS[SCHEMAS[name]], []
    for path in paths:
        frame = _without_repeats(path, read_table(path, SCHEMAS[name]), keys)
        for position, (column, value) in enumerate(_about(name, path).items()):
            frame.insert(position, column, value)
        parts.append(frame)
    return pd.concat(parts, ignore_index=True)


def _without_repeats(path: Path, table: pa.Table, key: list[str]) -> pd.DataFrame:
    frame = table.to_pandas()
    if frame.empty or frame.duplicated(key).any():
        what = "no rows" if frame.empty else f"rows of the same {', '.join(key)}"
        raise ArtifactError(f"{path}: {what}; delete it and rerun")
    return frame


def _about(kind: str, path: Path) -> dict[str, Any]:
    if kind in _WHOLE:
        return {}  # of the experiment as a whole
    if kind in ("proxy", "kept", "text_proxy"):
        return {"dataset": path.stem}
    name, _, rest = path.stem.partition(".")
    if kind == "edit_counts":
        return {"edit": name, "generation": int(rest.partition(".")[0])}
    model = Model.parse(name)
    about = {"model": name, "dataset": model.dataset, "role": model.role, "seed": model.seed}
    if kind.startswith("group_"):
        about["group"] = model.group
    return about if kind.endswith("curves") or kind in ("perplexities", "task_scores") else about | {"decoding": rest}
