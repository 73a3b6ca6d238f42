"""Find a module by the name a config gives it: one of ours, or a Python file of the user's."""

import functools
import importlib.util
import os
import re
import sys
from importlib import import_module
from pathlib import Path
from types import ModuleType

from uncollapse.errors import ConfigError
from uncollapse.settings.from_source import FromSource

_CALLED = {
    "verifiers.sequences": "verifiers of sequences",
    "verifiers.texts": "verifiers of texts",
    "verifiers.answers": "verifiers of answers",
    "selection.sequences": "selectors of sequences",
    "selection.texts": "selectors of texts",
    "passage_selection.selectors": "selectors of passages",
    "generations.data": "sources of generative models",
    "generations.verifiers": "verifiers of generations",
}


def load_plugin(name: str, *, package: str, offers: str = "Settings") -> ModuleType:
    """Import ``uncollapse.<package>.<name>`` and no other module of the package, or the file ``name`` ending in .py.

    A package within a package has a dot; ``offers`` is the class or function that tells a plugin from other modules.

    Raises
    ------
    ConfigError
        Where there is no such module or file.
    """
    if name.endswith(".py"):
        return _load_file(Path(name), offers)
    # one file is read and not the package, which a config names hundreds of times
    if not (name.isidentifier() and _has(_folder(package) / f"{name}.py", offers)):
        known = ", ".join(available(package, offers=offers))
        raise ConfigError(f"{name!r} is none of the {called(package)} ({known}) nor a .py file")
    return import_module(module_name(name, package=package))


def _load_file(path: Path, offers: str) -> ModuleType:
    if not os.path.isfile(path):  # false also where it is too long for a name, or no name at all
        raise ConfigError(f"{path}: no such file; paths are relative to the folder that snakemake runs in")
    name = f"uncollapse_user_{path.stem}"
    spec = importlib.util.spec_from_file_location(name, path, loader=FromSource(name, str(path)))
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules[name] = module  # dataclasses look their module up there
    try:
        spec.loader.exec_module(module)
    except Exception as error:
        raise ConfigError(f"{path}: cannot be imported: {type(error).__name__}: {error}") from error
    if not hasattr(module, offers):
        keys = "class Settings, a pydantic model of its keys in config"
        raise ConfigError(f"{path}: has no {keys if offers == 'Settings' else f'function {offers}'}")
    return module


def module_name(name: str, *, package: str) -> str:
    """The name by which a plugin is fingerprinted: the dotted name of one of ours, or the path of a user's file."""
    return name if name.endswith(".py") else f"uncollapse.{package}.{name}"


def available(package: str, *, offers: str = "Settings") -> list[str]:
    """Names of the plugins of one package: its modules that have ``offers``."""
    return sorted(path.stem for path in _folder(package).glob("*.py") if _has(path, offers))


@functools.cache
def _folder(package: str) -> Path:
    return Path(__file__).parents[1].joinpath(*package.split("."))


def _has(path: Path, offers: str) -> bool:
    """Whether a file defines that class or function; false where there is no such file."""
    try:
        text = path.read_text()
    except OSError:
        return False
    return re.search(rf"^(class|def) {offers}\b", text, re.MULTILINE) is not None


def called(package: str) -> str:
    """The word by which errors call the plugins of a package.

    >>> called("tasks"), called("verifiers.texts")
    ('tasks', 'verifiers of texts')
    """
    return _CALLED.get(package, package.rpartition(".")[2])
