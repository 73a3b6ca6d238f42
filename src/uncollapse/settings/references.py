"""Names in config that stand for entries of another block, found by the annotation of their fields."""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from typing import Annotated, Literal

from pydantic import BaseModel

from uncollapse.settings.misfit import not_defined
from uncollapse.settings.values import Name, Unique


@dataclass(frozen=True)
class Refers:
    """Annotation of a name, or a list of names, each of which must be an entry of the block ``to``.

    to : attribute of the experiment, with dots for one within it; where it has none, a block of the whole config.
    every : word that stands for all entries.
    besides : names that are always known.
    """

    to: str
    every: str | None = None
    besides: tuple[str, ...] = ()


TrainedDatasets = Annotated[Literal["all"] | Annotated[list[Name], Unique], Refers("datasets", every="all")]


def references(block: BaseModel, key: str = "") -> Iterator[tuple[str, str, str]]:
    """Key, name and block referred to, of every annotated name in a block; entries of dictionaries come last."""
    fields = [(field, getattr(block, field), refer) for field, refer in _fields(type(block))]
    for field, value, refer in sorted(fields, key=lambda entry: isinstance(entry[1], dict)):
        at = f"{key}{field}"
        for refers in refer:
            names = [value] if isinstance(value, str) else value or []
            yield from ((at, name, refers.to) for name in names if value != refers.every and name not in refers.besides)
        parts = {f"{at}.{name}": part for name, part in value.items()} if isinstance(value, dict) else {at: value}
        for place, part in parts.items():
            if isinstance(part, BaseModel):
                yield from references(part, f"{place}.")


@cache
def _fields(block: type[BaseModel]) -> list[tuple[str, list[Refers]]]:
    """Each field of a type of block, with what the annotation of its names says they are."""
    return [
        (name, [found for found in field.metadata if isinstance(found, Refers)])
        for name, field in block.model_fields.items()
    ]


def check_references(experiment: BaseModel) -> None:
    """Check that whatever an experiment names within itself is there.

    Raises
    ------
    Misfit
        For the first name that is not, with its key and the names that are known.
    """
    for key, name, to in references(experiment):
        known = experiment
        for part in to.split("."):
            known = getattr(known, part, None)
        if known is not None and name not in known:  # type: ignore[operator]
            raise not_defined(key, name, known, among=to)  # type: ignore[arg-type]


def named_outside(experiment: BaseModel) -> Iterator[tuple[str, str, str]]:
    """Key, name and block of all that an experiment names outside itself, such as corpora and base models."""
    yield from (found for found in references(experiment) if not hasattr(experiment, found[2].partition(".")[0]))
    yield from getattr(experiment, "conditional_names_outside", tuple)()
