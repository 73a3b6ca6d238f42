"""Find a module by the name a config gives it: one of ours, or a Python file of the user's."""

import importlib.util
import sys
from importlib import import_module
from pathlib import Path
from types import ModuleType

from uncollapse.errors import ConfigError


def load_plugin(name: str, *, package: str) -> ModuleType:
    """Import ``uncollapse.<package>.<name>`` and no other module of the package, or the file ``name`` ending in .py.

    Raises
    ------
    ConfigError
        Where there is no such module or file.
    """
    if name.endswith(".py"):
        return _load_file(Path(name))
    if name not in available(package):
        raise ConfigError(f"{name!r} is none of the {package} ({', '.join(available(package))}) nor a .py file")
    return import_module(module_name(name, package=package))


def _load_file(path: Path) -> ModuleType:
    if not _is_file(path):
        raise ConfigError(f"{path}: no such file; paths are relative to the folder that snakemake runs in")
    name = f"uncollapse_user_{path.stem}"
    spec = importlib.util.spec_from_file_location(name, path)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules[name] = module  # dataclasses look their module up there
    try:
        spec.loader.exec_module(module)
    except Exception as error:
        raise ConfigError(f"{path}: cannot be imported: {type(error).__name__}: {error}") from error
    if not hasattr(module, "Settings"):
        raise ConfigError(f"{path}: has no class Settings, a pydantic model of its keys in config")
    return module


def _is_file(path: Path) -> bool:
    try:
        return path.is_file()
    except (OSError, ValueError):  # too long for a name, or no name at all
        return False


def module_name(name: str, *, package: str) -> str:
    """The name by which a plugin is fingerprinted: the dotted name of one of ours, or the path of a user's file."""
    return name if name.endswith(".py") else f"uncollapse.{package}.{name}"


def available(package: str) -> list[str]:
    """Names of the plugins of one package: its modules that have ``Settings``."""
    folder = Path(__file__).parents[1].joinpath(*package.split("."))
    return sorted(path.stem for path in folder.glob("*.py") if "class Settings" in path.read_text())
