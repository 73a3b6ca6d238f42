"""What goes wrong on real machines: messages say which file and what to do, nothing half-made stays, reruns heal."""

from __future__ import annotations

import contextlib
import json
import os
import random
import resource
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from conftest import ROOT, snakemake, tiny_arguments
from system_programs import lacking
from uncollapse.jobs.partial import partial_of
from uncollapse.jobs.store import Store
from warm_python import warm

pytestmark = pytest.mark.workflow

TASK = {"name": "eigenvalues", "matrix_size": 2}
SHORT = {"batch_size": 32, "log_every": 5, "validate_every": 100, "checkpoint_every": 5}
Done = subprocess.CompletedProcess[str]


def _train_spec(*, steps: int = 20, rate: float = 0.01, dimension: int = 8) -> dict[str, Any]:
    return {
        "task": TASK,
        "model": {"dimension": dimension, "encoder_layers": 1, "heads": 2},
        "training": {**SHORT, "steps": steps, "optimizer": {"name": "adam", "learning_rate": rate}},
        "compute": {"device": "cpu"},
        "seed": 0,
        "validation": {"tolerance": 0.1},
    }


class Stages:
    """Commands of sequence stages with good inputs, and what they make of them."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        prompts = folder / "prompts.parquet"
        dataset = folder / "dataset.parquet"
        selection = {"task": TASK, "dataset": {"select": "labels"}, "available": 20_000}
        self.commands: dict[str, tuple[str, dict[str, Any], dict[str, Path], dict[str, str]]] = {
            "sample": (
                "sample",
                {"task": TASK, "split": "train", "count": 20_000, "seed": 0},
                {},
                {"prompts": "parquet"},
            ),
            "select": ("select", selection, {"prompts": prompts}, {"dataset": "parquet"}),
            "train": (
                "train",
                _train_spec(),
                {"dataset": dataset, "validation": folder / "validation.parquet"},
                {"weights": "safetensors", "curve": "parquet"},
            ),
            "label": (
                "label",
                {"task": TASK, "compute": {"device": "cpu"}, "beams": 1, "prompts": 50, "shard": 1, "shards": 1},
                {"prompts": prompts, "weights": folder / "weights.safetensors"},
                {"candidates": "parquet"},
            ),
        }
        validation = {"task": TASK, "split": "validation", "count": 20, "seed": 0}
        assert self._start("sample", validation, {}, {"prompts": folder / "validation.parquet"}).wait() == 0
        for stage in self.commands:
            assert self.run(stage, folder).returncode == 0

    def outputs(self, stage: str, out: Path) -> dict[str, Path]:
        """Where a stage writes."""
        return {name: out / f"{name}.{suffix}" for name, suffix in self.commands[stage][3].items()}

    def run(self, stage: str, out: Path, **options: Any) -> Done:
        """Run a stage to its end."""
        process = self.start(stage, out, **options)
        stdout, stderr = process.communicate(timeout=300)
        return Done(process.args, process.returncode, stdout, stderr)

    def start(
        self,
        stage: str,
        out: Path,
        *,
        spec: dict[str, Any] | None = None,
        inputs: dict[str, Path] | None = None,
        **options: Any,
    ) -> subprocess.Popen[str]:
        """Start a stage whose outputs go to ``out``."""
        body, usual, usual_inputs, _ = self.commands[stage]
        return self._start(body, spec or usual, {**usual_inputs, **(inputs or {})}, self.outputs(stage, out), **options)

    def _start(
        self,
        body: str,
        spec: dict[str, Any],
        inputs: dict[str, Path],
        outputs: dict[str, Path],
        *,
        store: Path | None = None,
        memory: int | None = None,
        child: bool = False,
    ) -> subprocess.Popen[str]:
        """``child``: of this process, which alone a limit and a kill reach at once."""
        log = next(iter(outputs.values())).parent / "logs" / f"{body}.log"
        environment = {**os.environ, "OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1"}
        script = ROOT / "scripts/stage.py"
        words = [sys.executable, str(script)] if child or memory else warm(script, environment=environment)
        command = [*words, f"uncollapse.experiments.sequence.stages.{body}", "--spec", json.dumps(spec)]
        command += ["--log", str(log)]
        for option, paths in (("--input", inputs), ("--output", outputs)):
            for name, path in paths.items():
                command += [option, f"{name}={path}"]
        if store is not None:
            environment["UNCOLLAPSE_STORE"] = str(store)
        limit = (lambda: resource.setrlimit(resource.RLIMIT_AS, (memory, memory))) if memory else None
        return subprocess.Popen(
            command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, env=environment, preexec_fn=limit
        )

    def is_undisturbed(self, stage: str, out: Path) -> bool:
        """Whether the outputs have the bytes of the undisturbed run."""
        pairs = zip(self.outputs(stage, out).values(), self.outputs(stage, self.folder).values(), strict=True)
        return all(found.read_bytes() == expected.read_bytes() for found, expected in pairs)


@pytest.fixture(scope="module")
def stages(tmp_path_factory: pytest.TempPathFactory) -> Stages:
    return Stages(tmp_path_factory.mktemp("stages"))


def _left(out: Path) -> list[str]:
    """Files in a folder of outputs, but for logs."""
    return sorted(str(path.relative_to(out)) for path in out.rglob("*") if path.is_file() and "logs" not in path.parts)


def _explained(done: Done, *words: str) -> None:
    assert done.returncode == 1, done.stderr
    assert "Traceback" not in done.stderr, done.stderr
    for word in words:
        assert word in done.stderr, done.stderr


class Disk:
    """A small file system of its own."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        folder.mkdir()
        self._mount("-t", "tmpfs", "-o", "size=16k", "tmpfs")

    def fill(self) -> None:
        """Leave no byte free."""
        with contextlib.suppress(OSError), (self.folder / "ballast").open("wb", buffering=0) as ballast:
            while True:
                ballast.write(bytes(1 << 10))

    def remount(self, options: str) -> None:
        """Change its size, or make it read-only."""
        self._mount("-o", f"remount,{options}")

    def remove(self) -> None:
        """Give it back."""
        subprocess.run(["umount", str(self.folder)], check=True)

    def _mount(self, *arguments: str) -> None:
        done = subprocess.run(["mount", *arguments, str(self.folder)], capture_output=True, text=True)
        if done.returncode:
            pytest.skip(f"no file system can be mounted here: {done.stderr.strip()}")


@pytest.fixture
def disk(tmp_path: Path) -> Iterator[Disk]:
    if os.geteuid() != 0:
        pytest.skip("mounting a file system needs root")
    if reason := lacking("mount", "umount"):
        pytest.skip(reason)
    if sys.platform != "linux":
        pytest.skip("tmpfs is Linux's")
    small = Disk(tmp_path / "disk")
    yield small
    small.remove()


# disks


@pytest.mark.parametrize("stage", ["sample", "select", "train", "label"])
def test_a_full_disk(stages: Stages, disk: Disk, stage: str) -> None:
    disk.fill()
    failed = stages.run(stage, disk.folder)
    first = next(iter(stages.outputs(stage, disk.folder).values()))
    _explained(failed, "the disk is full", str(first), "free some space")
    assert _left(disk.folder) == ["ballast"]
    disk.remount("size=64m")
    assert stages.run(stage, disk.folder).returncode == 0
    assert stages.is_undisturbed(stage, disk.folder)


def test_a_full_store_costs_the_store_alone(stages: Stages, disk: Disk, tmp_path: Path) -> None:
    done = stages.run("select", tmp_path / "out", store=disk.folder / "store")
    assert done.returncode == 0
    assert "not kept in the store" in done.stderr
    assert "the disk is full" in done.stderr
    assert stages.is_undisturbed("select", tmp_path / "out")
    assert Store(disk.folder / "store").usage().entries == 0
    assert Store(disk.folder / "store").verify() == []


def test_a_disk_that_is_full_for_what_the_store_has(stages: Stages, disk: Disk, tmp_path: Path) -> None:
    store = tmp_path / "store"
    assert stages.run("select", tmp_path / "out", store=store).returncode == 0
    _explained(stages.run("select", disk.folder / "out", store=store), "the disk is full", "dataset.parquet")
    assert _left(disk.folder) == []
    assert Store(store).verify() == []
    disk.remount("size=64m")
    assert "taken from the store" in stages.run("select", disk.folder / "out", store=store).stderr
    assert stages.is_undisturbed("select", disk.folder / "out")


def test_a_read_only_disk(stages: Stages, disk: Disk) -> None:
    disk.remount("ro")
    _explained(stages.run("select", disk.folder), "read-only", str(disk.folder), "set results in config")
    disk.remount("rw,size=64m")
    assert stages.run("select", disk.folder).returncode == 0
    assert stages.is_undisturbed("select", disk.folder)


def test_a_disk_that_becomes_read_only_while_a_store_is_read(stages: Stages, disk: Disk, tmp_path: Path) -> None:
    """A colleague's store, say: what is in it is used, what is not is computed."""
    disk.remount("size=64m")
    store = disk.folder / "store"
    assert stages.run("select", tmp_path / "first", store=store).returncode == 0
    disk.remount("ro")
    assert "taken from the store" in stages.run("select", tmp_path / "second", store=store).stderr
    assert stages.is_undisturbed("select", tmp_path / "second")
    done = stages.run("label", tmp_path / "second", store=store)
    assert done.returncode == 0
    assert "not kept in the store" in done.stderr


@pytest.mark.skipif(os.geteuid() == 0, reason="root may write everywhere; see the read-only disk")
def test_a_folder_without_permission(stages: Stages, tmp_path: Path) -> None:
    out = tmp_path / "out"
    out.mkdir(mode=0o555)
    _explained(stages.run("select", out), "permission denied", str(out))
    out.chmod(0o755)
    assert stages.run("select", out).returncode == 0


# files


@pytest.mark.parametrize("fault", ["truncated", "foreign", "flipped"])
def test_a_damaged_parquet_file_and_back(tiny: Path, tmp_path: Path, fault: str) -> None:
    """Through Snakemake: a file that is not what its record says is made again, before anything reads it."""
    results = tmp_path / "results"
    target = results / "eigenvalues/datasets/best_of_5.parquet"
    arguments = [str(target), *tiny_arguments(results)]
    snakemake(*arguments, f"store={tiny.parent}/store")
    before = target.read_bytes()
    path = next(results.rglob("generator-seed3.synthesize.beam5.2of2.parquet"))
    whole = path.read_bytes()
    path.write_bytes(_damaged(whole, fault, other=next(results.rglob("prompts/synthesize.parquet"))))
    target.unlink()
    snakemake(*arguments, f"store={tmp_path}/no-store")
    assert path.read_bytes() == whole
    assert target.read_bytes() == before


@pytest.mark.parametrize("fault", ["truncated", "foreign", "flipped"])
def test_a_damaged_parquet_file_that_a_job_reads(stages: Stages, tmp_path: Path, fault: str) -> None:
    broken = tmp_path / "prompts.parquet"
    whole = (stages.folder / "prompts.parquet").read_bytes()
    broken.write_bytes(_damaged(whole, fault, other=stages.folder / "dataset.parquet"))
    _explained(stages.run("select", tmp_path / "out", inputs={"prompts": broken}), str(broken), "delete")
    assert _left(tmp_path / "out") == []


def _damaged(whole: bytes, fault: str, *, other: Path) -> bytes:
    """The bytes of a file cut off, with a flipped bit, or those of another one."""
    if fault == "truncated":
        return whole[: len(whole) // 2]
    return other.read_bytes() if fault == "foreign" else whole[:2000] + bytes([whole[2000] ^ 1]) + whole[2001:]


def test_a_flipped_bit_anywhere_in_the_weights(stages: Stages, tmp_path: Path) -> None:
    whole = (stages.folder / "weights.safetensors").read_bytes()
    broken = tmp_path / "weights.safetensors"
    chance = random.Random(0)
    for place in (chance.randrange(len(whole)), len(whole) - 1):
        content = bytearray(whole)
        content[place] ^= 1 << chance.randrange(8)
        broken.write_bytes(bytes(content))
        _explained(
            stages.run("label", tmp_path / "out", inputs={"weights": broken}), str(broken), "damaged", "delete", "rerun"
        )
        assert _left(tmp_path / "out") == []
    broken.unlink()
    assert stages.run("train", tmp_path).returncode == 0
    assert stages.run("label", tmp_path / "out", inputs={"weights": broken}).returncode == 0
    assert stages.is_undisturbed("label", tmp_path / "out")


# training


def test_a_loss_that_is_not_a_number(stages: Stages, tmp_path: Path) -> None:
    failed = stages.run("train", tmp_path, spec=_train_spec(rate=1e30))
    _explained(failed, "training.optimizer.learning_rate", str(tmp_path / "weights.safetensors"))
    assert "the loss is nan" in failed.stderr or "not finite" in failed.stderr
    assert _left(tmp_path) == []
    assert stages.run("train", tmp_path).returncode == 0
    assert stages.is_undisturbed("train", tmp_path)


def test_too_little_memory(stages: Stages, tmp_path: Path) -> None:
    failed = stages.run("train", tmp_path, spec=_train_spec(dimension=32_768), memory=4 << 30)
    _explained(failed, "out of memory", str(tmp_path / "weights.safetensors"), "batch_size")
    assert _left(tmp_path) == []
    assert stages.run("train", tmp_path).returncode == 0


def _killed_behind_a_checkpoint(stages: Stages, out: Path, spec: dict[str, Any]) -> None:
    process = stages.start("train", out, spec=spec, child=True)
    while not (out / ".checkpoints/weights.safetensors").exists():
        assert process.poll() is None, process.communicate()
        time.sleep(0.005)
    process.kill()
    process.communicate()
    assert process.returncode == -9, "the training had already ended"


def test_a_killed_training_goes_on_to_the_same_weights(stages: Stages, tmp_path: Path) -> None:
    """As the kernel kills a job that takes too much memory."""
    spec = _train_spec(steps=400)
    assert stages.run("train", tmp_path / "calm", spec=spec).returncode == 0
    out = tmp_path / "killed"
    _killed_behind_a_checkpoint(stages, out, spec)
    assert not (out / "weights.safetensors").exists()
    litter = [
        Path(str(partial_of(folder / "weights.safetensors")).replace(f"-{os.getpid()}.", "-999999999."))
        for folder in (out, out / ".checkpoints")
    ]
    for path in litter:
        path.write_bytes(b"half")
    resumed = stages.run("train", out, spec=spec)
    assert resumed.returncode == 0
    assert "resuming at" in resumed.stderr
    assert "resuming at" in (out / "logs/train.log").read_text()
    for name in ("weights.safetensors", "curve.parquet"):
        assert (out / name).read_bytes() == (tmp_path / "calm" / name).read_bytes()
    assert _left(out) == _left(tmp_path / "calm")


def test_a_damaged_checkpoint_is_no_start(stages: Stages, tmp_path: Path) -> None:
    spec = _train_spec(steps=400)
    assert stages.run("train", tmp_path / "calm", spec=spec).returncode == 0
    out = tmp_path / "killed"
    _killed_behind_a_checkpoint(stages, out, spec)
    path = out / ".checkpoints/weights.safetensors"
    content = bytearray(path.read_bytes())
    content[-100] ^= 1
    path.write_bytes(bytes(content))
    again = stages.run("train", out, spec=spec)
    assert again.returncode == 0
    assert "resuming at" not in again.stderr
    assert (out / "weights.safetensors").read_bytes() == (tmp_path / "calm/weights.safetensors").read_bytes()


def test_a_job_that_outlived_its_snakemake_meets_its_repetition(stages: Stages, tmp_path: Path) -> None:
    out = tmp_path / "out"
    both = [stages.start("train", out) for _ in range(2)]
    for process in both:
        _, stderr = process.communicate(timeout=300)
        assert process.returncode == 0, stderr
    assert stages.is_undisturbed("train", out)
    assert not [name for name in _left(out) if "partial" in name or ".checkpoints" in name]
