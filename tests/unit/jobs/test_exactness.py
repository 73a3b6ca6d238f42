"""No wrong result that every tool calls right: inputs, code and paths that change while a job runs."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from uncollapse.errors import ChangedError
from uncollapse.jobs.module_hash import check_loaded, module_hash
from uncollapse.jobs.provenance import provenance_path
from uncollapse.jobs.stage import Stage
from uncollapse.jobs.store import Store, content_hash
from uncollapse.settings.finding import load_plugin


@pytest.fixture
def text(tmp_path: Path) -> Path:
    path = tmp_path / "text.txt"
    path.write_text("old")
    return path


def _stage(text: Path, *outputs: str) -> Stage:
    folder = text.parent / "out"
    named = {name: folder / f"{name}.txt" for name in outputs or ("copy",)}
    return Stage(body="mine.copy", spec={}, code=["a@1"], inputs={"text": [text]}, outputs=named)


def _copying(before: Callable[[], object] = str, after: Callable[[], object] = str) -> Callable[[Stage], None]:
    def work(stage: Stage) -> None:
        before()
        for name in stage.outputs:
            stage.output(name).write_text(stage.input("text").read_text())
        after()

    return work


def _rename_over(path: Path, text: str) -> None:
    other = path.with_suffix(".new")
    other.write_text(text)
    os.replace(other, path)


@pytest.mark.parametrize("when", ["before", "after"])
@pytest.mark.parametrize("change", [lambda p: p.write_text("new"), lambda p: _rename_over(p, "new"), Path.unlink])
def test_an_input_that_changes_while_the_job_runs_leaves_nothing(
    text: Path, when: str, change: Callable[[Path], object]
) -> None:
    if when == "before" and change is Path.unlink:
        pytest.skip("then the work itself fails")
    store, stage = Store(text.parent / "store"), _stage(text)
    checkpoint = stage.checkpoint("copy")
    (checkpoint / "part").mkdir(parents=True)
    with pytest.raises(ChangedError, match=r"text\.txt: changed while the job read it"):
        stage.run(_copying(**{when: lambda: change(text)}), store)
    stage.discard()
    assert not stage.outputs["copy"].exists()
    assert not provenance_path(stage.outputs["copy"]).exists()
    assert store.usage().entries == 0
    assert not checkpoint.exists()
    text.write_text("old")
    _stage(text).run(_copying(), store)
    assert (text.parent / "out/copy.txt").read_text() == "old"


def test_an_input_that_is_put_back_has_the_work_done_again(text: Path) -> None:
    passes = []

    def read() -> None:
        passes.append(text.read_text())
        if len(passes) == 1:
            text.write_text("new")

    def put_back() -> None:
        if len(passes) == 1:
            text.write_text("old")

    store = Store(text.parent / "store")
    _stage(text).run(_copying(read, put_back), store)
    assert len(passes) == 2
    assert (text.parent / "out/copy.txt").read_text() == "old"

    def always() -> None:
        text.write_text("new")
        text.write_text("old")

    with pytest.raises(ChangedError, match="written meanwhile"):
        _stage(text, "other").run(_copying(always), store)


def test_the_store_gets_what_this_job_wrote_whatever_lies_at_the_path(
    text: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Another run, of another config, renames its own result over the path at the worst moment."""
    store, stage, rename = Store(text.parent / "store"), _stage(text), os.replace

    def late(source: str | Path, target: str | Path) -> None:
        rename(source, target)
        if Path(target) == stage.outputs["copy"]:
            Path(target).write_text("another run's")

    monkeypatch.setattr(os, "replace", late)
    stage.run(_copying(), store)
    monkeypatch.undo()
    record = json.loads(provenance_path(stage.outputs["copy"]).read_text())
    assert record["sha256"] != content_hash(stage.outputs["copy"])  # so that whoever compares sees it
    assert store.fetch(_stage(text).identity(), {"copy": text.parent / "fetched"})
    assert (text.parent / "fetched").read_text() == "old"


def test_no_record_stands_beside_another_file_than_its_own(text: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    _stage(text, "one", "two").run(_copying(), None)
    text.write_text("new")
    stage, rename = _stage(text, "one", "two"), os.replace

    def killed(source: str | Path, target: str | Path) -> None:
        if Path(target) == stage.outputs["two"]:
            raise KeyboardInterrupt
        rename(source, target)

    monkeypatch.setattr(os, "replace", killed)
    with pytest.raises(KeyboardInterrupt):
        stage.run(_copying(), None)
    for name in ("one", "two"):
        beside = provenance_path(stage.outputs[name])
        assert not beside.exists() or json.loads(beside.read_text())["sha256"] == content_hash(stage.outputs[name])


def test_a_checkpoint_folder_goes_with_the_result_from_the_store_too(text: Path) -> None:
    store = Store(text.parent / "store")
    _stage(text).run(_copying(), store)
    stage = _stage(text)
    (stage.checkpoint("copy") / "checkpoint-10").mkdir(parents=True)
    stage.run(lambda job: pytest.fail("taken from the store"), store)
    assert not stage.checkpoint("copy").exists()
    assert stage.outputs["copy"].read_text() == "old"


def test_code_that_was_edited_while_it_ran(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "mine_for_a_test.py"
    path.write_text("def f(): return 1\n")
    monkeypatch.syspath_prepend(str(tmp_path))
    __import__("mine_for_a_test")
    digest = module_hash(path.read_bytes(), str(path))[0]
    code = [f"mine_for_a_test@{digest}", "numpy==2", "never_loaded@1", f"{path}@{digest}"]
    check_loaded(code)
    path.write_text("# a remark\ndef f(): return 1\n")
    check_loaded(code)
    path.write_text("def f(): return 2\n")
    for entry in (code[0], code[-1]):
        with pytest.raises(ChangedError, match=r"mine_for_a_test\.py: edited while the job ran"):
            check_loaded([entry])


def test_code_that_was_edited_when_it_was_loaded_and_put_back(tmp_path: Path) -> None:
    path = tmp_path / "edited_for_a_while.py"
    old, new = "def choose(): return 1\n", "def choose(): return 2\n"
    digest = module_hash(old.encode(), str(path))[0]
    path.write_text(new)
    load_plugin(str(path), package="selection.sequences", offers="choose")
    path.write_text(old)
    with pytest.raises(ChangedError, match=r"edited_for_a_while\.py: edited while the job ran"):
        check_loaded([f"{path}@{digest}"])
    load_plugin(str(path), package="selection.sequences", offers="choose")
    check_loaded([f"{path}@{digest}"])


def test_sources_run_and_not_stale_bytecode(tmp_path: Path) -> None:
    """A module is replaced by one of equal size and time, as copies that keep times do."""
    path = tmp_path / "plugin.py"

    def run(text: str) -> str:
        path.write_text(text)
        os.utime(path, (1_700_000_000, 1_700_000_000))
        program = (
            "from uncollapse.settings.finding import load_plugin;"
            f"print(load_plugin({str(path)!r}, package='tasks', offers='Settings').VALUE)"
        )
        environment = {**os.environ, "PYTHONDONTWRITEBYTECODE": ""}
        asked = [sys.executable, "-c", program]
        return subprocess.run(asked, env=environment, capture_output=True, text=True, check=True).stdout.strip()

    source = "class Settings: pass\nVALUE = {}\n"
    assert [run(source.format(value)) for value in (1, 2, 2, 1)] == ["1", "2", "2", "1"]
    assert list((tmp_path / "__pycache__").glob("plugin.*.pyc"))  # and the second time nothing is compiled


def test_modules_of_the_project_are_loaded_so_in_jobs() -> None:
    program = (
        "from uncollapse.settings.from_source import install; install();"
        "import uncollapse.jobs.stage as stage; print(type(stage.__loader__).__name__)"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "FromSource"
