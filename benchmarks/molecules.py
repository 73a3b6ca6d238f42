"""Molecules per second of training and of sampling, and the memory of sampling for ever more of them.

    python benchmarks/molecules.py [--rows 500 5000] [--rounds 5] [--steps 60]

Training: the workflow's loop beside the usual PyTorch loop of the same model, sizes and batches. The model as its paper
writes it and as it is written here are held together first: they say the same. Each runs with products in full float32,
torch's default and what the workflow trains molecules with, and as compute.matmul_precision: medium has them. Sampling:
as the workflow's stage runs it, a process of its own that writes Parquet. One thread; rates of processor time, best of
several rounds in turn.
"""

from __future__ import annotations

import argparse
import io
import itertools
import json
import os
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

BATCH = 64
PRECISIONS = ("highest", "medium")
ATOMS, MOLECULES = 6, 600
MOST = 1.2  # times the memory of the fewest rows


def training(rounds: int, steps: int) -> dict[tuple[str, str], float]:
    """Molecules per second of processor time, by what trains and the precision of products."""
    import torch
    from plain_molecules import plain_network, plain_steps

    from uncollapse.compute.device import prepare
    from uncollapse.compute.settings import ComputeSettings
    from uncollapse.molecules.examples import Molecules
    from uncollapse.training.settings import OptimizerSettings, ScheduleSettings, TrainingSettings

    prepare(ComputeSettings(device="cpu"), threads=1)
    model, molecules = _model()
    clean, present = model.atoms(molecules)
    times = torch.arange(64)
    same = [_model()[0], _model()[0]]
    plain_network(same[1].network)
    with torch.inference_mode():
        answers = [each.double().network_at(clean[:64].double(), present[:64].double(), times) for each in same]
    torch.testing.assert_close(*answers)

    def plainly(layers_of_paper: bool) -> float:
        own, _ = _model()
        if layers_of_paper:
            plain_network(own.network)
        loop = plain_steps(own, clean, present, batch_size=BATCH, learning_rate=2e-3)
        return _rate(lambda: next(loop), steps)

    def ours(optimizer: str) -> float:
        own, _ = _model()
        settings = TrainingSettings(
            batch_size=BATCH,
            steps=3 * steps,
            optimizer=OptimizerSettings(name=optimizer, learning_rate=2e-3),  # type: ignore[arg-type]
            schedule=ScheduleSettings(warmup_steps=10),
            log_every=steps,
            validate_every=steps,
        )
        return _stretch(own, Molecules(molecules, own, weights=None, seed=0), settings, steps)

    ways = {
        "plain, layers as in the paper": lambda: plainly(True),
        "plain, our layers": lambda: plainly(False),
        "ours, Adam": lambda: ours("adam"),
        "ours, Muon": lambda: ours("muon"),
    }
    best = dict.fromkeys(itertools.product(ways, PRECISIONS), 0.0)
    for _ in range(rounds):
        for name, precision in best:
            torch.set_float32_matmul_precision(precision)
            best[name, precision] = max(best[name, precision], ways[name]())
    return best


def sampling(rows: list[int]) -> dict[int, tuple[float, float]]:
    """Peak memory in MB and molecules per second of processor time of the stage that writes so many."""
    found = {}
    with tempfile.TemporaryDirectory() as folder:
        place = Path(folder)
        _in_a_process_of_its_own(lambda: _save(place / "model.safetensors"))
        for number in rows:
            spec = {
                "model": {"name": "molecules", "noise": {"steps": 50}},
                **{"seeds": [0], "generation": 0, "rows": number, "compute": {"device": "cpu"}},
            }
            call = [sys.executable, str(Path(__file__).parents[1] / "scripts" / "stage.py")]
            call += ["uncollapse.experiments.generations.stages.write_generation", "--spec", json.dumps(spec)]
            call += ["--input", f"model={place / 'model.safetensors'}", "--output", f"written={place / 'w.parquet'}"]
            silent = [(os.POSIX_SPAWN_OPEN, 2, os.devnull, os.O_WRONLY, 0)]
            child = os.posix_spawn(sys.executable, call, os.environ, file_actions=silent)
            _, status, used = os.wait4(child, 0)
            if status:
                sys.exit(f"failed: {' '.join(call)}")
            found[number] = (used.ru_maxrss / 1024, number / (used.ru_utime + used.ru_stime))
    return found


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rows", type=int, nargs="+", default=[500, 5000], help="molecules to sample")
    parser.add_argument("--rounds", type=int, default=5, help="of training, all ways in turn")
    parser.add_argument("--steps", type=int, default=60, help="of a stretch that is timed")
    arguments = parser.parse_args()
    # sampling first: a child's peak memory is at least what its parent holds, so that this process loads no torch yet
    written = sampling(arguments.rows)
    trained = training(arguments.rounds, arguments.steps)
    print(f"training: molecules of {ATOMS} atoms per second of processor time, batches of {BATCH}", end=", ")
    print(f"best of {arguments.rounds} rounds, each the better of two stretches of {arguments.steps} steps")
    base = trained["plain, our layers", PRECISIONS[0]]
    for (name, precision), rate in trained.items():
        print(f"{name:32s}{precision:9s}{rate:8,.0f}  {rate / base:5.2f}x")
    print("\nsampling, 50 steps, start-up included")
    for rows, (memory, rate) in written.items():
        print(f"{rows:>8,} molecules  {memory:6,.0f} MB  {rate:6,.0f}/s")
    fewest, most = min(written), max(written)
    if written[most][0] > MOST * written[fewest][0]:
        sys.exit("memory grows with the number of molecules")


def _model() -> tuple[Any, Any]:
    """A new model of the default's sizes, the same each time, and molecules without meaning."""
    import numpy as np
    import torch

    from uncollapse.molecules.diffusion import Diffusion, Scales
    from uncollapse.molecules.padded import Padded
    from uncollapse.molecules.settings import NetworkSettings, NoiseSettings

    torch.manual_seed(0)
    model = Diffusion(NetworkSettings(), NoiseSettings(), Scales([6, 7, 8, 9], 1.0))
    rng = np.random.default_rng(0)
    places = rng.normal(size=(MOLECULES, ATOMS, 3)).astype(np.float32)
    return model, Padded(rng.choice([6, 7, 8], (MOLECULES, ATOMS)), places - places.mean(1, keepdims=True))


def _save(path: Path) -> None:
    from uncollapse.generations.state import State, save_states

    model, _ = _model()
    about = {"elements": [6, 7, 8, 9], "length": 1.0, "sizes": [0] * ATOMS + [1.0]}
    save_states({0: State(dict(model.network.state_dict()), about)}, path)


def _in_a_process_of_its_own(work: Any) -> None:
    if (child := os.fork()) == 0:
        work()
        os._exit(0)
    if os.waitpid(child, 0)[1]:
        sys.exit("no model to sample from")


def _rate(step: Any, steps: int) -> float:
    """Molecules per second of processor time, of the better of two stretches after the first."""
    times = [time.process_time()]
    for _ in range(3):
        for _ in range(steps):
            step()
        times.append(time.process_time())
    stretches = [later - earlier for earlier, later in itertools.pairwise(times)]
    return steps * BATCH / min(stretches[1:])


def _stretch(model: Any, examples: Any, settings: Any, steps: int) -> float:
    """The same of the workflow's loop, which is asked to validate after every stretch."""
    from uncollapse.jobs.progress import Progress
    from uncollapse.training.checkpoint import Checkpoint
    from uncollapse.training.loop import train

    times: list[float] = []

    def note(_: Any) -> dict[str, float]:
        times.append(time.process_time())
        return {}

    with tempfile.TemporaryDirectory() as folder:
        train(
            model,
            examples,
            settings,
            seed=0,
            validate=note,
            checkpoint=Checkpoint(Path(folder) / "checkpoint", identity="benchmark"),
            progress=Progress("train", unit="molecules", stream=io.StringIO()),
        )
    return steps * BATCH / min(later - earlier for earlier, later in itertools.pairwise(times))


if __name__ == "__main__":
    main()
