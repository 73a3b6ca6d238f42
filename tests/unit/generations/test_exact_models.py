"""Gaussians and kernel density estimates against SciPy's."""

import numpy as np
import pyarrow as pa
import pytest
import scipy.stats

from uncollapse.errors import DataError
from uncollapse.generations.models import gaussian, kde
from uncollapse.generations.plugins import DATA, MODELS, plugin_of
from uncollapse.generations.rows import NUMBERS
from uncollapse.generations.state import load_states, save_states
from uncollapse.generations.work import Work
from uncollapse.jobs.progress import Progress

WORK = Work(progress=Progress("test", unit="points"))
RNG = np.random.default_rng(0)
POINTS = RNG.normal(size=(200, 2)) @ [[2.0, 0.0], [0.7, 0.5]] + [3.0, -1.0]
ASKED = RNG.normal(size=(20, 2))


def as_rows(points: np.ndarray) -> pa.Table:
    return pa.table({"values": pa.array(points.tolist(), pa.list_(pa.float64()))}, schema=NUMBERS)


def fitted(module, weights=None, first=None, points=POINTS, **keys):
    settings = module.Settings(name=module.__name__.rpartition(".")[2], **keys)
    return settings, module.fit(as_rows(points), settings, weights=weights, first=first, seed=0, work=WORK)


def test_a_gaussian_has_the_density_of_scipys() -> None:
    settings, state = fitted(gaussian)
    expected = scipy.stats.multivariate_normal(POINTS.mean(0), np.cov(POINTS.T, bias=True))
    found = gaussian.losses(state, settings, as_rows(ASKED), work=WORK)
    np.testing.assert_allclose(found, -expected.logpdf(ASKED), rtol=1e-9)


def test_the_unbiased_covariance_divides_by_one_less() -> None:
    np.testing.assert_allclose(fitted(gaussian, unbiased=True)[1].tensors["covariance"].numpy(), np.cov(POINTS.T))


def test_weights_count_as_repeated_rows_do() -> None:
    few, times = POINTS[:6], np.array([1, 2, 3, 1, 2, 3])
    repeated = fitted(gaussian, points=np.repeat(few, times, axis=0))[1]
    weighted = fitted(gaussian, points=few, weights=times / times.mean())[1]
    for name in ("mean", "covariance"):
        np.testing.assert_allclose(weighted.tensors[name].numpy(), repeated.tensors[name].numpy())


def test_samples_of_a_gaussian_have_its_moments_part_by_part() -> None:
    settings, state = fitted(gaussian)
    parts = [part["values"] for part in gaussian.sample(state, settings, rows=20_000, seed=1, work=WORK)]
    drawn = np.concatenate(parts)
    assert [len(part) for part in parts] == [8192, 8192, 3616]
    np.testing.assert_allclose(drawn.mean(0), POINTS.mean(0), atol=0.08)
    np.testing.assert_allclose(np.cov(drawn.T), np.cov(POINTS.T), rtol=0.05, atol=0.05)


def test_a_collapsed_gaussian_still_has_a_density() -> None:
    settings, state = fitted(gaussian, points=np.ones((3, 2)))
    assert np.isfinite(gaussian.losses(state, settings, as_rows(ASKED), work=WORK)).all()


def test_an_estimate_has_the_density_of_scipys_in_one_dimension() -> None:
    points = POINTS[:, :1]
    settings, state = fitted(kde, points=points)
    expected = scipy.stats.gaussian_kde(points.T)
    # SciPy's rule takes the unbiased deviation
    width = state.about["bandwidth"] * np.sqrt(len(points) / (len(points) - 1))
    settings, state = fitted(kde, points=points, bandwidth=width)
    np.testing.assert_allclose(
        kde.losses(state, settings, as_rows(ASKED[:, :1]), work=WORK), -expected.logpdf(ASKED[:, 0]), rtol=1e-8
    )


def test_the_bandwidth_of_generation_0_stays() -> None:
    first = fitted(kde)[1]
    later = fitted(kde, points=POINTS * 10, first=first)[1]
    assert later.about["bandwidth"] == first.about["bandwidth"]


def test_points_that_are_all_the_same_give_no_bandwidth_but_one_that_is_set() -> None:
    with pytest.raises(DataError, match=r"all 4 points are the same, .*; set the bandwidth"):
        fitted(kde, points=np.ones((4, 2)))
    settings, state = fitted(kde, points=np.ones((4, 2)), bandwidth=0.5)
    assert np.isfinite(kde.losses(state, settings, as_rows(ASKED), work=WORK)).all()


def test_samples_of_an_estimate_are_rows_with_noise() -> None:
    settings, state = fitted(kde, bandwidth=1e-6, weights=np.r_[np.ones(100), np.zeros(100)] * 2)
    (part,) = kde.sample(state, settings, rows=500, seed=1, work=WORK)
    nearest = np.abs(part["values"][:, None] - POINTS[None]).sum(-1)
    assert nearest.min(1).max() < 1e-4
    assert nearest.argmin(1).max() < 100


def test_states_of_several_seeds_come_back_from_one_file(tmp_path) -> None:
    states = {seed: fitted(kde, bandwidth=0.5 + seed)[1] for seed in (0, 7, 70)}
    save_states(states, tmp_path / "m.safetensors")
    found = load_states(tmp_path / "m.safetensors")
    assert list(found) == [0, 7, 70]
    assert [found[seed].about for seed in found] == [{"bandwidth": 0.5 + seed} for seed in found]
    assert all(found[seed].tensors["points"].equal(states[seed].tensors["points"]) for seed in found)


@pytest.mark.parametrize(("package", "name"), [(MODELS, "gaussian"), (MODELS, "kde"), (DATA, "normal")])
def test_modules_are_found_by_name(package: str, name: str) -> None:
    module, settings = plugin_of({"name": name}, package=package)
    assert settings.name == name
    assert pa.schema(module.ROWS).equals(NUMBERS)
