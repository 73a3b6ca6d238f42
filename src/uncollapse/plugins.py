"""Find a module by the name a config gives it: one of ours, or a Python file of the user's."""

import importlib.util
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
        path = Path(name)
        if not path.is_file():
            raise ConfigError(f"{name}: no such file; paths are relative to the folder that snakemake runs in")
        spec = importlib.util.spec_from_file_location(f"uncollapse_user_{path.stem}", path)
        assert spec is not None
        assert spec.loader is not None
        module = importlib.util.module_from_spec(spec)
        spec.loader.exec_module(module)
        return module
    full_name = module_name(name, package=package)
    if not name.isidentifier() or importlib.util.find_spec(full_name) is None:
        raise ConfigError(f"{name!r} is none of the {package} ({', '.join(available(package))}) nor a .py file")
    return import_module(full_name)


def module_name(name: str, *, package: str) -> str:
    """What fingerprints a plugin: the dotted name of one of ours, or the path of a user's file."""
    return name if name.endswith(".py") else f"uncollapse.{package}.{name}"


def available(package: str) -> list[str]:
    """Names of the plugins of one package: its modules that have ``Settings``."""
    folder = Path(__file__).parent / package
    return sorted(path.stem for path in folder.glob("*.py") if "class Settings" in path.read_text())
