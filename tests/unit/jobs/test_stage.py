"""A stage as a command: whole outputs or none, messages a user can act on, provenance beside the outputs."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from uncollapse.jobs.stage import Stage
from uncollapse.jobs.store import content_hash

BODY = '''
"""A stage that copies what its input says, in the way its spec says."""

import time

from uncollapse.errors import DataError
from uncollapse.jobs.stage import Stage


def run(stage: Stage) -> None:
    """Input text; outputs copy and, where asked for, other."""
    path = stage.output("copy")
    text = "".join(path.read_text() for path in stage.inputs.get("text", []))
    path.write_text(text)
    how = stage.spec.get("how")
    if how == "two":
        stage.output("other").write_text(text.upper())
    if how == "data error":
        raise DataError("text.txt: too short; write more")
    if how == "crash":
        raise KeyError("surprise")
    if how == "exit":
        raise SystemExit(0)
    if how == "missing file":
        open("no/such/file.txt")
    if how == "talk":
        progress = stage.progress(unit="letters")
        progress.start(total=len(text))
        progress.finish()
    if how == "computed on":
        stage.computed_on = "cuda"
    if how == "wait":
        print("waiting", flush=True)
        time.sleep(60)
    if how == "arguments":
        path.write_text(f"{stage.name} {stage.threads} {stage.code} {sorted(stage.inputs)}")
'''

SCRIPT = """
from uncollapse.jobs.stage_command import run_stage

run_stage()
"""

Run = Callable[..., subprocess.CompletedProcess[str]]


@pytest.fixture
def run(tmp_path: Path) -> Run:
    """Run the script in tmp_path, with a file text.txt; outputs go to out/."""
    (tmp_path / "script.py").write_text(SCRIPT)
    (tmp_path / "mine/stages").mkdir(parents=True)
    (tmp_path / "mine/stages/copy.py").write_text(BODY)
    (tmp_path / "text.txt").write_text("hello")

    def command(*arguments: str, how: str | None = None, spec: str | None = None) -> subprocess.CompletedProcess[str]:
        given = ["--spec", spec or json.dumps({} if how is None else {"how": how})]
        if "--output" not in arguments:
            given += ["--output", "copy=out/copy.txt"]
        if "--input" not in arguments:
            given += ["--input", "text=text.txt"]
        return subprocess.run(
            [sys.executable, "script.py", "mine.stages.copy", *given, *arguments],
            cwd=tmp_path,
            capture_output=True,
            text=True,
        )

    return command


def _outputs(tmp_path: Path) -> list[str]:
    return sorted(str(path.relative_to(tmp_path / "out")) for path in (tmp_path / "out").rglob("*") if path.is_file())


def test_outputs_and_their_provenance(run: Run, tmp_path: Path) -> None:
    done = run("--output", "copy=out/copy.txt", "--output", "other=out/other.txt", "--code", "a@1", "b@2", how="two")
    assert (done.returncode, done.stderr) == (0, "")
    assert _outputs(tmp_path) == [".provenance/copy.txt.json", ".provenance/other.txt.json", "copy.txt", "other.txt"]
    assert (tmp_path / "out/copy.txt").read_text() == "hello"
    assert (tmp_path / "out/other.txt").read_text() == "HELLO"
    for name in ("copy", "other"):
        assert json.loads((tmp_path / f"out/.provenance/{name}.txt.json").read_text()) == {
            "stage": "mine.copy",
            "code": ["a@1", "b@2"],
            "spec": {"how": "two"},
            "inputs": {"text": {"text.txt": content_hash(tmp_path / "text.txt")}},
            "sha256": content_hash(tmp_path / f"out/{name}.txt"),
        }


def test_a_store_that_cannot_be_written_fails_no_job(run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "store").write_text("a file where a folder should be")
    monkeypatch.setenv("UNCOLLAPSE_STORE", str(tmp_path / "store"))
    done = run()
    assert done.returncode == 0
    assert (tmp_path / "out/copy.txt").read_text() == "hello"
    assert "not kept in the store" in done.stderr


def test_the_kind_of_device_is_recorded_and_the_store_remembers_it(
    run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("UNCOLLAPSE_STORE", str(tmp_path / "store"))
    beside = tmp_path / "out/.provenance/copy.txt.json"
    assert run(how="computed on").returncode == 0
    first = beside.read_text()
    assert json.loads(first)["computed_on"] == "cuda"
    (tmp_path / "out/copy.txt").unlink()
    assert "taken from the store" in run(how="computed on").stderr
    assert beside.read_text() == first


def test_a_job_that_is_told_to_end_leaves_nothing(run: Run, tmp_path: Path) -> None:
    """As scancel does, and Snakemake on Ctrl-C."""
    command = [
        sys.executable,
        "script.py",
        "mine.stages.copy",
        "--spec",
        '{"how": "wait"}',
        "--output",
        "copy=out/copy.txt",
    ]
    process = subprocess.Popen(command, cwd=tmp_path, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    assert process.stdout is not None
    assert process.stdout.readline() == "waiting\n"
    assert len(_outputs(tmp_path)) == 1
    process.terminate()
    _, stderr = process.communicate(timeout=30)
    assert process.returncode == 1
    assert "mine.copy failed: ended from outside (SIGTERM)" in stderr
    assert "Traceback" not in stderr
    assert _outputs(tmp_path) == []


def test_arguments_reach_the_work(run: Run, tmp_path: Path) -> None:
    arguments = ["--threads", "3", "--code", "a@1", "--input", "text=text.txt", "--input", "more=text.txt", "text.txt"]
    assert run(*arguments, how="arguments").returncode == 0
    assert (tmp_path / "out/copy.txt").read_text() == "mine.copy 3 ['a@1'] ['more', 'text']"


def test_an_input_may_be_several_files_or_none(run: Run, tmp_path: Path) -> None:
    (tmp_path / "b.txt").write_text(" world")
    assert run("--input", "text=text.txt", "b.txt").returncode == 0
    assert (tmp_path / "out/copy.txt").read_text() == "hello world"
    assert run("--input", "text=").returncode == 0
    assert (tmp_path / "out/copy.txt").read_text() == ""


@pytest.mark.parametrize(
    ("how", "words", "traceback"),
    [
        ("data error", ["mine.copy failed: text.txt: too short; write more"], False),
        ("missing file", ["mine.copy failed", "No such file", "no/such/file.txt"], False),
        ("crash", ["KeyError", "surprise"], True),
    ],
)
def test_a_failure_leaves_no_output_and_says_why(
    run: Run, tmp_path: Path, how: str, words: list[str], traceback: bool
) -> None:
    done = run("--log", "logs/copy.log", "--code", "a@1", how=how)
    assert done.returncode == 1
    for word in words:
        assert word in done.stderr
    assert ("Traceback" in done.stderr) == traceback
    assert _outputs(tmp_path) == []
    *said, cost = (tmp_path / "logs/copy.log").read_text().splitlines(keepends=True)
    assert "".join(said) == done.stderr
    assert re.fullmatch(r"[\d.]+ s, [\d.]+ s of processor time, [\d.]+ GB at most\n", cost)


def test_a_failure_leaves_the_outputs_of_an_earlier_run_alone(run: Run, tmp_path: Path) -> None:
    assert run().returncode == 0
    (tmp_path / "text.txt").write_text("changed")
    assert run(how="crash").returncode == 1
    assert (tmp_path / "out/copy.txt").read_text() == "hello"
    assert _outputs(tmp_path) == [".provenance/copy.txt.json", "copy.txt"]


def test_an_output_that_was_not_written_is_a_failure(run: Run, tmp_path: Path) -> None:
    done = run("--output", "copy=out/copy.txt", "--output", "other=out/other.txt")
    assert done.returncode == 1
    assert "other" in done.stderr
    assert _outputs(tmp_path) == []


def test_leaving_early_is_no_success(run: Run, tmp_path: Path) -> None:
    assert run(how="exit").returncode == 1
    assert _outputs(tmp_path) == []


def test_the_log_is_a_copy_of_what_is_printed(run: Run, tmp_path: Path) -> None:
    done = run("--log", "logs/copy.log", how="talk")
    assert done.returncode == 0
    assert done.stderr.startswith("copy copy: 5 letters done in 0:00")
    *said, cost = (tmp_path / "logs/copy.log").read_text().splitlines(keepends=True)
    assert "".join(said) == done.stderr
    assert re.fullmatch(r"[\d.]+ s, [\d.]+ s of processor time, [\d.]+ GB at most\n", cost)


def test_a_spec_that_is_no_json_is_refused(run: Run) -> None:
    done = run(spec="{beams: 5")
    assert done.returncode == 2
    assert "--spec" in done.stderr


STAGE = str(Path(__file__).parents[3] / "scripts" / "stage.py")
BY_HAND = "the workflow makes a job's command line: ask for the file that you want, snakemake --cores 2 FILE"
VERIFY = "uncollapse.experiments.sequence.stages.verify"


@pytest.mark.parametrize(
    ("given", "code", "told"),
    [
        ([], 2, "required: body, --spec, --output"),
        ([VERIFY], 2, "required: --spec, --output"),
        (["verify", "--spec", "{}", "--output", "a=a"], 2, f"'verify' is no module of a stage, .* ({BY_HAND})"),
        ([VERIFY, "--spec", "[]", "--output", "a=a"], 2, f"argument --spec: '[]' is no JSON object ({BY_HAND})"),
        ([VERIFY, "--spec", "{", "--output", "a=a"], 2, f"argument --spec: '{{' is no JSON object ({BY_HAND})"),
        (["uncollapse.a", "--spec", "{}", "--output", "a=a"], 2, f"'uncollapse.a' is no module .* ({BY_HAND})"),
        ([".a.b", "--spec", "{}", "--output", "a=a"], 2, f"'.a.b' is no module of a stage, .* ({BY_HAND})"),
        ([VERIFY, "--spec", "{}", "--output", "a"], 2, f"argument --output: 'a' is not NAME=PATH ({BY_HAND})"),
        ([f"{VERIFY}x", "--spec", "{}", "--output", "a=a"], 1, f"{VERIFY}x: there is no such module ({BY_HAND})"),
        (["uncollapse.jobs.store", "--spec", "{}", "--output", "a=a"], 1, f"it has no function run ({BY_HAND})"),
        ([VERIFY, "--spec", '{"b": 1}', "--output", "a=a"], 1, f"has no '.*there are .* ({BY_HAND})"),
    ],
)
def test_a_job_that_is_called_by_hand_says_who_calls_it(given: list[str], code: int, told: str, tmp_path: Path) -> None:
    done = subprocess.run([sys.executable, STAGE, *given], cwd=tmp_path, capture_output=True, text=True)
    assert done.returncode == code
    assert "Traceback" not in done.stderr
    words = re.escape(told).replace(r"\.\*", ".*")
    assert re.search(words, " ".join(done.stderr.split())), done.stderr
    assert not [path for path in tmp_path.rglob("*") if path.is_file()]


PROMPTS = '{"data": %s, "sample": {"test": 9}, "split": "test"}'
EIGENVALUES = '{"name": "eigenvalues"}'
MATRICES = '{"task": %s, "split": "test", "count": 3, "seed": 0}'


@pytest.mark.parametrize(
    ("body", "spec", "told"),
    [
        ("text.stages.sample", PROMPTS % '{"prompt_words": 0}', "data.prompt_words: input should be greater than or"),
        ("text.stages.sample", PROMPTS % '{"promt_words": 9}', "data.promt_words: unknown key; did you mean 'prompt_"),
        ("text.stages.sample", PROMPTS % '{"template": "x"}', "data: template needs {prompt}, once"),
        ("text.stages.sample", PROMPTS % "7", "data: a block of keys is expected, got 7; change it"),
        ("text.stages.sample", PROMPTS.replace('"test": 9', "") % "{}", "sample.test: missing; add it"),
        ("sequence.stages.sample", MATRICES % '{"name": "eigenvalues", "matrix_size": 0}', "task.matrix_size: input"),
        ("sequence.stages.sample", MATRICES % "{}", "--spec task has no 'name', which the job reads"),
        ("sequence.stages.sample", MATRICES % "7", "may be another than the workflow gives it, change it: task 7, spl"),
        ("sequence.stages.sample", MATRICES.replace("3", '"a"') % EIGENVALUES, "change it: split 'test', count 'a', s"),
        ("sequence.stages.sample", MATRICES.replace("test", "a") % EIGENVALUES, "split: the job does not take 'a'; ch"),
        (
            "generations.stages.read_rows",
            '{"data": {"name": "qm9", "heavy_atoms": "six"}, "train": 1, "held_out": 1, "seed": 0, "learner": "a"}',
            "data.heavy_atoms: input should be a valid integer",
        ),
    ],
)
def test_a_value_that_a_body_refuses_is_told_with_its_key(body: str, spec: str, told: str, tmp_path: Path) -> None:
    (tmp_path / "corpus").touch()
    given = ["--spec", spec, "--input", "corpus=corpus", "--output", "prompts=a", "--output", "real=b"]
    command = [sys.executable, STAGE, f"uncollapse.experiments.{body}", *given]
    done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True)
    assert done.returncode == 1
    assert told in done.stderr
    assert BY_HAND in done.stderr
    assert "Traceback" not in done.stderr
    assert len(done.stderr.splitlines()) <= 10
    assert [path.name for path in tmp_path.rglob("*") if path.is_file()] == ["corpus"]


# within one process


@pytest.fixture
def stage(tmp_path: Path) -> Stage:
    for name in ("a.txt", "b.txt"):
        (tmp_path / name).write_text(name)
    return Stage(
        body="mine.stages.copy",
        spec={"beams": 5},
        code=["a@1"],
        inputs={"text": [tmp_path / "a.txt", tmp_path / "b.txt"]},
        outputs={"copy": tmp_path / "out" / "copy.svg"},
        threads=1,
    )


def test_until_it_ends_an_output_lies_beside_its_place_with_the_same_suffix(stage: Stage) -> None:
    path = stage.output("copy")
    assert path.parent == stage.outputs["copy"].parent
    assert path != stage.outputs["copy"]
    assert path.suffix == ".svg"
    path.write_text("whole")
    assert not stage.outputs["copy"].exists()
    stage.commit()
    assert stage.outputs["copy"].read_text() == "whole"
    assert not path.exists()


def test_identity_follows_code_spec_and_the_content_of_inputs(stage: Stage, tmp_path: Path) -> None:
    identities = [stage.identity()]
    stage.threads = 2  # and not where outputs lie or how many threads there are
    stage.outputs = {"copy": tmp_path / "elsewhere.svg"}
    assert stage.identity() == identities[0]
    (tmp_path / "a.txt").touch()
    assert stage.identity() == identities[0]
    for change in (
        lambda: (tmp_path / "a.txt").write_text("changed"),
        lambda: stage.inputs["text"].reverse(),
        lambda: stage.spec.update(beams=6),
        lambda: stage.code.append("b@1"),
        lambda: stage.inputs.update(more=[]),
    ):
        change()
        identities.append(stage.identity())
    assert len(set(identities)) == 6


def test_one_input_of_a_name(stage: Stage, tmp_path: Path) -> None:
    stage.inputs["one"] = [tmp_path / "a.txt"]
    assert stage.input("one") == tmp_path / "a.txt"
    with pytest.raises(ValueError, match="too many"):
        stage.input("text")


def test_content_hash_is_sha256(tmp_path: Path) -> None:
    (tmp_path / "abc").write_bytes(b"abc")
    assert content_hash(tmp_path / "abc") == "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"
