"""lm-evaluation-harness on one of our models: its own tasks by name, others from YAML files in its format."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import pyarrow as pa
import yaml

from uncollapse.errors import ConfigError, DataError
from uncollapse.language.artifact import LanguageModel
from uncollapse.language.cpu_attention import use_cpu_attention
from uncollapse.language.text import context_length, encode
from uncollapse.settings.readable import parsed


def require_harness() -> None:
    """Raise ConfigError where lm-evaluation-harness is not installed, with what to do."""
    if find_spec("lm_eval") is None:
        raise ConfigError(
            "tasks: lm-evaluation-harness is not installed; run pip install 'uncollapse[tasks]' (in a checkout:"
            " pip install -e '.[tasks]'), or set tasks to null"
        )


def read_definition(path: Path) -> dict[str, Any]:
    """One task in the harness's YAML format.

    Raises
    ------
    ConfigError
        Where it is no mapping with a name under ``task``. Tags such as !function run code of their own and are refused.
    """
    try:
        found, problem = parsed(path.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError, yaml.YAMLError) as error:
        raise ConfigError(f"tasks.names: {path}: no YAML without code ({error}); mend or remove it") from error
    if problem:
        raise ConfigError(f"tasks.names: {path}: {problem}")
    if not isinstance(found, dict) or not isinstance(found.get("task"), str):
        raise ConfigError(f"tasks.names: {path}: a task is a mapping with its name under task; add it")
    return found


def with_items(definition: Mapping[str, Any], items: Path, *, cache: Path) -> dict[str, Any]:
    """A definition that reads its test items from a Parquet file of ours."""
    kwargs = {"data_files": {"test": str(items.absolute())}, "cache_dir": str(cache)}
    return {**definition, "dataset_path": "parquet", "dataset_kwargs": kwargs}


def with_own_cache(definition: Mapping[str, Any], *, cache: Path) -> dict[str, Any]:
    """A definition whose data files are read as they are now: the cache of datasets tells them by their times."""
    given = definition.get("dataset_kwargs")
    if not isinstance(given, Mapping) or "data_files" not in given:
        return dict(definition)
    return {**definition, "dataset_kwargs": {"cache_dir": str(cache), **given}}


def check_length(items: pa.Table, language_model: LanguageModel, *, task: str) -> None:
    """Raise DataError where a choice is longer than the model's context; contexts are cut on the left."""
    most = context_length(language_model.model.config)
    texts = [choice for choices in items.column("choices").to_pylist() for choice in choices]
    longest = max(len(encode(language_model.tokenizer, f" {text}")) for text in texts)
    if longest > most:
        raise DataError(f"{task}: a choice has {longest} tokens, the model's context {most}; raise context")


def evaluate(
    language_model: LanguageModel,
    tasks: Sequence[str | dict[str, Any]],
    *,
    batch_size: int,
    limit: int | None,
    shots: int,
    seed: int,
) -> list[dict[str, Any]]:
    """Rows of TASK_SCORES, a metric each: its value in [0, 1] (or the metric's unit) and its standard error over items.

    ``limit`` and ``shots`` are for tasks by name; a definition says itself how many examples stand before an item.
    """
    import lm_eval
    from lm_eval.models.huggingface import HFLM
    from lm_eval.tasks import TaskManager

    use_cpu_attention(language_model.model)
    wrapped = HFLM(
        pretrained=language_model.model,
        tokenizer=language_model.tokenizer,
        backend="causal",
        batch_size=batch_size,
        device=str(language_model.model.device),
    )
    defined = [task for task in tasks if not isinstance(task, str)]
    named = [task for task in tasks if isinstance(task, str)]
    rows: list[dict[str, Any]] = []
    for group, options in ((defined, {}), (named, {"limit": limit, "num_fewshot": shots})):
        if not group:
            continue
        found = lm_eval.simple_evaluate(
            model=wrapped,
            tasks=list(group),
            task_manager=TaskManager(include_defaults=group is named),
            bootstrap_iters=1000,
            log_samples=False,
            random_seed=seed,
            numpy_random_seed=seed,
            torch_random_seed=seed,
            fewshot_random_seed=seed,
            **options,
        )
        rows += _rows(found)
    return rows


def _rows(found: Mapping[str, Any]) -> list[dict[str, Any]]:
    """The harness's results as rows; an alias is no metric, and a standard error stands beside its own.

    Raises
    ------
    DataError
        Where a task has no number at all.
    """
    rows: list[dict[str, Any]] = []
    for task, results in found["results"].items():
        mine = []
        for key, value in results.items():
            metric, _, rule = key.partition(",")
            if metric in ("alias", "name", "sample_len", "sample_count") or metric.endswith("_stderr"):
                continue
            error = results.get(f"{metric}_stderr,{rule}")
            mine.append({"metric": metric if rule in ("", "none") else f"{metric} ({rule})", "value": float(value),
                         "standard_error": float(error) if isinstance(error, int | float) else None})  # fmt: skip
        if not mine:
            raise DataError(f"{task}: lm-evaluation-harness found no metric; give its definition a metric_list")
        counted = found.get("n-samples", {}).get(task, {}).get("effective")
        about = {"task": task, "version": str(found.get("versions", {}).get(task, "")), "items": counted or 0}
        rows += [about | row for row in mine]
    return rows
