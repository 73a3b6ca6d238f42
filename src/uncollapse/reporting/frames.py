"""The frames that tables, figures and claims ask for by name, read from an experiment's artifacts.

A product's function names what it needs as its keyword arguments (``rows(*, evaluations, datasets)``). Here stands how
the files of each become one frame; which file belongs to which model follows from its name.
"""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pandas as pd
import pyarrow as pa

from uncollapse import schemas, schemas_pretraining, schemas_synthesis, schemas_text
from uncollapse.artifacts import read_any, read_table
from uncollapse.errors import ArtifactError, DataError
from uncollapse.model_names import Model
from uncollapse.reporting.comparison import read_reported
from uncollapse.reporting.needs import REPORTED
from uncollapse.reporting.theory_frames import THEORY_SCHEMAS
from uncollapse.theory.schemas.table import key_of

# artifacts of an experiment, by kind: evaluations and the like are read from several files
SCHEMAS = {
    "generator_evaluations": schemas.EVALUATION,
    "evaluations": schemas.EVALUATION,
    "group_evaluations": schemas.EVALUATION,
    "outcomes": schemas.OUTCOMES,
    "group_outcomes": schemas.OUTCOMES,
    "curves": schemas.CURVE,
    "group_curves": schemas.CURVE,
    "proxy": schemas.PROXY,
    "kept": schemas.KEPT,
    "text_evaluations": schemas_text.TEXT_EVALUATION,
    "text_outcomes": schemas_text.TEXT_OUTCOMES,
    "text_proxy": schemas_text.TEXT_PROXY,
    "text_baselines": schemas_text.TEXT_BASELINES,
    "text_examples": schemas_text.TEXT_EXAMPLES,
    "perplexities": schemas_pretraining.PERPLEXITIES,
    "pretraining_curves": schemas.CURVE,
    "task_scores": schemas_pretraining.TASK_SCORES,
    "edit_counts": schemas_pretraining.EDIT_COUNTS,
    "diagnostics": schemas_pretraining.MEASUREMENTS,
    "buckets": schemas_pretraining.BUCKETS,
    "document_perplexities": schemas_pretraining.DOCUMENT_PERPLEXITIES,
    "embedding_map": schemas_pretraining.EMBEDDING_MAP,
    "synthesis_costs": schemas_pretraining.SYNTHESIS_COSTS,
    "synthesis_texts": schemas_synthesis.SYNTHESIS_TEXTS,
}

# what tells the rows of one file apart
_KEYS = {
    schemas.EVALUATION: ["selection", "beams", "tolerance"],
    schemas.OUTCOMES: ["prompt_id"],
    schemas.CURVE: ["step"],
    schemas.PROXY: ["quantity"],
    schemas.KEPT: ["feature"],
    schemas_text.TEXT_EVALUATION: ["metric"],
    schemas_text.TEXT_OUTCOMES: ["prompt_id", "metric"],
    schemas_text.TEXT_PROXY: ["threshold", "quantity"],
    schemas_text.TEXT_BASELINES: ["baseline", "prompt_id", "metric"],
    schemas_text.TEXT_EXAMPLES: ["prompt_id", "model"],
    schemas_pretraining.PERPLEXITIES: ["corpus"],
    schemas_pretraining.TASK_SCORES: ["task", "metric"],
    schemas_pretraining.EDIT_COUNTS: ["document_id"],
    schemas_pretraining.MEASUREMENTS: ["diagnostic", "prior", "measure", "subject"],
    schemas_pretraining.BUCKETS: ["subject", "kind"],
    schemas_pretraining.DOCUMENT_PERPLEXITIES: ["subject", "passage_id"],
    schemas_pretraining.EMBEDDING_MAP: ["corpus", "row"],
    schemas_pretraining.SYNTHESIS_COSTS: ["method", "passage_id"],
    schemas_synthesis.SYNTHESIS_TEXTS: ["method", "passage_id"],
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
