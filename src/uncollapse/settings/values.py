"""The parts of every block of config: names, seeds and strict blocks."""

import math
from collections.abc import Iterator
from typing import Annotated, Any, Self

from pydantic import (
    AfterValidator,
    BaseModel,
    ConfigDict,
    Field,
    ModelWrapValidatorHandler,
    StringConstraints,
    ValidationError,
    model_validator,
)
from pydantic_core import ErrorDetails, InitErrorDetails, PydanticCustomError


def _all_differ(values: list[Any]) -> list[Any]:
    """Check that no value stands twice: it would be computed twice under one name, or counted twice."""
    if len(set(values)) < len(values):
        raise ValueError(f"all must differ, got {values}")
    return values


# a name becomes part of file names and of Snakemake wildcards
Name = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9_]*$", max_length=100)]
Unique = AfterValidator(_all_differ)
Count = Annotated[int, Field(ge=1)]  # of rows or dimensions
Rate = Annotated[float, Field(ge=0, le=1)]  # a share or a probability
Angle = Annotated[float, Field(ge=0, le=math.pi)]  # between two vectors, in radians
NotNegative = Annotated[float, Field(ge=0)]
Seeds = Annotated[list[Annotated[int, Field(ge=0, lt=2**31)]], Field(min_length=1), Unique]


class Strict(BaseModel):
    """A block of config: unknown keys are errors, and so are numbers that are not finite, and truth values (yes, on)
    where a number belongs.

    The error of an unknown key has the keys that the block knows in its context, as ``known``.
    """

    model_config = ConfigDict(extra="forbid", frozen=True, allow_inf_nan=False)

    @model_validator(mode="wrap")
    @classmethod
    def _errors_know_the_keys(cls, block: Any, handler: ModelWrapValidatorHandler[Self]) -> Self:
        try:
            settings = handler(block)
        except ValidationError as error:
            found = error.errors(include_url=False)
            if all(problem["type"] != "extra_forbidden" for problem in found):
                raise
            known = [field.alias or name for name, field in cls.model_fields.items()]
            raise ValidationError.from_exception_data(error.title, [_known(each, known) for each in found]) from None
        if isinstance(block, dict) and (truths := list(_truths(block, dict(settings)))):
            raise ValidationError.from_exception_data(cls.__name__, truths)
        return settings


def _truths(given: Any, taken: Any, place: tuple[int | str, ...] = ()) -> Iterator[InitErrorDetails]:
    """Errors of truth values that pydantic took for the numbers 1 and 0."""
    if isinstance(given, bool) and isinstance(taken, int | float) and not isinstance(taken, bool):
        kind = PydanticCustomError("truth_for_number", "a number is expected")
        yield {"type": kind, "loc": place, "input": given}
    elif isinstance(given, dict) and isinstance(taken, dict):
        for key in (key for key in given if key in taken):
            yield from _truths(given[key], taken[key], (*place, str(key)))
    elif isinstance(given, list | tuple) and isinstance(taken, list | tuple) and len(given) == len(taken):
        for number, pair in enumerate(zip(given, taken, strict=True)):
            yield from _truths(*pair, (*place, number))


def _known(problem: ErrorDetails, known: list[str]) -> InitErrorDetails:
    """The same problem; the known keys go with an unknown one of this very block."""
    kind: str | PydanticCustomError = problem["type"]
    if kind == "extra_forbidden":
        context = problem.get("ctx") or ({"known": known} if len(problem["loc"]) == 1 else {})
        kind = PydanticCustomError(kind, "Extra inputs are not permitted", context)
        return {"type": kind, "loc": problem["loc"], "input": problem["input"]}
    return {"type": kind, "loc": problem["loc"], "input": problem["input"], "ctx": problem.get("ctx", {})}
