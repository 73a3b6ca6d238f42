"""Truth values where a number belongs: ``seed: yes`` is no seed of one."""

import pytest
from pydantic import Field, ValidationError

from uncollapse.settings.values import Strict


class Block(Strict):
    steps: int = 1
    rate: float | None = None
    sizes: tuple[tuple[int, int], ...] = ()
    named: dict[str, int] = Field(default={})
    on: bool = False
    either: bool | int = False


class Whole(Strict):
    block: Block = Block()


@pytest.mark.parametrize(
    ("values", "place"),
    [
        ({"steps": True}, ("steps",)),
        ({"rate": False}, ("rate",)),
        ({"sizes": [[1, 2], [3, True]]}, ("sizes", 1, 1)),
        ({"named": {"a": 1, "b": True}}, ("named", "b")),
    ],
)
def test_a_truth_value_is_no_number(values: dict, place: tuple) -> None:
    for found, before in ((lambda: Block(**values), ()), (lambda: Whole(block=values), ("block",))):
        with pytest.raises(ValidationError) as caught:
            found()
        (problem,) = caught.value.errors()
        assert (problem["loc"], problem["msg"]) == ((*before, *place), "a number is expected")


def test_truth_values_and_numbers_have_their_places() -> None:
    block = Block(steps="3", rate=2, sizes=[[0, 1]], named={"a": 0}, on=True, either=True)
    assert (block.steps, block.rate, block.sizes, block.on, block.either) == (3, 2.0, ((0, 1),), True, True)
    assert Whole(block=block).block is block
