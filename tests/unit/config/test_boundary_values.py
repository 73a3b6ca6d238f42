"""Settings of the theory that make no sense are refused with their key, before any job."""

from __future__ import annotations

from pathlib import Path

import pytest

from uncollapse.config.files import read
from uncollapse.errors import ConfigError

ROOT = Path(__file__).parents[3]


@pytest.mark.parametrize(
    ("key", "value"),
    [
        ("mixture_curves.sizes", "[[0, 20]]"),
        ("mixture_curves.error_rates", "[2.0]"),
        ("mixture_curves.error_rates", "[-0.5]"),
        ("mixture_curves.pruners", "[[1.5, 0.5]]"),
        ("survivors.sizes", "[[0, 0]]"),
        ("accumulation.dimensions", "[0]"),
        ("accumulation.n_points", "[-5]"),
        ("accumulation.noise_variances", "[-1.0]"),
        ("finite_sample.selected", "[0]"),
        ("finite_sample.selected", "[2000000]"),
        ("finite_sample.n_original", "[-1]"),
        ("finite_sample.verifier_angles", "[40.0]"),
        ("least_squares.n_generated", "1"),
        ("ridge.penalties", "[-1.0]"),
        ("ridge.n_generated", "[0]"),
        ("mixture_breakdown.levels", "[2.0]"),
        ("margin_gap.sizes", "[0, 250]"),
        ("supervised_curves.theta_prune", "[-0.1]"),
    ],
)
def test_a_value_that_makes_no_sense_is_refused_with_its_key(key: str, value: str) -> None:
    simulation, name = key.split(".")
    with pytest.raises(ConfigError, match=rf"theory\.simulations\.{simulation}(\.{name}|: )") as caught:
        read(ROOT / "config.yaml", values=[f"theory={{simulations: {{{simulation}: {{{name}: {value}}}}}}}"])
    assert "unknown key" not in str(caught.value)
