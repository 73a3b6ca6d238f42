"""Tasks of the package ``reasoning-gym`` (Stojanovski et al. 2025), each loaded with its own group and nothing else.

``import reasoning_gym`` loads all its hundred tasks and the packages that any of them needs, one of which is compiled
where it is installed. A group, such as arithmetic, needs a twentieth of that time and few of these packages.
"""

import sys
from collections.abc import Callable
from functools import lru_cache
from importlib import import_module
from importlib.util import find_spec, module_from_spec
from pathlib import Path
from types import ModuleType
from typing import Any

from uncollapse.errors import ConfigError

_PACKAGE = "reasoning_gym"
_INSTALL = "pip install 'uncollapse[reasoning]'"


def is_installed() -> bool:
    """Whether the package is there; nothing is loaded."""
    return find_spec(_PACKAGE) is not None


def require_package() -> None:
    """End where the package is not installed.

    Raises
    ------
    ConfigError
        With the command that installs it.
    """
    if not is_installed():
        raise ConfigError(f"needs the package reasoning-gym: {_INSTALL}")


def has_task(name: str) -> bool:
    """Whether the package has a task of this name."""
    return name in _registry(name).DATASETS


def create_dataset(name: str, **options: Any) -> Any:
    """Data set of a task, by whose numbers its questions are found; the package's errors for what it refuses.

    Raises
    ------
    ConfigError
        Where the package, or one that the task's group needs, is not installed.
    """
    return _registry(name).create_dataset(name, **options)


def score_function(name: str) -> Callable[..., float]:
    """Scorer of a task, called with ``answer`` and ``entry``; raises as :func:`create_dataset` does."""
    return _registry(name).get_score_answer_fn(name)


@lru_cache(maxsize=256)
def _registry(name: str) -> ModuleType:
    """The package's registry of tasks, with the one of this name in it where the package has it."""
    require_package()
    _stand_in()
    import_module(f"{_PACKAGE}.coaching")  # first, since the registry's import of it comes back to the registry
    registry = import_module(f"{_PACKAGE}.factory")
    if name not in registry.DATASETS and (module := _module_of(name)) is not None:
        try:
            import_module(module)
        except ModuleNotFoundError as error:
            raise ConfigError(
                f"reasoning-gym's task {name!r} needs the package {error.name}, which is not installed: {_INSTALL}"
                " (one of the packages that it brings is compiled)"
            ) from error
    return registry


def _module_of(name: str) -> str | None:
    """Dotted name of the module that a task is in, by what stands there; None where no module names it."""
    (folder,) = map(Path, find_spec(_PACKAGE).submodule_search_locations)  # type: ignore[union-attr, arg-type]
    for path in sorted(folder.rglob("*.py")):
        if f'DATASET_NAME = "{name}"' in path.read_text(encoding="utf-8"):
            return ".".join([_PACKAGE, *path.relative_to(folder).with_suffix("").parts])
    return None


def _stand_in() -> None:
    """Put the package among the loaded modules without running its ``__init__``; that runs for whoever wants it whole.

    Groups that are loaded meanwhile become parts of it, so that whoever imports the package later finds them there.
    """
    if _PACKAGE not in sys.modules:
        package = module_from_spec(find_spec(_PACKAGE))  # type: ignore[arg-type]
        package.__class__ = _Lazy
        sys.modules[_PACKAGE] = package


class _Lazy(ModuleType):
    """A package whose ``__init__`` runs when a name is asked for that none of its loaded modules has."""

    def __getattr__(self, name: str) -> Any:
        if name.startswith("__") and name not in ("__all__", "__version__"):
            raise AttributeError(f"module {self.__name__!r} has no attribute {name!r}")
        self.__class__ = ModuleType
        try:
            self.__spec__.loader.exec_module(self)  # type: ignore[union-attr]
        except BaseException:
            self.__class__ = _Lazy
            raise
        return getattr(self, name)

    def __dir__(self) -> list[str]:
        return sorted({*super().__dir__(), *getattr(self, "__all__", ())})
