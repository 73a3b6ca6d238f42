"""Find a module by the name a config gives it: one of ours, or a Python file of the user's."""

import importlib.util
import sys
import traceback
from importlib import import_module
from pathlib import Path
from types import ModuleType

from pydantic import BaseModel

from uncollapse.errors import ConfigError


def load_plugin(name: str, *, package: str) -> ModuleType:
    """Import ``uncollapse.<package>.<name>`` and no other module of the package, or the file ``name`` ending in .py.

    Raises
    ------
    ConfigError
        Where there is no such module or file, or the file cannot be imported.
    """
    if name.endswith(".py"):
        path = Path(name)
        if not _is_file(path):
            raise ConfigError(f"{name}: no such file; paths are relative to the folder that snakemake runs in")
        spec = importlib.util.spec_from_file_location(f"uncollapse_user_{path.stem}", path)
        assert spec is not None
        assert spec.loader is not None
        module = importlib.util.module_from_spec(spec)
        sys.modules[spec.name] = module  # where postponed annotations are looked up
        try:
            spec.loader.exec_module(module)
        except Exception as error:
            del sys.modules[spec.name]
            line = traceback.extract_tb(error.__traceback__)[-1]
            where = f"line {line.lineno} of {line.filename}"
            raise ConfigError(f"{name}: cannot be imported: {type(error).__name__}: {error} ({where})") from error
        return module
    full_name = module_name(name, package=package)
    if not name.isidentifier() or importlib.util.find_spec(full_name) is None:
        raise ConfigError(f"{name!r} is none of the {package} ({', '.join(available(package))}) nor a .py file")
    return import_module(full_name)


def settings_of(name: str, *, package: str) -> type[BaseModel]:
    """The ``Settings`` of a plugin.

    Raises
    ------
    ConfigError
        Where there is no such plugin, or it has no pydantic model of that name.
    """
    settings = getattr(load_plugin(name, package=package), "Settings", None)
    if not (isinstance(settings, type) and issubclass(settings, BaseModel)):
        known = ", ".join(available(package))
        raise ConfigError(f"{name!r} has no Settings, a pydantic model of its keys; those that ship: {known}")
    return settings


def _is_file(path: Path) -> bool:
    try:
        return path.is_file()
    except (OSError, ValueError):  # too long for a name, or no name at all
        return False


def module_name(name: str, *, package: str) -> str:
    """What fingerprints a plugin: the dotted name of one of ours, or the path of a user's file."""
    return name if name.endswith(".py") else f"uncollapse.{package}.{name}"


def available(package: str) -> list[str]:
    """Names of the plugins of one package: its modules that have ``Settings``."""
    folder = Path(__file__).parent / package
    return sorted(path.stem for path in folder.glob("*.py") if "class Settings" in path.read_text())
