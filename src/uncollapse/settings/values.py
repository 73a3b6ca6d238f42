"""The parts of every block of config: names, seeds and strict blocks."""

import math
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
Count = Annotated[int, Field(ge=1)]  # of rows or dimensions
Rate = Annotated[float, Field(ge=0, le=1)]  # a share or a probability
Angle = Annotated[float, Field(ge=0, le=math.pi)]  # between two vectors, in radians
NotNegative = Annotated[float, Field(ge=0)]
Seeds = Annotated[list[Annotated[int, Field(ge=0, lt=2**31)]], Field(min_length=1), Unique]


class Strict(BaseModel):
    """A block of config: unknown keys are errors, and so are numbers that are not finite."""

    model_config = ConfigDict(extra="forbid", frozen=True, allow_inf_nan=False)
