"""The content-addressed store: whole or nothing, never a changed byte, safe beside other jobs."""

import json
import multiprocessing
import os
from pathlib import Path

import pytest

from uncollapse.errors import ArtifactError
from uncollapse.jobs.store import Store, content_hash


@pytest.fixture
def store(tmp_path: Path) -> Store:
    return Store(tmp_path / "store")


def outputs(folder: Path, **content: str) -> dict[str, Path]:
    folder.mkdir(exist_ok=True)
    for name, text in content.items():
        (folder / name).write_text(text)
    return {name: folder / name for name in content}


def test_gives_back_what_was_put(store: Store, tmp_path: Path) -> None:
    store.put("key", outputs(tmp_path / "a", weights="w" * 1000, curve="c"), {"stage": "train"})
    wanted = {"weights": tmp_path / "weights", "curve": tmp_path / "curve"}
    assert store.fetch("key", wanted)
    assert wanted["weights"].read_text() == "w" * 1000
    assert wanted["curve"].read_text() == "c"


def test_an_unknown_key_or_other_outputs_give_nothing(store: Store, tmp_path: Path) -> None:
    store.put("key", outputs(tmp_path / "a", x="1"), {})
    assert not store.fetch("other", {"x": tmp_path / "x"})
    assert not store.fetch("key", {"x": tmp_path / "x", "y": tmp_path / "y"})
    assert not (tmp_path / "x").exists()


def test_editing_an_output_does_not_reach_the_store(store: Store, tmp_path: Path) -> None:
    made = outputs(tmp_path / "a", x="original")
    store.put("key", made, {})
    made["x"].write_text("edited!!")
    fetched = tmp_path / "x"
    assert store.fetch("key", {"x": fetched})
    assert fetched.read_text() == "original"
    fetched.write_text("edited again")
    assert store.fetch("key", {"x": fetched})
    assert fetched.read_text() == "original"


@pytest.mark.parametrize("damage", ["flip", "truncate", "remove", "empty"])
def test_a_damaged_object_is_never_used(store: Store, tmp_path: Path, damage: str) -> None:
    store.put("key", outputs(tmp_path / "a", x="some bytes", y="other"), {})
    (stored,) = [path for path in (store.root / "objects").iterdir() if path.read_text() == "some bytes"]
    if damage == "remove":
        stored.unlink()
    else:
        stored.write_text({"flip": "some bytez", "truncate": "some", "empty": ""}[damage])
    assert not store.fetch("key", {"x": tmp_path / "x", "y": tmp_path / "y"})
    assert not (tmp_path / "x").exists()
    assert not (tmp_path / "y").exists()
    store.put("key", outputs(tmp_path / "a", x="some bytes", y="other"), {})
    assert store.fetch("key", {"x": tmp_path / "x", "y": tmp_path / "y"})


@pytest.mark.parametrize("text", ["", "{", "[]", "{}", '{"outputs": 3}'])
def test_a_damaged_entry_is_as_none(store: Store, tmp_path: Path, text: str) -> None:
    store.put("key", outputs(tmp_path / "a", x="1"), {})
    (store.root / "entries/key.json").write_text(text)
    assert not store.fetch("key", {"x": tmp_path / "x"})


def test_equal_content_is_kept_once(store: Store, tmp_path: Path) -> None:
    store.put("one", outputs(tmp_path / "a", x="same"), {})
    store.put("two", outputs(tmp_path / "b", x="same"), {})
    assert store.usage().entries == 2
    assert store.usage().objects == 1
    assert store.usage().bytes == 4


def test_collect_drops_what_is_unused_and_keeps_the_rest(store: Store, tmp_path: Path) -> None:
    store.put("old", outputs(tmp_path / "a", x="old", y="shared"), {})
    store.put("new", outputs(tmp_path / "b", x="newer", y="shared"), {})
    now = 1_000_000_000.0
    for path in store.root.rglob("*"):
        os.utime(path, (now - 100_000, now - 100_000))
    os.utime(store.root / "entries/new.json", (now - 10, now - 10))
    (store.root / "objects/.halfwritten").write_text("x" * 7)
    os.utime(store.root / "objects/.halfwritten", (now - 100_000, now - 100_000))
    assert store.collect(unused_for=50_000, now=now) == len("old") + 7
    assert store.fetch("new", {"x": tmp_path / "x", "y": tmp_path / "y"})
    assert not store.fetch("old", {"x": tmp_path / "x", "y": tmp_path / "y"})


def test_verify_names_and_removes_damaged_objects(store: Store, tmp_path: Path) -> None:
    store.put("key", outputs(tmp_path / "a", x="one", y="two"), {})
    digest = content_hash(tmp_path / "a/x")
    (store.root / "objects" / digest).write_text("onf")
    assert store.verify() == [digest]
    assert store.verify() == []


def _put_many(root: str, worker: int) -> None:
    store = Store(Path(root) / "store")
    for number in range(30):
        folder = Path(root) / f"w{worker}"
        store.put(f"key{number}", outputs(folder, x=f"content {number}" * 500), {"by": worker})


def test_concurrent_writers_of_the_same_keys(tmp_path: Path) -> None:
    context = multiprocessing.get_context("fork")
    workers = [context.Process(target=_put_many, args=(str(tmp_path), worker)) for worker in range(4)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join(60)
        assert worker.exitcode == 0
    store = Store(tmp_path / "store")
    for number in range(30):
        assert store.fetch(f"key{number}", {"x": tmp_path / "x"})
        assert (tmp_path / "x").read_text() == f"content {number}" * 500
    assert store.verify() == []
    assert not list(store.root.rglob(".*"))


def test_a_file_that_goes_while_the_store_is_read_is_as_none(
    store: Store, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Another run's collect(), between the listing of a folder and the look at a file."""
    store.put("key", outputs(tmp_path / "a", x="1"), {"stage": "label"})
    gone, digest = "0" * 64, content_hash(tmp_path / "a/x")
    listed = Store._files

    def with_gone(self: Store, kind: str, **options: bool) -> list[Path]:
        return [*listed(self, kind, **options), self.root / kind / gone]

    monkeypatch.setattr(Store, "_files", with_gone)
    assert (store.usage().objects, store.usage().bytes) == (1, 1)
    assert store.verify() == []
    assert [entry["stage"] for entry in store.about(digest)] == ["label"]
    store.collect(unused_for=1e9)
    assert store.has("key")


def test_entries_say_how_they_came_about(store: Store, tmp_path: Path) -> None:
    store.put("key", outputs(tmp_path / "a", x="1"), {"stage": "label", "spec": {"beams": 5}})
    entry = json.loads((store.root / "entries/key.json").read_text())
    assert entry["stage"] == "label"
    assert entry["spec"] == {"beams": 5}
    assert entry["outputs"]["x"]["bytes"] == 1


@pytest.mark.parametrize("umask", [0o002, 0o022, 0o077])
def test_a_store_open_to_a_group_keeps_files_open_to_it(store: Store, tmp_path: Path, umask: int) -> None:
    store.root.mkdir()
    store.root.chmod(0o2770)
    before = os.umask(umask)
    try:
        store.put("key", outputs(tmp_path / "a", x="1"), {})
    finally:
        os.umask(before)
    modes = {path.name: path.stat().st_mode & 0o7777 for path in store.root.rglob("*")}
    assert modes.pop("uncollapse-store") == 0o660
    assert modes == {"entries": 0o2770, "objects": 0o2770, "key.json": 0o660, content_hash(tmp_path / "a/x"): 0o660}


def test_an_entry_of_another_user_is_used_all_the_same(
    store: Store, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Only its owner may set a file's time; root may, so the refusal is played."""
    store.put("key", outputs(tmp_path / "a", x="1"), {})

    def refuse(*_: object) -> None:
        raise PermissionError(1, "Operation not permitted")

    monkeypatch.setattr(os, "utime", refuse)
    assert store.fetch("key", {"x": tmp_path / "x"})


def test_how_a_content_came_about(store: Store, tmp_path: Path) -> None:
    store.put("old", outputs(tmp_path / "a", x="same"), {"stage": "old"})
    os.utime(store.root / "entries/old.json", (1, 1))
    store.put("new", outputs(tmp_path / "a", x="same"), {"stage": "new"})
    store.put("other", outputs(tmp_path / "b", x="different"), {"stage": "other"})
    assert [entry["stage"] for entry in store.about(content_hash(tmp_path / "a/x"))] == ["new", "old"]
    assert store.about("0" * 64) == []


def test_whether_a_key_is_there(store: Store, tmp_path: Path) -> None:
    store.put("key", outputs(tmp_path / "a", x="1"), {})
    assert store.has("key")
    assert not store.has("other")
    (store.root / "objects" / content_hash(tmp_path / "a/x")).write_text("12")
    assert not store.has("key")


def test_a_digest_that_is_none_is_no_entry(store: Store, tmp_path: Path) -> None:
    """Whoever may write a shared store must not reach files outside of it."""
    precious = tmp_path / "precious.txt"
    precious.write_text("mine")
    store.put("key", outputs(tmp_path / "a", x="1"), {})
    entry = store.root / "entries" / "key.json"
    for held in ({"sha256": "0" * 64}, {"sha256": "0" * 64, "bytes": "4"}):  # a size is read of it later
        entry.write_text(json.dumps({"outputs": {"x": held}}))
        assert store.entry("key") == {}
        assert not store.has("key")
    for digest in ("../../precious.txt", str(precious), "", "A" * 64, "0" * 63, "0" * 64 + "\n"):
        entry.write_text(json.dumps({"outputs": {"x": {"sha256": digest, "bytes": 4}}}))
        assert store.entry("key") == {}
        assert not store.fetch("key", {"x": tmp_path / "x"})
        assert not store.has("key")
        assert precious.read_text() == "mine"


@pytest.mark.parametrize(
    "act",
    [lambda store: store.verify(), lambda store: store.collect(unused_for=0.0, now=1e12), lambda store: store.usage()],
)
def test_a_folder_that_is_no_store_is_left_alone(act, tmp_path: Path) -> None:
    files = ("objects/a.o", "entries/settings.json", "readme.txt")
    for name in files:
        (tmp_path / "project" / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / "project" / name).write_text("{}")
    with pytest.raises(ArtifactError, match=r"project: no store of uncollapse .*nothing was touched"):
        act(Store(tmp_path / "project"))
    assert all((tmp_path / "project" / name).is_file() for name in files)


def test_nothing_is_put_into_a_folder_that_is_no_store(tmp_path: Path) -> None:
    """Else the first run with a slip in ``store:`` would make one of it, and ``collect`` drop what lies there."""
    made = outputs(tmp_path / "a", x="1")
    (tmp_path / "project").mkdir()
    (tmp_path / "project/readme.txt").touch()
    with pytest.raises(ArtifactError, match=r"project: no store of uncollapse .*nothing was touched"):
        Store(tmp_path / "project").put("key", made, {})
    assert [path.name for path in (tmp_path / "project").iterdir()] == ["readme.txt"]
    (tmp_path / "empty" / "lost+found").mkdir(parents=True)  # a disk of its own
    (tmp_path / "empty" / ".DS_Store").touch()
    Store(tmp_path / "empty").put("key", made, {})
    assert Store(tmp_path / "empty").has("key")


def test_an_unreadable_entry_is_dropped_where_its_name_is_a_key(store: Store, tmp_path: Path) -> None:
    store.put("a" * 64, outputs(tmp_path / "a", x="1"), {})
    mine = store.root / "entries" / "settings.json"
    for path in (mine, store.root / "entries" / f"{'a' * 64}.json"):
        path.write_text("{}")
        os.utime(path, (1.0, 1.0))
    store.collect(unused_for=0.0)
    assert [path.name for path in (store.root / "entries").iterdir()] == ["settings.json"]


def test_a_store_keeps_files_that_are_not_its_own(store: Store, tmp_path: Path) -> None:
    store.put("key", outputs(tmp_path / "a", x="1"), {})
    (store.root / "objects" / "notes.txt").write_text("of a person")
    store.collect(unused_for=0.0, now=1e12)
    assert store.verify() == []
    assert [path.name for path in (store.root / "objects").iterdir()] == ["notes.txt"]


def test_an_object_that_is_put_again_is_young_again(store: Store, tmp_path: Path) -> None:
    store.put("old", outputs(tmp_path / "a", x="same"), {})
    (stored,) = (store.root / "objects").iterdir()
    os.utime(stored, (1.0, 1.0))
    (store.root / "entries" / "old.json").unlink()
    place = store._place
    store._place = lambda target, write: (store.collect(unused_for=0.0), place(target, write))  # type: ignore[method-assign]
    store.put("new", outputs(tmp_path / "a", x="same"), {})
    assert store.fetch("new", {"x": tmp_path / "x"})
