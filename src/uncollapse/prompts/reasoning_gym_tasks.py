"""Tasks of the package ``reasoning-gym`` (Stojanovski et al. 2025), each loaded with its own group and nothing else.

``import reasoning_gym`` loads all its hundred tasks and the packages that any of them needs, one of which is compiled
where it is installed. A group, such as arithmetic, needs a twentieth of that time and few of these packages.
"""

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
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
    with _without_init():
        import_module(f"{_PACKAGE}.coaching")  # first, since the registry's import of it comes back to the registry
        import reasoning_gym.factory as registry

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


@contextmanager
def _without_init() -> Iterator[None]:
    """The package with its modules, but without what its ``__init__`` loads, which runs for who imports it later."""
    if _PACKAGE in sys.modules:
        yield
        return
    sys.modules[_PACKAGE] = module_from_spec(find_spec(_PACKAGE))  # type: ignore[arg-type]
    try:
        yield
    finally:
        del sys.modules[_PACKAGE]
