"""Names in config that stand for entries of another block."""

from typing import Annotated

import pytest
from pydantic import Field

from uncollapse.settings.misfit import Misfit
from uncollapse.settings.references import Refers, TrainedDatasets, check_references, named_outside, references
from uncollapse.settings.values import Strict


class Model(Strict):
    datasets: TrainedDatasets = "all"
    initial: Annotated[str | None, Refers("models")] = None


class Experiment(Strict):
    corpora_read: Annotated[list[str], Refers("corpora")] = Field(default=["news"])
    models: dict[str, Model]
    datasets: dict[str, Model] = Field(default={})


def test_every_annotated_name_is_found_with_its_key() -> None:
    given = Experiment(models={"a": Model(datasets=["x", "all"], initial="b"), "b": Model()})
    assert list(references(given)) == [
        ("corpora_read", "news", "corpora"),
        ("models.a.datasets", "x", "datasets"),
        ("models.a.datasets", "all", "datasets"),  # in a list a name like any other
        ("models.a.initial", "b", "models"),
    ]
    assert list(named_outside(given)) == [("corpora_read", "news", "corpora")]


def test_a_name_that_nothing_has_is_told_by_its_key() -> None:
    check_references(Experiment(models={"a": Model(initial="b"), "b": Model()}))
    with pytest.raises(Misfit, match="'c' is not defined; known: a, b") as caught:
        check_references(Experiment(models={"a": Model(initial="c"), "b": Model()}))
    assert (caught.value.key, caught.value.missing) == ("models.a.initial", "c")
