"""All simulations by name: tidy, finite where they must be, repeatable; and the settings that run them."""

import numpy as np
import pytest
from pydantic import ValidationError

from uncollapse.theory.settings import EditingSettings, MixtureSettings, TheorySettings
from uncollapse.theory.simulations import SIMULATIONS, simulate

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
    "editing": "error",
}


@pytest.mark.parametrize("name", sorted(SIMULATIONS))
def test_simulation_is_tidy(tables, name):
    table = tables[name]
    assert "trial" in table.columns
    assert np.isfinite(table[MEASURED[name]]).all()
    settings = [column for column in table.columns if column != MEASURED[name]]
    assert not table.duplicated(settings).any()


@pytest.mark.parametrize("name", ["survivors", "editing", "adaptive_ridge"])
def test_simulation_repeats_with_its_seed_and_changes_with_another(tables, small_settings, name):
    assert simulate(name, small_settings).equals(tables[name])
    assert not simulate(name, small_settings.model_copy(update={"seed": 4})).equals(tables[name])


def test_unknown_simulation_names_the_known_ones():
    with pytest.raises(KeyError, match="mixture_curves"):
        simulate("no such thing", TheorySettings())


def test_settings_survive_a_round_trip_through_json_and_refuse_what_they_do_not_know():
    settings = TheorySettings()
    assert TheorySettings.model_validate_json(settings.model_dump_json()) == settings
    with pytest.raises(ValidationError):
        MixtureSettings(trial=3)
    with pytest.raises(ValidationError):
        EditingSettings(rules=[("sometimes", 0.1, 0.5, 3)])


def test_every_open_choice_has_a_reason():
    parts = [
        field.annotation for field in TheorySettings.model_fields.values() if hasattr(field.annotation, "model_fields")
    ]
    assert len(parts) == 9
    for part in parts:
        for name, field in part.model_fields.items():
            assert field.description, f"{part.__name__}.{name} has no description"
