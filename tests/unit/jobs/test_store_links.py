"""Large outputs and their objects as one file with two names: no byte twice, and none of an edit handed out."""

from __future__ import annotations

import errno
import os
from collections.abc import Callable
from pathlib import Path

import pytest

from uncollapse.jobs import store as module
from uncollapse.jobs.file_memory import version_of
from uncollapse.jobs.stage import Stage
from uncollapse.jobs.store import Store, content_hash


@pytest.fixture
def store(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Store:
    """A store on a file system without shared blocks, for which ten bytes are many."""
    monkeypatch.setattr(module, "LINKED_FROM", 10)
    monkeypatch.setattr(module, "_share_blocks", lambda *_: False)
    return Store(tmp_path / "store")


def made(folder: Path, text: str) -> dict[str, Path]:
    folder.mkdir(exist_ok=True)
    (folder / "x").unlink(missing_ok=True)
    (folder / "x").write_text(text)
    return {"x": folder / "x"}


def stored(store: Store, path: Path) -> Path:
    return store.root / "objects" / content_hash(path)


def test_large_outputs_lie_there_once(store: Store, tmp_path: Path) -> None:
    large, small = made(tmp_path / "a", "w" * 10), made(tmp_path / "b", "w" * 9)
    store.put("large", large, {})
    store.put("small", small, {})
    assert large["x"].samefile(stored(store, large["x"]))
    assert not small["x"].samefile(stored(store, small["x"]))
    assert large["x"].stat().st_mode & 0o777 == 0o444
    assert small["x"].stat().st_mode & 0o200
    assert (store.usage().bytes, store.usage().shared) == (19, 10)


def test_a_deleted_output_comes_back_as_the_same_file_and_new(store: Store, tmp_path: Path) -> None:
    outputs = made(tmp_path / "a", "w" * 10)
    store.put("key", outputs, {})
    os.utime(outputs["x"], (1.0, 1.0))
    number = outputs["x"].stat().st_ino
    outputs["x"].unlink()
    assert store.fetch("key", outputs)
    assert outputs["x"].stat().st_ino == number
    assert outputs["x"].stat().st_mtime > 1.0, "Snakemake goes by the age of what was made from older files"


def test_what_was_a_copy_is_one_file_when_it_is_made_again(
    store: Store, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    outputs = made(tmp_path / "a", "w" * 10)
    with monkeypatch.context() as patch:
        patch.setattr(module, "LINKED_FROM", 11)  # a store of before
        store.put("key", outputs, {})
    assert not outputs["x"].samefile(stored(store, outputs["x"]))
    store.put("key", outputs, {})
    assert outputs["x"].samefile(stored(store, outputs["x"]))


@pytest.mark.parametrize(
    "edit",
    [
        lambda path: (path.unlink(), path.write_text("edited")),
        lambda path: (path.with_suffix(".new").write_text("edited"), path.with_suffix(".new").replace(path)),
    ],
    ids=["removed and written", "written beside and renamed"],
)
def test_an_edit_that_replaces_the_file_does_not_reach_the_store(
    edit: Callable[[Path], object], store: Store, tmp_path: Path
) -> None:
    outputs = made(tmp_path / "a", "original...")
    store.put("key", outputs, {})
    edit(outputs["x"])
    assert store.fetch("key", {"x": tmp_path / "x"})
    assert (tmp_path / "x").read_text() == "original..."


@pytest.mark.parametrize("text", ["edited.....", "edited", "longer than before"])
def test_an_edit_in_place_is_never_handed_out(store: Store, tmp_path: Path, text: str) -> None:
    """As root, or by who gives himself the right to write."""
    outputs, there = made(tmp_path / "a", "original..."), {"x": tmp_path / "x"}
    store.put("key", outputs, {})
    outputs["x"].chmod(0o644)
    outputs["x"].write_text(text)
    assert store.fetch("key", there) is None
    assert not there["x"].exists()
    assert list((store.root / "objects").iterdir()) == []
    assert outputs["x"].read_text() == text, "a person's file is left"
    store.put("key", made(tmp_path / "a", "original..."), {})
    assert store.fetch("key", there)
    assert there["x"].read_text() == "original..."


def test_of_two_checkouts_one_shares_its_file_and_no_edit_reaches_the_other(store: Store, tmp_path: Path) -> None:
    here, there = made(tmp_path / "here", "original..."), {"x": tmp_path / "there"}
    store.put("key", here, {})
    assert store.fetch("key", there)
    assert not there["x"].samefile(here["x"])
    here["x"].chmod(0o644)
    here["x"].write_text("edited here")
    assert there["x"].read_text() == "original..."
    there["x"].write_text("edited there")
    assert here["x"].read_text() == "edited here"
    assert store.fetch("key", {"x": tmp_path / "x"}) is None


def test_an_edit_in_the_second_checkout_leaves_the_store_and_the_first(store: Store, tmp_path: Path) -> None:
    here, there = made(tmp_path / "here", "original..."), {"x": tmp_path / "there"}
    store.put("key", here, {})
    store.fetch("key", there)
    there["x"].write_text("edited there")
    assert here["x"].read_text() == "original..."
    assert store.fetch("key", {"x": tmp_path / "x"})


def test_a_file_that_is_read_stays_the_very_file_whatever_the_store_does(store: Store, tmp_path: Path) -> None:
    """Else a job that reads it would find it changed, and do all its work again."""
    outputs = made(tmp_path / "a", "w" * 10)
    store.put("key", outputs, {})
    before = version_of(str(outputs["x"]))
    store.put("other", made(tmp_path / "b", "w" * 10), {})
    assert store.fetch("key", {"x": tmp_path / "x"})
    (store.root / "entries/key.json").unlink()
    (store.root / "entries/other.json").unlink()
    assert store.collect(unused_for=0.0, now=1e12) == 0
    assert store.verify() == []
    assert version_of(str(outputs["x"])) == before


def test_collect_drops_an_object_when_its_output_has_gone(store: Store, tmp_path: Path) -> None:
    outputs = made(tmp_path / "a", "w" * 10)
    store.put("key", outputs, {})
    assert store.collect(unused_for=0.0, now=1e12) == 0
    outputs["x"].unlink()
    assert store.collect(unused_for=0.0, now=1e12) == 10
    assert store.usage().objects == 0


@pytest.mark.parametrize("number", [errno.EXDEV, errno.EPERM, errno.EMLINK, errno.EOPNOTSUPP])
def test_where_no_second_name_can_be_there_are_copies(
    store: Store, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, number: int
) -> None:
    def refuse(*_: object) -> None:
        raise OSError(number, os.strerror(number))

    monkeypatch.setattr(os, "link", refuse)
    outputs = made(tmp_path / "a", "w" * 10)
    store.put("key", outputs, {})
    assert not outputs["x"].samefile(stored(store, outputs["x"]))
    assert outputs["x"].stat().st_mode & 0o200
    assert store.fetch("key", {"x": tmp_path / "x"})
    assert (tmp_path / "x").stat().st_mode & 0o200
    assert not list(store.root.rglob(".partial*"))


def test_an_object_of_another_user_is_copied(store: Store, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    outputs = made(tmp_path / "a", "w" * 10)
    store.put("key", outputs, {})
    outputs["x"].unlink()
    monkeypatch.setattr(os, "geteuid", lambda: 12345)
    assert store.fetch("key", outputs)
    assert not outputs["x"].samefile(stored(store, outputs["x"]))


def test_a_second_process_that_takes_the_same_object_gets_a_copy(
    store: Store, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    outputs, link = made(tmp_path / "a", "w" * 10), os.link
    store.put("key", outputs, {})
    outputs["x"].unlink()

    def after_another(source: Path, target: Path) -> None:
        link(source, tmp_path / "another's")
        link(source, target)

    monkeypatch.setattr(os, "link", after_another)
    assert store.fetch("key", outputs)
    assert not outputs["x"].samefile(tmp_path / "another's")
    assert outputs["x"].read_text() == "w" * 10


@pytest.mark.skipif(os.geteuid() != 0, reason="gives a folder to a group")
def test_a_store_of_a_group_keeps_copies_that_the_group_may_read(store: Store, tmp_path: Path) -> None:
    store.root.mkdir()
    os.chown(store.root, -1, 12345)
    store.root.chmod(0o2770)
    outputs = made(tmp_path / "a", "w" * 10)
    store.put("key", outputs, {})
    assert not outputs["x"].samefile(stored(store, outputs["x"]))
    assert stored(store, outputs["x"]).stat().st_gid == 12345


def _job(folder: Path) -> Stage:
    return Stage(body="a.stages.write", spec={}, code=[], inputs={}, outputs={"made": folder / "made.bin"})


def _killed_at(name: str, folder: Path, store: Store) -> None:
    """A job whose process ends without a word at a call."""
    child = os.fork()
    if child:
        os.waitpid(child, 0)
        return
    owner, _, call = name.rpartition(".")
    setattr({"os": os, "Stage": Stage}[owner], call, lambda *_: os._exit(9))
    _job(folder).run(lambda job: job.output("made").write_text("w" * 10) and None, store)
    os._exit(0)


@pytest.mark.parametrize("call", ["os.replace", "Stage.commit"], ids=["before the object", "before the record"])
def test_a_kill_between_the_two_names_leaves_nothing_that_is_wrong_or_in_the_way(
    call: str, store: Store, tmp_path: Path
) -> None:
    _killed_at(call, tmp_path, store)
    assert not (tmp_path / "made.bin").exists()
    worked = []
    job = _job(tmp_path)
    job.run(lambda job: worked.append(job.output("made").write_text("w" * 10)), store)
    assert len(worked) == (call == "os.replace")
    (stored,) = [path for path in (store.root / "objects").iterdir() if not path.name.startswith(".")]
    assert stored.samefile(tmp_path / "made.bin")
    assert stored.stat().st_nlink == 2
    assert [path.name for path in tmp_path.glob(".made*")] == []
    store.collect(unused_for=1e12, now=1e11)
    assert [path.name for path in (store.root / "objects").iterdir()] == [stored.name]
