"""A language model's file as a folder in the format of transformers, with a card; whole, or not there."""

import json
import shutil
from pathlib import Path
from tempfile import mkdtemp
from typing import Any

from safetensors import SafetensorError, safe_open

from uncollapse.errors import ArtifactError, DataError
from uncollapse.exports.model_card import CARD, ModelFacts, model_card
from uncollapse.jobs.provenance import provenance_path
from uncollapse.jobs.store import content_hash
from uncollapse.language.artifact import unpack
from uncollapse.language.changed_weights import CHANGED, beginning_of


def export_model(model: Path, folder: Path) -> Path:
    """Write the folder and its card; returns the folder.

    Raises
    ------
    ArtifactError
        For a file that is missing or damaged, or holds no language model.
    DataError
        For a folder that holds something.
    """
    header = _header(model)
    whole = beginning_of(model) or model
    if whole != model:
        header = _header(whole) | {"about": header[CHANGED]}
    if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
        raise DataError(f"{folder}: is there and not empty; name another folder")
    folder.parent.mkdir(parents=True, exist_ok=True)
    partial = Path(mkdtemp(prefix=f".{folder.name}.", dir=folder.parent))
    try:
        unpack(model, partial)
        (partial / CARD).write_text(model_card(_facts(model, whole, folder, header)), encoding="utf-8")
        partial.chmod(0o755)  # as any folder is made, where mkdtemp keeps others out
        if folder.exists():
            folder.rmdir()
        partial.rename(folder)
    finally:
        shutil.rmtree(partial, ignore_errors=True)
    return folder


def _header(model: Path) -> dict[str, str]:
    """Text entries of a language model's file.

    Raises
    ------
    ArtifactError
        For a file without them, which says what it holds instead.
    """
    if not model.is_file():
        raise ArtifactError(f"{model}: no such file")
    try:
        with safe_open(model, framework="np") as file:
            found = dict(file.metadata() or {})
    except (SafetensorError, OSError, ValueError) as error:
        raise ArtifactError(f"{model}: damaged, or no safetensors file ({error}); give a model's file") from error
    if {"config", "tokenizer"} <= found.keys() or CHANGED in found:
        return found
    what = "a model of this project's own architecture" if "uncollapse" in found else "no model of this project"
    raise ArtifactError(
        f"{model}: {what}, which transformers has no class for; language models can be exported: those of base_models,"
        " of experiments of kind text, pretraining and rejection_sampling, and fine-tuned members of rounds"
    )


def _facts(model: Path, whole: Path, folder: Path, header: dict[str, str]) -> ModelFacts:
    with safe_open(whole, framework="np") as file:
        slices = [file.get_slice(name) for name in file.keys()]  # noqa: SIM118  a file is no mapping
        shapes = [(each.get_dtype(), each.get_shape()) for each in slices]
    return ModelFacts(
        name=folder.resolve().name,
        file=model.name,
        sha256=content_hash(model),
        config=json.loads(header["config"]),
        about=json.loads(header.get("about", "{}")),
        shapes=shapes,
        made=_record(provenance_path(model)),
    )


def _record(beside: Path) -> dict[str, Any] | None:
    """Record of how the workflow made a file, which lies beside it; None without one."""
    try:
        found = json.loads(beside.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return None
    return found if isinstance(found, dict) and {"stage", "spec", "inputs"} <= found.keys() else None
