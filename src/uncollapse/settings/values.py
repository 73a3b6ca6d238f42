"""The parts of every block of config: names, seeds, strict blocks, and the error that names a key."""

from collections.abc import Iterable
from typing import Annotated, Any

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, StringConstraints


def _all_differ(values: list[Any]) -> list[Any]:
    """Check that no value stands twice: it would be computed twice under one name, or counted twice."""
    if len(set(values)) < len(values):
        raise ValueError(f"all must differ, got {values}")
    return values


# a name becomes part of file names and of Snakemake wildcards
Name = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9_]*$", max_length=100)]
Unique = AfterValidator(_all_differ)
Seeds = Annotated[list[Annotated[int, Field(ge=0, lt=2**31)]], Field(min_length=1), Unique]


class Misfit(ValueError):
    """A value that is wrong by itself or beside others, with its key below the part of the config being checked.

    ``missing`` is a name that nothing there has, which an overlay may have removed.
    """

    def __init__(self, key: str, text: str, *, missing: str | None = None) -> None:
        super().__init__(text)
        self.key, self.missing = key, missing


def not_defined(key: str, name: str, known: Iterable[str]) -> Misfit:
    """The error of a name that nothing has."""
    return Misfit(key, f"{name!r} is not defined; known: {', '.join(known) or 'none'}", missing=name)


class Strict(BaseModel):
    """Unknown keys are errors."""

    model_config = ConfigDict(extra="forbid", frozen=True, allow_inf_nan=False)
