"""Origin of a value of the merged config, a file or what stands beside the files, and how it is written there."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import yaml

from uncollapse.errors import ConfigError
from uncollapse.settings.nested import at, is_there
from uncollapse.settings.readable import contents

LOADER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)  # an order of magnitude faster, where it was built


def read_yaml(text: str | bytes) -> Any:
    """A value as a config file has it."""
    return yaml.load(text, Loader=LOADER)


def read_keys(path: str | Path) -> dict[Any, Any]:
    """Content of a config file.

    Raises
    ------
    ConfigError
        For a file that is missing, no YAML, without keys, or that has a key twice; with file, line and fix.
    """
    found, problem = contents(path)
    if problem:
        raise ConfigError(problem)
    return found


def source(path: Sequence[str], merged: Any, contents: Sequence[Any], files: Sequence[str | Path], beside: str) -> str:
    """The last file with the longest part of a key; ``beside`` where the config has there what no file has.

    >>> source(["a", "b"], {"a": {"b": 1}}, [{"a": {"b": 1}}, {"a": {}}], ["first", "second"], "--config")
    'first'
    >>> source(["a", "b"], {"a": {"b": 2}}, [{"a": {"b": 1}}], ["first"], "--config")
    '--config'
    """
    if beside:
        there = next(path[:end] for end in range(len(path), -1, -1) if is_there(path[:end], merged))
        found = [at(there, content) for content in contents if is_there(there, content)]
        if not found or not _may_be(found[-1], at(there, merged)):
            return beside
    return file_that_sets(path, contents, files) or ""


def _may_be(written: Any, given: Any) -> bool:
    """Whether a value of a file is the one of the config; of blocks, which are merged, whether both are."""
    if isinstance(written, dict) and isinstance(given, dict):
        return True
    if isinstance(written, bool) != isinstance(given, bool):  # which Python takes for 1 and 0
        return False
    try:  # loaders differ in what they take for a number, as 1e-2
        return repr(written) == repr(given) or float(written) == float(given)
    except (TypeError, ValueError, OverflowError):
        return False


def file_that_sets(path: Sequence[str], contents: Sequence[Any], files: Sequence[str | Path]) -> str | None:
    """The last file with the longest part of a key; without any, the first file."""
    best: tuple[int, str | None] = (0, None)
    for name, content in zip(files, contents, strict=True):
        depth = next(end for end in range(len(path), -1, -1) if is_there(path[:end], content))
        if depth >= best[0] and depth:
            best = (depth, str(name))
    return best[1] or (str(files[0]) if files else None)


def as_written(path: Sequence[str], value: Any, files: Sequence[str | Path], *, key: bool = False) -> str:
    """The letters that YAML read as a truth value, number or date: the value of a key, or a key of the block there.

    Falls back on Python's words for it where no file has it.
    """
    for name in reversed(files):
        node = yaml.compose(Path(name).read_text(), Loader=LOADER)
        for part in path:
            node = _child(node, part)
        scalars = [each for each, _ in node.value] if key and isinstance(node, yaml.MappingNode) else [node]
        for each in scalars:
            if isinstance(each, yaml.ScalarNode) and repr(_read(each)) == repr(value):
                return str(each.value)
    return str(value)


def _child(node: Any, part: str) -> Any:
    if isinstance(node, yaml.MappingNode):
        return next((value for key, value in node.value if str(_read(key)) == part), None)
    if isinstance(node, yaml.SequenceNode) and part.isdigit() and int(part) < len(node.value):
        return node.value[int(part)]
    return None


def _read(node: Any) -> Any:
    return yaml.SafeLoader("").construct_object(node, deep=True)
