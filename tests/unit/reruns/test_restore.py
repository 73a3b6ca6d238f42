"""Results taken from the store in one pass: those that their jobs would take, and none besides."""

import os
from collections.abc import Callable
from pathlib import Path

import pytest

from uncollapse.jobs.provenance import inputs_read, provenance_path, read_record
from uncollapse.jobs.stage import Stage
from uncollapse.jobs.store import Store, content_hash
from uncollapse.reruns.outdated import ContentHashes
from uncollapse.reruns.restore import Wanted, restore

BODY = "uncollapse.experiments.a.stages."


def job(folder: Path, name: str, *needs: str, seed: int = 0) -> Stage:
    """A job that reads a source file, or what others made."""
    read = [folder / need for need in needs] or [folder / "source"]
    made = {"x": folder / name, "y": folder / f"{name}.curve"}
    return Stage(body=BODY + name, spec={"seed": seed}, code=["m@1"], inputs={"of": read}, outputs=made)


def write(stage: Stage) -> None:
    """What the job writes: what it read, and its name."""
    read = b"".join(path.read_bytes() for path in stage.inputs["of"])
    for name, path in stage.outputs.items():
        stage.output(name).write_bytes(read + path.name.encode())


NEEDS = {"one": (), "two": ("one",), "other": ("one",), "last": ("two", "other")}


@pytest.fixture
def store(tmp_path: Path) -> Store:
    return Store(tmp_path / "store")


@pytest.fixture
def made(tmp_path: Path, store: Store) -> dict[str, bytes]:
    """The outputs of four jobs by name, which were run once and are deleted again."""
    (tmp_path / "source").write_text("source")
    for name, needs in NEEDS.items():
        job(tmp_path, name, *needs).run(write, store)
    found = {path.name: path.read_bytes() for name in NEEDS for path in job(tmp_path, name).outputs.values()}
    for name in found:
        (tmp_path / name).unlink()
        provenance_path(tmp_path / name).unlink()
    return found


def taken(
    folder: Path, store: Store, only: tuple[str, ...] = tuple(NEEDS), begin: Callable[[str], None] = lambda _: None
) -> list[str]:
    wanted = {
        name: Wanted(stage=job(folder, name, *needs), log=folder / f"logs/{name}.log", needs=needs)
        for name, needs in NEEDS.items()
        if name in only
    }
    return list(restore(wanted, store, ContentHashes(folder / "hashes").of, begin=begin, cores=2))


def test_all_come_back_as_their_jobs_wrote_them(tmp_path: Path, store: Store, made: dict[str, bytes]) -> None:
    begun: list[str] = []
    assert taken(tmp_path, store, begin=begun.append) == begun == [*NEEDS]
    assert {name: (tmp_path / name).read_bytes() for name in made} == made
    record = read_record(provenance_path(tmp_path / "last"))
    assert record is not None
    assert record["sha256"] == content_hash(tmp_path / "last")
    assert inputs_read(record) == {str(tmp_path / name): content_hash(tmp_path / name) for name in ("two", "other")}
    assert (tmp_path / "logs/last.log").read_text().startswith("last last: taken from the store\n0.")
    times = [(tmp_path / name).stat().st_mtime_ns for name in ("one", "two", "other", "last")]
    assert times == sorted(times)  # Snakemake goes by age
    assert not list(tmp_path.glob(".*partial*"))


def test_a_source_with_other_content_leaves_all_to_their_jobs(tmp_path: Path, store: Store, made: dict) -> None:
    (tmp_path / "source").write_text("other")
    assert taken(tmp_path, store) == []
    assert not (tmp_path / "one").exists()


def test_what_is_to_run_first_leaves_what_reads_from_it(tmp_path: Path, store: Store, made: dict) -> None:
    """As where the user forces a job: the one that is not wanted here will be made anew."""
    job(tmp_path, "one").run(write, store)
    assert taken(tmp_path, store, only=("two", "other", "last")) == []
    assert not (tmp_path / "two").exists()


@pytest.mark.parametrize("damage", ["flip", "remove"])
def test_a_damaged_object_leaves_its_job_and_those_after_it(
    tmp_path: Path, store: Store, made: dict[str, bytes], damage: str
) -> None:
    (stored,) = [path for path in (store.root / "objects").iterdir() if path.read_bytes() == made["two.curve"]]
    if damage == "flip":
        stored.write_bytes(b"?" + made["two.curve"][1:])
    else:
        stored.unlink()
    assert taken(tmp_path, store) == ["one", "other"]
    assert not stored.exists()
    assert not any((tmp_path / name).exists() for name in ("two", "two.curve", "last"))
    assert not list(tmp_path.glob(".*partial*"))


def test_a_folder_in_the_way_leaves_the_job_to_say_so(tmp_path: Path, store: Store, made: dict) -> None:
    (tmp_path / "other").mkdir()
    assert taken(tmp_path, store) == ["one", "two"]


def test_an_interruption_leaves_whole_results_and_no_litter(
    tmp_path: Path, store: Store, made: dict[str, bytes]
) -> None:
    def stop(name: str) -> None:
        if name == "other":
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        taken(tmp_path, store, begin=stop)
    assert (tmp_path / "two").read_bytes() == made["two"]
    assert not (tmp_path / "other").exists()
    assert not list(tmp_path.glob(".*partial*"))
    assert taken(tmp_path, store) == [*NEEDS]


def test_results_that_lie_there_with_other_content_are_replaced(
    tmp_path: Path, store: Store, made: dict[str, bytes]
) -> None:
    (tmp_path / "two").write_text("edited")
    os.utime(tmp_path / "two", (1, 1))
    assert taken(tmp_path, store) == [*NEEDS]
    assert (tmp_path / "two").read_bytes() == made["two"]
