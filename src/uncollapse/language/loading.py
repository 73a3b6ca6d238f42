"""Errors of transformers where a model cannot be loaded, as one that names the key and the fix."""

import contextlib
from collections.abc import Iterator

from uncollapse.errors import ConfigError
from uncollapse.language.artifact import quiet

NO_HUB = " If this machine reaches no hub, download the model elsewhere and give its place as folder: instead"


@contextlib.contextmanager
def loading(where: str, *, remedy: str = "") -> Iterator[None]:
    """Load quietly; what goes wrong is a ConfigError that begins with ``where`` and ends with ``remedy``."""
    try:
        with quiet():
            yield
    except (OSError, ValueError, KeyError, ImportError, RuntimeError) as error:
        first = (str(error).strip() or type(error).__name__).splitlines()[0].rstrip(".")
        raise ConfigError(f"{where}: cannot be loaded: {first}.{remedy}") from error
