"""The diffusion model of molecules, through the interface of generative models."""

import itertools
from collections.abc import Iterator

import numpy as np
import pyarrow as pa
import pytest
import torch

from uncollapse.artifacts.parquet import as_table
from uncollapse.errors import ConfigError, DataError, DivergedError
from uncollapse.generations.models import molecules as model
from uncollapse.generations.plugins import MODELS, plugin_of
from uncollapse.generations.work import Work
from uncollapse.jobs.progress import Progress
from uncollapse.molecules.atoms import Atoms, columns_of_molecules

pytest.importorskip("rdkit")
pytest.importorskip("diffusers")
from uncollapse.molecules.diffusion import Diffusion


def ring(elements: list[int], length: float = 1.52) -> Atoms:
    """Atoms on a regular polygon with sides of this length."""
    angles = 2 * np.pi * np.arange(len(elements)) / len(elements)
    radius = length / (2 * np.sin(np.pi / len(elements)))
    places = radius * np.stack([np.cos(angles), np.sin(angles), 0 * angles], 1)
    return Atoms(np.array(elements, dtype=np.int8), places.astype(np.float32))


def as_rows(molecules: list[Atoms]) -> pa.Table:
    return as_table(columns_of_molecules(molecules), model.ROWS)


ROWS = as_rows([ring([6] * 3), ring([6] * 4), ring([6, 6, 8])] * 20)


def settings_of(**keys) -> model.Settings:
    steps = keys.pop("steps", 30)
    training = {"batch_size": 16, "steps": steps, "log_every": 10, "checkpoint_every": 10} | keys.pop("training", {})
    optimizer = {"learning_rate": 5e-3, "muon_learning_rate": 1e-2}
    sizes = {"network": {"dimension": 16, "layers": 2}, "noise": {"steps": 20}}
    keys = sizes | {"training": {"optimizer": optimizer, "schedule": {"warmup_steps": 5}} | training} | keys
    return model.Settings(name="molecules", **keys)


@pytest.fixture
def work(tmp_path) -> Work:
    return Work(progress=Progress("test", unit="rows"), checkpoint=tmp_path / "checkpoint", identity="one")


def fitted(work: Work, settings: model.Settings, rows: pa.Table = ROWS, **keys):
    return model.fit(rows, settings, **{"weights": None, "first": None, "seed": 0, "work": work} | keys)


def test_it_is_found_by_name() -> None:
    module, settings = plugin_of({"name": "molecules"}, package=MODELS)
    assert module is model
    assert settings.training.optimizer.name == "muon"
    model.ready(settings)


@pytest.fixture
def medium() -> Iterator[None]:
    before = torch.get_float32_matmul_precision()
    torch.set_float32_matmul_precision("medium")
    yield
    torch.set_float32_matmul_precision(before)


@pytest.mark.usefixtures("medium")
def test_products_are_in_full_float32_whatever_is_set(work: Work, monkeypatch: pytest.MonkeyPatch) -> None:
    """In training, losses and sampling; what was set is set again afterwards."""
    seen, network_at = [], Diffusion.network_at

    def noted(self: Diffusion, *given: torch.Tensor) -> torch.Tensor:
        seen.append(torch.get_float32_matmul_precision())
        return network_at(self, *given)

    monkeypatch.setattr(Diffusion, "network_at", noted)
    settings = settings_of(steps=2)
    state = fitted(work, settings)
    seen.append(torch.get_float32_matmul_precision())
    model.losses(state, settings, ROWS, work=work)
    seen.append(torch.get_float32_matmul_precision())
    next(model.sample(state, settings, rows=2, seed=0, work=work))
    seen.append(torch.get_float32_matmul_precision())
    assert [precision for precision, _ in itertools.groupby(seen)] == ["highest", "medium"] * 3


def test_what_is_missing_is_named_with_the_command(monkeypatch) -> None:
    monkeypatch.setattr(model, "find_spec", lambda name: None if name == "rdkit" else object())
    with pytest.raises(ConfigError, match=r"needs rdkit: pip install 'uncollapse\[molecules\]'"):
        model.ready(settings_of())


def test_it_learns_and_writes_molecules_like_those_it_saw(work: Work) -> None:
    """Three rings: after some 200 steps a good part of what is written is one of them."""
    untrained = fitted(work, settings_of(steps=1))
    settings = settings_of(steps=200)
    state = fitted(work, settings)
    assert state.about["elements"] == [6, 8]
    assert state.about["sizes"] == pytest.approx([0, 0, 0, 2 / 3, 1 / 3])
    (part,) = model.sample(state, settings, rows=60, seed=1, work=work)
    written = as_table(part, model.ROWS)
    found = model.measures(written, settings, real=ROWS, learned=ROWS)
    assert found["validity"] > 0.4
    assert found["held_out_found"] > 0.6
    assert found["bond_lengths"] < 0.2
    losses = [model.losses(each, settings, ROWS, work=work).mean() for each in (state, untrained)]
    assert losses[0] < losses[1] * 0.7


def test_equal_arguments_give_equal_states_and_other_seeds_others(work: Work) -> None:
    settings = settings_of(steps=10)
    first, again, other = (fitted(work, settings, seed=seed) for seed in (0, 0, 1))
    same = [first.tensors[name].equal(again.tensors[name]) for name in first.tensors]
    assert all(same)
    assert not first.tensors["output.weight"].equal(other.tensors["output.weight"])


def test_a_killed_fit_ends_as_an_undisturbed_one(work: Work, monkeypatch) -> None:
    settings = settings_of(steps=30)
    whole = fitted(work, settings)
    work.checkpoint.unlink(missing_ok=True)
    real, calls = work.progress.update, []

    def killed(*arguments, **keys) -> None:
        calls.append(arguments)
        if len(calls) == 3:  # at step 30, after the checkpoint of step 20
            raise KeyboardInterrupt
        real(*arguments, **keys)

    monkeypatch.setattr(work.progress, "update", killed)
    with pytest.raises(KeyboardInterrupt):
        fitted(work, settings)
    assert work.checkpoint.exists()
    monkeypatch.setattr(work.progress, "update", real)
    resumed = fitted(work, settings)
    assert all(whole.tensors[name].equal(resumed.tensors[name]) for name in whole.tensors)
    assert resumed.about == whole.about


def test_samples_come_part_by_part_and_hang_on_the_seed(work: Work) -> None:
    settings = settings_of(steps=2, at_once=8)
    state = fitted(work, settings)
    parts = list(model.sample(state, settings, rows=20, seed=1, work=work))
    assert [len(part["elements"]) for part in parts] == [8, 8, 4]
    again = list(model.sample(state, settings, rows=20, seed=1, work=work))
    assert all(one["positions"].equals(other["positions"]) for one, other in zip(parts, again, strict=True))
    other = next(iter(model.sample(state, settings, rows=20, seed=2, work=work)))
    assert not other["positions"].equals(parts[0]["positions"])
    assert not parts[1]["positions"].equals(parts[0]["positions"])


def test_losses_hang_on_the_rows_place_not_on_the_batch(work: Work) -> None:
    state = fitted(work, settings_of(steps=2))
    few, many = (model.losses(state, settings_of(at_once=k), ROWS, work=work) for k in (7, 256))
    np.testing.assert_allclose(few, many, rtol=1e-5)
    assert few.shape == (60,)


def test_weights_decide_what_is_learned(work: Work) -> None:
    kinds = np.arange(len(ROWS)) % 3
    state = fitted(work, settings_of(steps=2), weights=np.where(kinds == 1, 3.0, 0.0))
    assert state.about["sizes"] == [0, 0, 0, 0, 1]


def test_later_generations_keep_scale_and_elements_of_the_first(work: Work) -> None:
    settings = settings_of(steps=2)
    first = fitted(work, settings)
    larger = as_rows([ring([6] * 4, 1.58)] * 20)
    later = fitted(work, settings, larger, first=first)
    assert [later.about[name] for name in ("length", "elements")] == [
        first.about[name] for name in ("length", "elements")
    ]
    fluorine = as_rows([ring([6] * 3), ring([6, 6, 7])])
    with pytest.raises(DataError, match=r"row 1 has the element N, which .* \(C, O\)"):
        fitted(work, settings, fluorine, first=first)
    with pytest.raises(DataError, match="row 1 has the element N"):
        model.losses(first, settings, fluorine, work=work)


def test_a_generation_without_a_valid_molecule_ends_with_counts(work: Work) -> None:
    apart, bent = ring([6] * 3, 4.0), ring([6] * 3, 0.8)
    with pytest.raises(DataError, match=r"3 molecules: 1 atoms too near each other, 2 more than one fragment"):
        fitted(work, settings_of(), as_rows([apart, bent, apart]))
    fitted(work, settings_of(steps=1), as_rows([apart, bent, ring([6] * 3)]))  # one is enough


def test_molecules_of_one_atom_have_no_places_to_learn(work: Work) -> None:
    alone = as_rows([Atoms(np.array([6], dtype=np.int8), np.zeros((1, 3), dtype=np.float32))] * 3)
    with pytest.raises(DataError, match="every molecule is one atom"):
        fitted(work, settings_of(), alone)


def test_training_that_diverges_says_so(work: Work) -> None:
    training = {"optimizer": {"name": "adamw", "learning_rate": 1e30}, "schedule": {"warmup_steps": 0}}
    with pytest.raises(DivergedError, match=r"lower training\.optimizer\.learning_rate"):
        fitted(work, settings_of(training=training))
