"""Settings that a simulation accepts can be computed: every key at its lower end, and what is refused names the key."""

from __future__ import annotations

import contextlib
import warnings
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from pydantic import BaseModel, ValidationError

from uncollapse.artifacts.parquet import write_table
from uncollapse.theory.lbfgs import NotConverged
from uncollapse.theory.simulate import load_simulation, simulate, simulation_names

NUMBERS = (0, 1, 2)
RATES = (-0.5, 0.0, 1e-9, 1.0, 2.0)


def _at_the_ends(value: Any) -> Iterator[Any]:
    """Values of the type of one; of a list, with one element at its ends."""
    if isinstance(value, (list, tuple)):
        yield type(value)()
        for end in _at_the_ends(value[0]) if value else ():
            yield type(value)([end])
            if isinstance(value[0], (list, tuple)) and len(end) == 1 and len(value[0]) == 2:
                yield type(value)([(end[0], value[0][1])])
                yield type(value)([(value[0][0], end[0])])
    elif isinstance(value, bool) or value is None or isinstance(value, str):
        return
    elif isinstance(value, int):
        yield from NUMBERS
    elif isinstance(value, float):
        yield from RATES


def _smallest(name: str, small: BaseModel) -> dict[str, Any]:
    """Settings of a simulation with few trials and lists as short as they may be."""
    found = small.model_dump()
    shorter = {key: [value[:length] for length in (1, 2)] for key, value in found.items() if isinstance(value, tuple)}
    shorter |= {"trials": [2], "row_trials": [2], "settings_per_trial": [2], "bisections": [2]}
    if name == "adaptive_limit":
        shorter["n_points"] = [(256, 512)]
    for key, values in shorter.items():
        for value in values if key in found else ():
            with contextlib.suppress(ValidationError):
                type(small).model_validate(found | {key: value})
                found[key] = value
                break
    return found


@pytest.mark.parametrize("name", simulation_names())
def test_what_is_accepted_is_computed(name: str, small_settings: dict[str, BaseModel], tmp_path: Path) -> None:
    small, schema = _smallest(name, small_settings[name]), load_simulation(name).SCHEMA
    wrong, computed = [], 0
    for key, value in small.items():
        for tried in _at_the_ends(value):
            try:
                settings = type(small_settings[name]).model_validate(small | {key: tried})
            except ValidationError:
                continue
            computed += 1
            try:
                with warnings.catch_warnings():
                    warnings.simplefilter("ignore")
                    table = simulate(name, settings)
                columns = {column: table[column].to_numpy() for column in table}
                write_table(tmp_path / "table.parquet", columns, schema)
            except NotConverged:
                continue  # a limit of the machine's, told with what to raise
            except Exception as error:
                wrong.append(f"{key} = {tried}: {error!r}"[:300])
    assert not wrong, "\n".join(wrong)
    assert computed
