"""Numbers and names of a spec given by hand that no config would have: refused before anything is read."""

import argparse

import pytest

from uncollapse.jobs.stage_command import _spec


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ('{"most": NaN}', "NaN is no finite number"),
        ('{"block": {"list": [1, -Infinity]}}', "-Infinity is no finite number"),
        ('{"most": 1e400}', "1e400 is no finite number"),
        ('{"seed": 1, "seed": 2}', "the name 'seed' is there twice"),
        ('{"block": {"a": 1, "a": 1}}', "the name 'a' is there twice"),
    ],
)
def test_what_no_config_has_is_refused(text: str, told: str) -> None:
    with pytest.raises(argparse.ArgumentTypeError, match=f"is no JSON object: {told} .the workflow makes"):
        _spec(text)


def test_numbers_of_any_finite_size_are_read() -> None:
    assert _spec('{"a": 1e-400, "b": 1e308, "c": 123456789012345678901, "d": [0.1]}') == {
        "a": 0.0,
        "b": 1e308,
        "c": 123456789012345678901,
        "d": [0.1],
    }
