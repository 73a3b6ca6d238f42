"""Typed settings from Snakemake's merged dictionary, or an error that names the file, the key and the fix."""

import copy
from collections.abc import Iterator, Sequence
from itertools import chain
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from uncollapse.config.explaining import but_within_wrong_names, explained
from uncollapse.config.kinds import named_blocks
from uncollapse.config.settings import Settings
from uncollapse.config.sources import file_that_sets, read_keys
from uncollapse.errors import ConfigError
from uncollapse.experiments.sequence.settings import Misfit
from uncollapse.settings.nested import at

# blocks of the config whose entries have names; those of an experiment are the dictionaries of its kind's settings
_BLOCKS = ("corpora", "base_models", "experiments", "tables", "figures", "claims")


def load(
    merged: dict[str, Any],
    files: Sequence[str | Path] = (),
    held: Sequence[dict[Any, Any]] | None = None,
    *,
    beside: str = "--config",
) -> Settings:
    """Validate a merged config.

    Parameters
    ----------
    merged : what the config files and the command line add up to. A key set to null in an overlay removes an entry
        of ``corpora``, ``base_models``, ``experiments``, ``tables``, ``figures`` or ``claims``, or of a block of an
        experiment whose entries have names, such as ``datasets``.
    files : the files it was merged from, in order; messages name the one that sets a value.
    held : the content of each file, where it has been read already; files that are not there are then none of them.
    beside : what else may set values, named where no file has the one that is wrong.

    Raises
    ------
    ConfigError
        Listing every problem found.
    """
    there = [name for name in files if Path(name).is_file()]
    absent = [str(name) for name in files if name not in there]
    contents = list(held) if held is not None else [read_keys(name) for name in there]
    removed = list(_removed(merged))
    problems = [_of_removal(path, contents, there) for path in removed if not _is_set(path, contents)]
    try:
        settings = Settings.model_validate(_without(removed, _ordered(merged, contents)))
    except ValidationError as error:
        for problem in but_within_wrong_names(error.errors()):
            text = explained(problem, merged, contents, there, beside=beside if there and not absent else "")
            problems.append(text + _by_whom(problem, removed, contents, there))
    if problems:
        lacking = f" (there is no {' and no '.join(absent)} in {Path.cwd()})" if absent else ""
        listed = "\n".join(f"  - {problem}" for problem in problems)
        raise ConfigError(f"the config cannot be run{lacking}:\n{listed}")
    return settings


def _removed(merged: dict[str, Any]) -> Iterator[list[str]]:
    """Places of the named entries that are set to null."""
    experiments = merged.get("experiments")
    within = [
        ["experiments", str(name), *key.split(".")]
        for name, block in (experiments.items() if isinstance(experiments, dict) else ())
        for key in named_blocks(block)
    ]
    for path in [[key] for key in _BLOCKS] + within:
        block = at(path, merged)
        if isinstance(block, dict):
            yield from ([*path, str(name)] for name, entry in block.items() if entry is None)


def _is_set(path: list[str], contents: list[Any]) -> bool:
    """Whether any file has something there that can be removed; true where there are no files to look into."""
    return not contents or any(at(path, content) is not None for content in contents)


def _of_removal(path: list[str], contents: list[Any], files: Sequence[str | Path]) -> str:
    blocks = [block for content in contents if isinstance(block := at(path[:-1], content), dict)]
    known = sorted({str(name) for block in blocks for name, entry in block.items() if entry is not None})
    text = f"{'.'.join(path)}: null removes nothing, there is no such entry; known: {', '.join(known) or 'none'}"
    where = file_that_sets(path, contents, files)
    return f"{where}: {text}" if where else text


def _by_whom(problem: Any, removed: list[list[str]], contents: list[Any], files: Sequence[str | Path]) -> str:
    """Name of the file whose null removed what a problem misses, from the same experiment or the whole config."""
    error = problem.get("ctx", {}).get("error")
    if not isinstance(error, Misfit) or error.missing is None:
        return ""
    within = [*(str(part) for part in problem["loc"]), *error.key.split(".")][:2]
    gone = [path for path in removed if path[-1] == error.missing and path[:2] in (within, path)]
    if not gone:
        return ""
    nulls = [file for file, content in zip(files, contents, strict=True) if _is_null(gone[0], content)]
    return f" ({nulls[-1] if nulls else 'the command line'} removes it: {' and '.join(map('.'.join, gone))}: null)"


def _is_null(path: list[str], content: Any) -> bool:
    block = at(path[:-1], content)
    return isinstance(block, dict) and path[-1] in map(str, block) and at(path, content) is None


def _ordered(merged: Any, contents: list[Any]) -> Any:
    """The same config with its keys in the order of the files: Snakemake lists those of overlays first."""
    blocks = [content for content in contents if isinstance(content, dict)]
    if not isinstance(merged, dict) or not blocks:
        return merged
    names = dict.fromkeys(name for name in chain(*blocks, merged) if name in merged)
    return {name: _ordered(merged[name], [block[name] for block in blocks if name in block]) for name in names}


def _without(removed: list[list[str]], merged: dict[str, Any]) -> dict[str, Any]:
    """Drop named entries set to null, and what is made from such an experiment; other nulls are values."""
    config = copy.deepcopy(merged)
    gone = [path[1] for path in removed if path[0] == "experiments" and len(path) == 2]
    for path in [[key] for key in ("tables", "figures", "claims")] + [path[:-1] for path in removed]:
        block = at(path, config)
        for name, entry in list(block.items()) if isinstance(block, dict) else []:
            of_removed = path[0] in ("tables", "figures", "claims") and str(at(["experiment"], entry)) in gone
            if entry is None or of_removed:
                del block[name]
    return config
