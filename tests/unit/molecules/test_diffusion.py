"""The network's symmetries, noise as diffusers has it, and molecules that are written."""

import numpy as np
import pytest
import torch

from uncollapse.molecules.network import EquivariantNetwork, centred
from uncollapse.molecules.padded import Padded
from uncollapse.molecules.settings import NetworkSettings, NoiseSettings

pytest.importorskip("diffusers")
from uncollapse.molecules.diffusion import Diffusion, Scales, normal, scheduler_of
from uncollapse.molecules.examples import Molecules, keyed

KINDS, ATOMS = 3, 5
SCALES = Scales([6, 7, 8], 1.3)
SMALL = NetworkSettings(dimension=12, layers=2)


def network(dtype: torch.dtype = torch.float64) -> EquivariantNetwork:
    torch.manual_seed(0)
    found = EquivariantNetwork(KINDS, dimension=12, layers=2, gaussians=6, reach=4.0)
    for layer in found.layers:  # as it is after training: nothing is near zero
        torch.nn.init.normal_(layer.move.weight)
        torch.nn.init.normal_(layer.outside.weight, std=0.3)
    return found.to(dtype)


@pytest.fixture
def inputs() -> dict[str, torch.Tensor]:
    generator = torch.Generator().manual_seed(1)
    present = torch.tensor([[1, 1, 1, 1, 1], [1, 1, 1, 0, 0]], dtype=torch.float64)
    places = torch.randn(2, ATOMS, 3, generator=generator, dtype=torch.float64)
    numbers = torch.randn(2, ATOMS, KINDS, generator=generator, dtype=torch.float64) * present.unsqueeze(-1)
    time = torch.tensor([0.2, 0.7], dtype=torch.float64)
    return {"places": centred(places, present), "numbers": numbers, "time": time, "present": present}


def orthogonal(seed: int, mirrored: bool) -> torch.Tensor:
    turn, _ = torch.linalg.qr(torch.randn(3, 3, dtype=torch.float64, generator=torch.Generator().manual_seed(seed)))
    turn[0] *= torch.linalg.det(turn) * (-1 if mirrored else 1)
    return turn


@pytest.mark.parametrize("seed", [0, 1])
@pytest.mark.parametrize("mirrored", [False, True])
def test_turned_molecules_give_turned_vectors_and_the_same_numbers(inputs: dict, seed: int, mirrored: bool) -> None:
    turn = orthogonal(seed, mirrored)
    vectors, numbers = network()(**inputs)
    turned, same = network()(**inputs | {"places": inputs["places"] @ turn})
    torch.testing.assert_close(turned, vectors @ turn, rtol=1e-9, atol=1e-9)
    torch.testing.assert_close(same, numbers, rtol=1e-9, atol=1e-9)
    assert float(vectors.detach().abs().max()) > 0.01


def test_moved_molecules_give_the_same(inputs: dict) -> None:
    moved = network()(**inputs | {"places": inputs["places"] + torch.tensor([3.0, -1.0, 2.0])})
    for one, other in zip(network()(**inputs), moved, strict=True):
        torch.testing.assert_close(one, other, rtol=1e-9, atol=1e-9)


def test_molecules_far_from_the_origin_move_alike_in_bfloat16(inputs: dict) -> None:
    given = {name: value.float() for name, value in inputs.items()}
    far = given | {"places": given["places"] + 100.0}
    with torch.autocast("cpu", torch.bfloat16):
        near, moved = (network(torch.float32)(**each)[0] for each in (given, far))
    torch.testing.assert_close(moved, near, rtol=2e-2, atol=0.02 * float(near.detach().abs().max()))


def test_renumbered_atoms_give_renumbered_outputs(inputs: dict) -> None:
    order = torch.tensor([2, 0, 3, 4, 1])
    other = network()(
        inputs["places"][:, order], inputs["numbers"][:, order], inputs["time"], inputs["present"][:, order]
    )
    for one, renumbered in zip(network()(**inputs), other, strict=True):
        torch.testing.assert_close(one[:, order], renumbered, rtol=1e-9, atol=1e-9)


def test_atoms_that_are_none_change_nothing(inputs: dict) -> None:
    alone = network()(
        *(inputs[name][1:, :3] for name in ("places", "numbers")), inputs["time"][1:], inputs["present"][1:, :3]
    )
    strange = inputs["places"].clone()
    strange[1, 3:] = 7.0
    padded = network()(**inputs | {"places": strange})
    for one, other in zip(alone, padded, strict=True):
        torch.testing.assert_close(one[0], other[1, :3], rtol=1e-9, atol=1e-9)
        assert float(other[1, 3:].detach().abs().max()) == 0.0


def test_a_layer_is_that_of_the_paper(inputs: dict) -> None:
    """Pair by pair: phi_e of both states and the distance, x_i + sum over (x_i - x_j) phi_x / (d + 1)."""
    net = network()
    layer, places, present = net.layers[0], inputs["places"], inputs["present"]
    states = torch.randn(2, ATOMS, 12, dtype=torch.float64, generator=torch.Generator().manual_seed(2))
    pairs = present.unsqueeze(2) * present.unsqueeze(1) * (1 - torch.eye(ATOMS))
    moved, changed = layer(places, states, pairs, present.unsqueeze(-1), net.centers, net.width)
    silu = torch.nn.functional.silu
    for row, atoms in ((0, 5), (1, 3)):
        for i in range(atoms):
            place, gathered = places[row, i].clone(), torch.zeros(12, dtype=torch.float64)
            for j in range(atoms):
                if i != j:
                    d = (places[row, i] - places[row, j]).norm()
                    near = torch.exp(-(((d - net.centers) / net.width) ** 2))
                    weight = torch.cat([layer.receiver.weight, layer.sender.weight, layer.distance.weight], 1)
                    both = torch.cat([states[row, i], states[row, j], near])
                    message = silu(layer.message(silu(weight @ both + layer.receiver.bias)))
                    gathered = gathered + message
                    place = place + (places[row, i] - places[row, j]) * layer.move(message) / (d + 1)
            update = layer.outside(silu(layer.inside(torch.cat([states[row, i], gathered]))))
            torch.testing.assert_close(moved[row, i], place, rtol=1e-6, atol=1e-6)
            torch.testing.assert_close(changed[row, i], states[row, i] + update, rtol=1e-6, atol=1e-6)


def molecules(number: int = 6) -> Padded:
    rng = np.random.default_rng(3)
    sizes = rng.integers(2, ATOMS + 1, number)
    present = np.arange(ATOMS) < sizes[:, None]
    places = rng.normal(size=(number, ATOMS, 3)).astype(np.float32) * present[..., None]
    places -= places.sum(1, keepdims=True) / sizes[:, None, None] * present[..., None]
    return Padded(np.where(present, rng.choice([6, 7, 8], (number, ATOMS)), 0), places.astype(np.float32))


def _silenced(model: Diffusion) -> list[torch.Tensor]:
    """What the network is given from now on, whose answer is nothing."""
    seen: list[torch.Tensor] = []

    def nothing(noisy: torch.Tensor, *_: torch.Tensor) -> torch.Tensor:
        seen.append(noisy)
        return torch.zeros_like(noisy)

    model.network_at = nothing
    return seen


@pytest.mark.parametrize("schedule", ["linear", "squaredcos_cap_v2", "sigmoid"])
def test_noise_and_targets_are_those_of_diffusers(schedule: str) -> None:
    """The loss of a network that says nothing is the mean square of what diffusers' scheduler has it say."""
    for kind in ("epsilon", "sample", "v_prediction"):
        model = Diffusion(SMALL, NoiseSettings(schedule=schedule, prediction=kind), SCALES)
        clean, present = model.atoms(molecules())
        times = torch.tensor([0, 7, 30, 60, 90, 99])
        noise = normal(tuple(clean.shape), present, keyed(1))
        seen = _silenced(model)
        errors = model.errors(clean, present, times, noise)
        scheduler = scheduler_of(model.noise)
        torch.testing.assert_close(seen[0], scheduler.add_noise(clean, noise, times), rtol=1e-4, atol=1e-5)
        wanted = {"epsilon": noise, "sample": clean, "v_prediction": scheduler.get_velocity(clean, noise, times)}[kind]
        free = 6 * present.sum(1) - 3
        torch.testing.assert_close(errors, wanted.square().sum((1, 2)) / free, rtol=1e-4, atol=1e-5)


def test_noise_has_one_variance_for_each_degree_of_freedom() -> None:
    present = torch.tensor([1.0, 1, 1, 0]).expand(20_000, 4)
    drawn = normal((20_000, 4, 5), present, keyed(0))
    assert float(drawn[..., :3].sum(1).abs().max()) < 1e-5
    assert float(drawn[:, 3].abs().max()) == 0.0
    assert float(drawn.square().sum((1, 2)).mean()) == pytest.approx(3 * 2 + 2 * 3, rel=0.01)


def test_a_network_that_knows_the_molecule_writes_it() -> None:
    """The steps of sampling lead to what the network tells, whatever the noise."""
    model = Diffusion(SMALL, NoiseSettings(prediction="sample", steps=40), SCALES)
    known = molecules()
    clean, _ = model.atoms(known)
    model.network_at = lambda noisy, _present, _times: clean
    written = model.write(torch.from_numpy(known.sizes), keyed(5))
    assert written.elements.tolist() == known.elements.tolist()
    np.testing.assert_allclose(written.positions, known.positions, atol=1e-4)


@pytest.mark.parametrize("steps", [None, 5])
def test_written_molecules_are_centred_and_of_the_sizes_asked_for(steps: int | None) -> None:
    torch.manual_seed(0)
    model = Diffusion(SMALL, NoiseSettings(steps=20, sampling_steps=steps), SCALES)
    sizes = torch.tensor([2, 5, 3])
    written = model.write(sizes, keyed(5))
    assert written.sizes.tolist() == [2, 5, 3]
    assert np.isin(written.elements, [0, 6, 7, 8]).all()
    np.testing.assert_allclose(written.positions.sum(1), 0, atol=1e-4)
    again = model.write(sizes, keyed(5))
    assert np.array_equal(again.positions, written.positions)
    other = model.write(sizes, keyed(6))
    assert not np.allclose(other.positions, written.positions)


def test_batches_go_on_where_a_resumed_run_left_them() -> None:
    def examples(model: Diffusion) -> Molecules:
        return Molecules(molecules(), model, weights=np.arange(6) / 2.5, seed=4)

    first = Diffusion(SMALL, NoiseSettings(), SCALES)
    rows = torch.tensor([3, 1])
    batches = [examples(first).batch(rows) for _ in range(3)]
    assert not torch.equal(batches[0][4], batches[1][4])
    resumed = Diffusion(SMALL, NoiseSettings(), SCALES)
    resumed.load_state_dict(first.state_dict() | {"_extra_state": torch.tensor(2)})
    for one, other in zip(examples(resumed).batch(rows), batches[2], strict=True):
        assert torch.equal(one, other)
    assert batches[0][2].tolist() == pytest.approx([1.2, 0.4])


def test_a_row_of_weight_nothing_teaches_nothing() -> None:
    model = Diffusion(SMALL, NoiseSettings(), SCALES)
    clean, present, _, times, noise = Molecules(molecules(), model, weights=None, seed=0).batch(torch.arange(6))
    weights = torch.tensor([1.0, 1, 0, 0, 1, 0])
    errors = model.errors(clean, present, times, noise)
    loss = model.loss(clean, present, weights, times, noise)
    assert float(loss.detach()) == pytest.approx(float(errors.detach()[[0, 1, 4]].sum()) / 6, rel=1e-5)


def test_more_steps_of_sampling_than_of_noise_are_an_error() -> None:
    with pytest.raises(ValueError, match="more than the steps of noise"):
        NoiseSettings(steps=10, sampling_steps=11)
