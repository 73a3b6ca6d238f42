"""Jobs that read more files than a command line can name."""

from __future__ import annotations

import json
import shlex
import subprocess
import sys
from pathlib import Path

from uncollapse.jobs.long_arguments import OPTION, Shortened, expanded, forget, shortened

ROOT = Path(__file__).parents[3]
BODY = """
def run(stage):
    stage.output("count").write_text(str(len(stage.inputs["shards"])))
"""


def test_a_job_of_fifty_thousand_inputs(tmp_path: Path) -> None:
    (tmp_path / "bodies").mkdir()
    (tmp_path / "bodies/counting.py").write_text(BODY)
    shard = tmp_path / f"{'a_long_name_' * 10}.parquet"
    shard.write_text("")
    arguments = ["--spec", "{}", "--input", f"shards={shard}", *[str(shard)] * 49_999]
    arguments += [f"--output=count={tmp_path}/count.txt"]
    given = shortened(arguments, tmp_path)
    assert given[0] == OPTION
    assert expanded(["--threads", "1", *given]) == ["--threads", "1", *arguments]
    command = [sys.executable, str(ROOT / "scripts/stage.py"), "bodies.counting", *given]
    environment = {"PYTHONPATH": f"{ROOT / 'src'}:{tmp_path}", "PATH": "/usr/bin:/bin"}
    done = subprocess.run(command, env=environment, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr[-2000:]
    assert (tmp_path / "count.txt").read_text() == "50000"
    assert not list((tmp_path / ".arguments").iterdir())


def test_arguments_of_a_failed_job_are_there_for_the_next_try(tmp_path: Path) -> None:
    given = shortened(
        ["--spec", "{}", "--input", *["x=none"] * 20_000, f"--output=count={tmp_path}/count.txt"], tmp_path
    )
    command = [sys.executable, str(ROOT / "scripts/stage.py"), "bodies.counting", *given]
    environment = {"PYTHONPATH": str(ROOT / "src"), "PATH": "/usr/bin:/bin"}
    done = subprocess.run(command, env=environment, capture_output=True, text=True)
    assert done.returncode == 1
    assert Path(given[1]).is_file()


def test_short_arguments_stay_as_they_are(tmp_path: Path) -> None:
    arguments = ["--spec", json.dumps({"a": "ä" * 1000}), "--input", "x=y"]
    assert shortened(arguments, tmp_path) == arguments == expanded(arguments)
    assert not list(tmp_path.iterdir())


def test_a_file_is_written_when_its_job_begins_and_once(tmp_path: Path) -> None:
    arguments = ["--input", *["shards=x y"] * 20_000]
    planned = Shortened(lambda: arguments, tmp_path)
    assert not list(tmp_path.iterdir())
    given = shlex.split(f"{planned}")
    assert expanded(given) == arguments
    forget(given)
    assert f"{planned}" == shlex.join(given)
    assert not list((tmp_path / ".arguments").iterdir())


def test_words_are_looked_for_when_a_command_is_made_and_not_before(tmp_path: Path) -> None:
    asked: list[int] = []

    def find() -> list[str]:
        asked.append(1)
        return ["--spec", '{"a b": 1}']

    planned = Shortened(find, tmp_path)
    assert not asked
    assert f"{planned}" == f"{planned!s}" == """--spec '{"a b": 1}'"""
    assert not list(tmp_path.iterdir())
