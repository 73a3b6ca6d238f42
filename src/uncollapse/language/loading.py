"""Errors of transformers where a model cannot be loaded, as one that names the key and the fix."""

import contextlib
from collections.abc import Iterator

from uncollapse.errors import ConfigError, UncollapseError
from uncollapse.language.artifact import quiet

NO_HUB = " If this machine reaches no hub, download the model elsewhere and give its place as folder: instead"


@contextlib.contextmanager
def loading(
    where: str, what: str = "", *, remedy: str = "", error_type: type[UncollapseError] = ConfigError
) -> Iterator[None]:
    """Load quietly; what goes wrong is an error that begins with ``where``, says as what, and ends with ``remedy``."""
    try:
        with quiet():
            yield
    except (OSError, ValueError, KeyError, ImportError, RuntimeError, TypeError, AttributeError) as error:
        first = (str(error).strip() or type(error).__name__).splitlines()[0].rstrip(".")
        raise error_type(f"{where}: cannot be loaded{what and f' as {what}'}: {first}.{remedy}") from error
