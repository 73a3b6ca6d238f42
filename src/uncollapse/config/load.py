"""Typed settings from Snakemake's merged dictionary, or an error that names the file, the key and the fix."""

import copy
from collections.abc import Iterator, Sequence
from itertools import chain
from pathlib import Path
from typing import Any

import yaml
from pydantic import ValidationError

from uncollapse.config.kinds import named_blocks
from uncollapse.config.settings import Settings
from uncollapse.errors import ConfigError
from uncollapse.experiments.sequence.settings import Misfit

LOADER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)  # an order of magnitude faster, where it was built

# blocks of the config whose entries have names; those of an experiment are the dictionaries of its kind's settings
_BLOCKS = ("corpora", "base_models", "experiments", "tables", "figures", "claims")


def load(merged: dict[str, Any], files: Sequence[str | Path] = ()) -> Settings:
    """Validate a merged config.

    Parameters
    ----------
    merged : what the config files and the command line add up to. A key set to null in an overlay removes an entry
        of ``corpora``, ``base_models``, ``experiments``, ``tables``, ``figures`` or ``claims``, or of a block of an
        experiment whose entries have names, such as ``datasets``.
    files : the files it was merged from, in order; messages name the last one that sets a key.

    Raises
    ------
    ConfigError
        Listing every problem found.
    """
    there = [name for name in files if Path(name).is_file()]
    contents = [yaml.load(Path(name).read_bytes(), Loader=LOADER) for name in there]
    removed = list(_removed(merged))
    problems = [_of_removal(path, contents, files) for path in removed if not _is_set(path, contents)]
    try:
        settings = Settings.model_validate(_without(removed, _ordered(merged, contents)))
    except ValidationError as error:
        for problem in error.errors():
            problems.append(_explain(problem, merged, files) + _by_whom(problem, removed, contents, there))
    if problems:
        raise ConfigError("the config cannot be run:\n" + "\n".join(f"  - {problem}" for problem in problems))
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
        block = _at(path, merged)
        if isinstance(block, dict):
            yield from ([*path, str(name)] for name, entry in block.items() if entry is None)


def _is_set(path: list[str], contents: list[Any]) -> bool:
    """Whether any file has something there that can be removed; true where there are no files to look into."""
    return not contents or any(_at(path, content) is not None for content in contents)


def _at(path: Sequence[str], content: Any) -> Any:
    for part in path:
        # names are told and compared as text; YAML has numbers as keys too
        content = {str(key): value for key, value in content.items()}.get(part) if isinstance(content, dict) else None
    return content


def _of_removal(path: list[str], contents: list[Any], files: Sequence[str | Path]) -> str:
    blocks = [block for content in contents if isinstance(block := _at(path[:-1], content), dict)]
    known = sorted({str(name) for block in blocks for name, entry in block.items() if entry is not None})
    text = f"{'.'.join(path)}: null removes nothing, there is no such entry; known: {', '.join(known) or 'none'}"
    where = _file_that_sets(path, files)
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
    block = _at(path[:-1], content)
    return isinstance(block, dict) and path[-1] in map(str, block) and _at(path, content) is None


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
        block = _at(path, config)
        for name, entry in list(block.items()) if isinstance(block, dict) else []:
            of_removed = path[0] in ("tables", "figures", "claims") and str(_at(["experiment"], entry)) in gone
            if entry is None or of_removed:
                del block[name]
    return config


def _explain(problem: Any, merged: dict[str, Any], files: Sequence[str | Path]) -> str:
    location = _without_tags([str(part) for part in problem["loc"] if not _is_type_name(str(part))], merged)
    kind, given, context = problem["type"], problem.get("input"), problem.get("ctx", {})
    if isinstance(context.get("error"), Misfit):
        location += context["error"].key.split(".")
    key = ".".join(part if part.isprintable() and part.strip() else repr(part) for part in location) or "config"
    where = _file_that_sets(location, files)
    if kind == "extra_forbidden":
        text = f"{key}: unknown key; remove it, or correct its spelling"
    elif kind == "missing":
        text = f"{key}: missing; add it"
    elif kind == "union_tag_not_found":
        text = f"{key}: has no {context['discriminator']}, which says what it is; add it"
    elif kind == "union_tag_invalid":
        text = f"{key}.kind: {context['tag']!r} is none of {context['expected_tags']}; change it"
    elif kind == "value_error":
        text = f"{key}: {context.get('error', problem['msg'])}"
    else:
        text = f"{key}: {problem['msg'].lower()}, got {given!r}; change it"
    return f"{where}: {text}" if where else text


def _is_type_name(part: str) -> bool:
    """pydantic adds the branch of a union to the location; it is no key."""
    return part.startswith(("list[", "literal[", "function-", "constrained-"))


def _without_tags(location: list[str], merged: Any) -> list[str]:
    """Keys alone: pydantic puts the kind of a block that is one of several between the block's key and those within.

    >>> _without_tags(["schedule", "step", "step"], {"schedule": {"kind": "step", "step": 0}})
    ['schedule', 'step']
    """
    keys: list[str] = []
    tagged = False
    for place, part in enumerate(location):
        block = _at(keys, merged)
        if not tagged and isinstance(block, dict) and block.get("kind") == part:
            # a key of that name has nothing within
            tagged = part not in block or (place + 1 < len(location) and not isinstance(block[part], dict))
            if tagged:
                continue
        keys.append(part)
        tagged = False
    return keys


def _file_that_sets(location: list[str], files: Sequence[str | Path]) -> str | None:
    """The last file with the longest part of the key."""
    best: tuple[int, str | None] = (0, None)
    for name in files:
        content: Any = yaml.load(Path(name).read_bytes(), Loader=LOADER) if Path(name).is_file() else None
        depth = 0
        for part in location:
            if not (isinstance(content, dict) and part in content):
                break
            content = content[part]
            depth += 1
        if depth >= best[0] and depth:
            best = (depth, str(name))
    return best[1] or (str(files[0]) if files else None)
