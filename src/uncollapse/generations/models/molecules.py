"""Diffusion model of small molecules with coordinates: an equivariant network, noise schedules of diffusers.

All its products are in full float32: places move by small differences of large numbers, and matrices are small.
"""

from __future__ import annotations

from collections.abc import Iterator
from importlib.util import find_spec
from typing import TYPE_CHECKING, Any, Literal

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray
from pydantic import Field

from uncollapse.errors import ConfigError, DataError
from uncollapse.generations.rows import MOLECULES as ROWS
from uncollapse.molecules.atoms import columns_of_molecules
from uncollapse.molecules.descriptors import descriptors
from uncollapse.molecules.judging import judged
from uncollapse.molecules.measures import of_molecules, reasons_in_words
from uncollapse.molecules.padded import Padded, atoms_of_rows, check_hydrogens, padded
from uncollapse.molecules.settings import NetworkSettings, NoiseSettings, default_training
from uncollapse.settings.values import Strict
from uncollapse.training.settings import TrainingSettings

if TYPE_CHECKING:
    import torch

    from uncollapse.generations.state import State
    from uncollapse.generations.work import Work
    from uncollapse.molecules.diffusion import Diffusion

__all__ = ["LOSS", "ROWS", "Settings", "check_held_out", "features", "fit", "losses", "measures", "ready", "sample"]

LOSS = "square error per degree of freedom"  # of what the network is trained to tell, a reweighted likelihood bound
_TIMES = 16  # steps of noise that a molecule's loss is averaged over
_PACKAGES = {"diffusers": "diffusers", "rdkit": "rdkit"}


class Settings(Strict):
    """Sizes, noise and training."""

    name: Literal["molecules"]
    hydrogens: Literal["implied", "explicit"] = Field(
        default="implied",
        description="explicit: all are among the atoms; implied: valences that are left are hydrogens",
    )
    network: NetworkSettings = NetworkSettings()
    noise: NoiseSettings = NoiseSettings()
    training: TrainingSettings = Field(default_factory=default_training)
    at_once: int = Field(default=256, ge=1, description="molecules that are written together; memory grows with it")


def ready(settings: Settings) -> None:
    """End where diffusers or RDKit is not installed.

    Raises
    ------
    ConfigError
        With the command that installs them.
    """
    missing = [package for module, package in _PACKAGES.items() if find_spec(module) is None]
    if missing:
        raise ConfigError(
            f"the model molecules needs {' and '.join(missing)}: pip install 'uncollapse[molecules]' (from a checkout:"
            " pip install -e '.[molecules]')"
        )


def fit(
    rows: pa.Table, settings: Settings, *, weights: NDArray | None, first: State | None, seed: int, work: Work
) -> State:
    """A model trained from new weights.

    Raises
    ------
    DataError
        Where no row is a valid molecule, with counts; for elements that generation 0 has not seen.
    """
    import torch

    from uncollapse.compute.precision import full_precision
    from uncollapse.generations.state import State
    from uncollapse.generations.training import trained
    from uncollapse.molecules.diffusion import Diffusion
    from uncollapse.molecules.examples import Molecules

    molecules = padded(rows)
    explicit = settings.hydrogens == "explicit"
    check_hydrogens(molecules, explicit=explicit)
    _some_valid(rows, explicit=explicit)
    scales = _scales(molecules, first)
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(seed)
        model = Diffusion(settings.network, settings.noise, scales)
    model.to(work.device)
    with full_precision():
        examples = Molecules(molecules, model, weights=weights, seed=seed)
        curve = trained(model, examples, settings.training, seed=seed, work=work)
    sizes = np.bincount(molecules.sizes, weights=weights)
    about = {
        "elements": list(scales.elements),
        "length": scales.length,
        "sizes": (sizes / sizes.sum()).tolist(),
        "loss": curve[-1]["loss"],
    }
    return State(dict(model.network.state_dict()), about)


def check_held_out(rows: pa.Table, settings: Settings, *, held_out: pa.Table) -> None:
    """End before training where held-out molecules have elements that none of the rows has.

    Raises
    ------
    DataError
        With the first such row.
    """
    learned = padded(rows)
    try:
        _check_elements(padded(held_out), np.unique(learned.elements[learned.present]).tolist())
    except DataError as error:
        raise DataError(f"held out: {error}") from error


def sample(state: State, settings: Settings, *, rows: int, seed: int, work: Work) -> Iterator[dict[str, Any]]:
    """Molecules of as many atoms as those that were learned from have, so many at once.

    Raises
    ------
    DataError
        Where a molecule's places are not finite, as those of a network that was trained too fast.
    """
    import torch

    from uncollapse.compute.precision import full_precision
    from uncollapse.molecules.examples import keyed

    model = _loaded(state, settings, work.device)
    for start in range(0, rows, settings.at_once):
        number = min(settings.at_once, rows - start)
        sizes = np.random.default_rng([seed, start]).choice(
            len(state.about["sizes"]), size=number, p=state.about["sizes"]
        )
        with full_precision():
            written = model.write(torch.from_numpy(sizes), keyed(seed, start))
        if lost := int((~np.isfinite(written.positions).all((1, 2))).sum()):
            raise DataError(
                f"{lost:,} of {number:,} molecules have places that are not finite numbers: lower the model's"
                " training.optimizer rates, or train it for longer"
            )
        yield columns_of_molecules(atoms_of_rows(written.elements, written.positions, sizes.tolist()))


def losses(state: State, settings: Settings, rows: pa.Table, *, work: Work) -> NDArray[np.float64]:
    """Error of the network for each molecule (N,), averaged over evenly spaced steps of noise."""
    import torch

    from uncollapse.compute.precision import full_precision
    from uncollapse.molecules.diffusion import normal
    from uncollapse.molecules.examples import keyed

    model = _loaded(state, settings, work.device)
    molecules = padded(rows)
    _check_elements(molecules, state.about["elements"])
    times = np.unique(np.linspace(0, settings.noise.steps - 1, _TIMES).round().astype(int)).tolist()
    found = []
    for start in range(0, len(rows), settings.at_once):
        some = slice(start, start + settings.at_once)
        clean, present = model.atoms(Padded(molecules.elements[some], molecules.positions[some]))
        generators = [keyed(start + place) for place in range(len(clean))]
        total = torch.zeros(len(clean), dtype=torch.float64)
        for time in times:
            drawn = [
                normal((1, *clean.shape[1:]), own.unsqueeze(0), g) for own, g in zip(present, generators, strict=True)
            ]
            steps = torch.full((len(clean),), time, device=work.device)
            with full_precision(), torch.inference_mode():
                errors = model.errors(
                    clean.to(work.device), present.to(work.device), steps, torch.cat(drawn).to(work.device)
                )
            total += errors.double().cpu()
        found.append(total / len(times))
    return torch.cat(found).numpy() if found else np.zeros(0)


def features(rows: pa.Table, settings: Settings) -> NDArray[np.float64]:
    """Elements and smoothed distances of their pairs (N, F)."""
    return descriptors(padded(rows))


def measures(rows: pa.Table, settings: Settings, *, real: pa.Table, learned: pa.Table) -> dict[str, float]:
    """Validity, uniqueness, novelty and geometry; see :func:`uncollapse.molecules.measures.of_molecules`."""
    explicit = settings.hydrogens == "explicit"
    return of_molecules(rows, held_out=real, learned=learned, explicit_hydrogens=explicit)


def _scales(molecules: Padded, first: State | None) -> Any:
    """Elements and unit of length of the rows, or of generation 0, which all generations keep."""
    from uncollapse.molecules.diffusion import Scales

    if first is not None:
        _check_elements(molecules, first.about["elements"])
        return Scales(first.about["elements"], first.about["length"])
    elements = np.unique(molecules.elements[molecules.present]).tolist()
    spread = float(molecules.positions[molecules.present].astype(np.float64).std())
    if not spread > 0:
        raise DataError("every molecule is one atom: there are no places to learn; give molecules of several")
    return Scales(elements, spread)


def _check_elements(molecules: Padded, known: list[int]) -> None:
    from uncollapse.molecules.elements import SYMBOLS

    strange = molecules.present & ~np.isin(molecules.elements, known)
    if strange.any():
        row = int(strange.any(1).argmax())
        named = SYMBOLS[int(molecules.elements[row][strange[row]][0])]
        raise DataError(
            f"row {row} has the element {named}, which no molecule has that the first generation learned from"
            f" ({', '.join(SYMBOLS[number] for number in known)}); give it more rows"
        )


def _some_valid(rows: pa.Table, *, explicit: bool) -> None:
    """End, with counts, where there is nothing to learn from."""
    if all(each.reason for each in judged(rows, explicit_hydrogens=explicit)):
        counts = reasons_in_words(judged(rows, explicit_hydrogens=explicit))
        raise DataError(
            f"none of the rows to learn from is a valid molecule ({counts}): the model before has to be trained for"
            " longer (training.steps) or on more rows, or the run needs real rows. What was made stays"
        )


def _loaded(state: State, settings: Settings, device: torch.device) -> Diffusion:
    from uncollapse.molecules.diffusion import Diffusion, Scales

    model = Diffusion(settings.network, settings.noise, Scales(state.about["elements"], state.about["length"]))
    model.network.load_state_dict(dict(state.tensors))
    return model.to(device).eval()
