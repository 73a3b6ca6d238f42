"""All simulations by name: tidy, of the declared columns, repeatable; and the settings that run them."""

import numpy as np
import pytest
from pydantic import ValidationError

from uncollapse.artifacts.columns import key_of
from uncollapse.artifacts.parquet import read_table, write_table
from uncollapse.errors import ConfigError
from uncollapse.theory.simulate import load_simulation, simulate, simulation_names

MEASURED = {
    "mixture_curves": "accuracy",
    "mixture_breakdown": "measured",
    "supervised_curves": "accuracy",
    "supervised_breakdown": "measured",
    "survivors": "accuracy_0",
    "margin_gap": "gap",
    "finite_sample": "accuracy",
    "least_squares": "excess_risk",
    "ridge": "excess_risk",
    "adaptive_ridge": "excess_risk",
    "adaptive_limit": "predicted",
    "accumulation": "error",
    "own_samples": "variance",
    "editing": "error",
}


@pytest.mark.parametrize("name", simulation_names())
def test_simulation_is_tidy(tables, name, tmp_path):
    table, schema = tables[name], load_simulation(name).SCHEMA
    assert np.isfinite(table[MEASURED[name]]).all()
    assert not table.duplicated(key_of(schema)).any()
    assert MEASURED[name] not in key_of(schema)
    write_table(tmp_path / "table.parquet", {column: table[column].to_numpy() for column in table}, schema)
    assert read_table(tmp_path / "table.parquet", schema).num_rows == len(table)


@pytest.mark.parametrize("name", ["survivors", "editing", "adaptive_ridge"])
def test_simulation_repeats_with_its_seed_and_changes_with_another(tables, small_settings, seed, name):
    assert simulate(name, small_settings[name], seed=seed).equals(tables[name])
    assert not simulate(name, small_settings[name], seed=seed + 1).equals(tables[name])


def test_unknown_simulation_names_the_known_ones():
    with pytest.raises(ConfigError, match="mixture_curves"):
        simulate("no such thing")


@pytest.mark.parametrize("name", simulation_names())
def test_settings_survive_a_round_trip_through_json_and_refuse_what_they_do_not_know(name):
    kind = load_simulation(name).Settings
    assert kind.model_validate_json(kind().model_dump_json()) == kind()
    with pytest.raises(ValidationError):
        kind(trial=3)


def test_editing_rules_are_checked():
    with pytest.raises(ValidationError):
        load_simulation("editing").Settings(rules=[("sometimes", 0.1, 0.5, 3)])


@pytest.mark.parametrize("name", simulation_names())
def test_every_open_choice_has_a_reason(name):
    for key, field in load_simulation(name).Settings.model_fields.items():
        assert field.description, f"{name}.{key} has no description"
