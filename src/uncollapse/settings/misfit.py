"""The error of a value in config, which names its key."""

from collections.abc import Iterable


class Misfit(ValueError):
    """A value that is wrong by itself or beside others, with its key below the part of the config being checked.

    ``missing`` is a name that nothing there has, which an overlay may have removed.
    """

    def __init__(self, key: str, text: str, *, missing: str | None = None) -> None:
        super().__init__(text)
        self.key, self.missing = key, missing


def not_defined(key: str, name: str, known: Iterable[str], *, among: str = "") -> Misfit:
    """The error of a name that nothing has; ``among`` is the key of what would have it."""
    none = f"none, as {among} has no entries" if among else "none"
    return Misfit(key, f"{name!r} is not defined; known: {', '.join(known) or none}", missing=name)
