"""The command ``uncollapse verify``: tables in and out, failures counted, kills survived, and what is refused."""

import asyncio
import contextlib
import csv
import json
import os
import signal
import subprocess
import sys
import time

import psutil
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from uncollapse.commands import verify
from uncollapse.generators.answer import Answer
from uncollapse.verification.judging import next_size
from uncollapse.verifiers.answers import judge

PLUGIN = """
import os, time
from pydantic import BaseModel
from uncollapse.verifiers.candidate import Verdict, scored

class Settings(BaseModel):
    kind: str
    seconds: float = 5.0
    lowest: float = 3
    slow: float = 0.0
    reads: list[str] = []

def check(candidate, settings):
    time.sleep(settings.slow)
    if candidate.text == "bad":
        raise ValueError("cannot read this")
    return scored(len(candidate.text), lowest=settings.lowest, reason=str(candidate.columns.get("level", "")))
"""


@pytest.fixture
def plugin(tmp_path):
    path = tmp_path / "length.py"
    path.write_text(PLUGIN)
    return str(path)


def rows_of(texts):
    return [{"prompt_id": n // 2, "text": text, "answer": 4, "level": n} for n, text in enumerate(texts)]


def write_jsonl(path, rows):
    path.write_text("".join(json.dumps(row) + "\n" for row in rows))
    return path


def run(*given):
    verify.main([*map(str, given), "--threads", "2"])


def test_own_columns_stay_whatever_the_kinds_of_files(tmp_path, plugin, capsys):
    rows = [
        {"text": "four", "tags": ["a"], "big": 2**60},
        {"text": "4", "big": None},
        {"text": None, "late": {"x": 1.5}},
    ]
    source = write_jsonl(tmp_path / "in.jsonl", rows)
    run(source, "--verifier", plugin, "--output", tmp_path / "out.jsonl")
    found = [json.loads(line) for line in (tmp_path / "out.jsonl").read_text().splitlines()]
    added = [{"length.score": 4.0, "length.accepted": True}, {"length.score": 1.0, "length.accepted": False},
             {"length.score": None, "length.accepted": False}]  # fmt: skip
    for row, before, more in zip(found, rows, added, strict=True):
        assert row == before | more | {"length.reason": row["length.reason"], "score": more["length.score"],
                                       "accepted": more["length.accepted"]}  # fmt: skip
    assert found[2]["length.reason"] == "no text"
    assert "length: 3 candidates, 1 accepted (33.3%), 2 rejected" in capsys.readouterr().out

    run(source, "--verifier", plugin, "--output", tmp_path / "out.parquet")
    table = pq.read_table(tmp_path / "out.parquet")
    assert table["big"].to_pylist() == [2**60, None, None]
    assert table["tags"].to_pylist() == ['["a"]', None, None]
    assert table["length.accepted"].to_pylist() == [True, False, False]

    run(tmp_path / "out.parquet", "--verifier", "again=" + plugin, "--output", tmp_path / "out.csv", "--replace")
    with open(tmp_path / "out.csv", newline="") as file:
        lines = list(csv.DictReader(file))
    assert [line["again.score"] for line in lines] == ["4.0", "1.0", ""]
    assert lines[0]["length.reason"] == ""
    run(tmp_path / "out.csv", "--verifier", "third=" + plugin, "--output", tmp_path / "last.tsv", "--replace")
    assert not [path.name for path in tmp_path.iterdir() if path.name.startswith(".")]


def test_parquet_keeps_its_types(tmp_path, plugin):
    table = pa.table({
        "text": ["four", "4"], "messages": [[{"role": "user", "content": "2 + 2?"}]] * 2,
        "when": pa.array([1, 2], pa.timestamp("us")), "small": pa.array([1, None], pa.int8()),
    })  # fmt: skip
    pq.write_table(table, tmp_path / "in.parquet")
    run(tmp_path / "in.parquet", "--verifier", plugin, "--output", tmp_path / "out.parquet")
    found = pq.read_table(tmp_path / "out.parquet")
    assert found.select(table.column_names).equals(table)


def test_failures_are_kept_with_their_reason_up_to_a_share(tmp_path, plugin, capsys):
    source = write_jsonl(tmp_path / "in.jsonl", rows_of(["good"] * 39 + ["bad"]))
    run(source, "--verifier", plugin, "--output", tmp_path / "out.jsonl")
    last = json.loads((tmp_path / "out.jsonl").read_text().splitlines()[-1])
    assert (last["length.score"], last["length.accepted"], last["accepted"]) == (None, None, None)
    assert last["length.reason"] == "ValueError: cannot read this"
    assert "1 without a verdict (2.5%)\n    1: ValueError: cannot read this" in capsys.readouterr().out


def test_above_the_share_it_stops_and_goes_on_where_more_may_fail(tmp_path, plugin, capsys):
    source = write_jsonl(tmp_path / "in.jsonl", rows_of(["good"] * 18 + ["bad"] * 2))
    given = (source, "--verifier", plugin, "--output", tmp_path / "out.jsonl")
    with pytest.raises(
        SystemExit, match=r"no verdict on 2 of the 20 .* more than 5%: ValueError: cannot read this \(2\)"
    ):
        run(*given)
    assert not (tmp_path / "out.jsonl").exists()
    capsys.readouterr()
    run(*given, "--most-failed", "0.2")
    assert "verify:" not in capsys.readouterr().err  # nothing was judged again
    assert len((tmp_path / "out.jsonl").read_text().splitlines()) == 20


def test_a_verifier_that_fails_on_all_stops_early(tmp_path, plugin):
    source = write_jsonl(tmp_path / "in.jsonl", rows_of(["bad"] * 5000))
    with pytest.raises(SystemExit, match=r"no verdict on 1\d\d of the 1\d\d candidates judged so far"):
        run(source, "--verifier", plugin, "--output", tmp_path / "out.jsonl")


def test_several_verifiers_and_their_decision(tmp_path, plugin):
    source = write_jsonl(tmp_path / "in.jsonl", rows_of(["four 4", "4", "four", "five 5"]))
    config = tmp_path / "verifiers.yaml"
    config.write_text(f"""
verifiers:
  long: {{kind: {plugin}, reads: [level]}}
  digit: {{kind: format, regex: '.*\\d', match: whole}}
combine: {{by: all}}
""")
    run(source, "--config", config, "--output", tmp_path / "out.jsonl")
    found = [json.loads(line) for line in (tmp_path / "out.jsonl").read_text().splitlines()]
    assert [row["accepted"] for row in found] == [True, False, False, True]
    assert [row["score"] for row in found] == [1.0, 0.5, 0.5, 1.0]
    assert [row["long.reason"] for row in found] == ["0", "1", "2", "3"]
    run(source, "--verifier", plugin, "--verifier", r"format:regex=.*\d", "--combine", "mean", "--lowest", "3.5",
        "--output", tmp_path / "mean.jsonl")  # fmt: skip
    found = [json.loads(line) for line in (tmp_path / "mean.jsonl").read_text().splitlines()]
    assert [(row["score"], row["accepted"]) for row in found] == [(3.5, True), (1.0, False), (2.0, False), (3.5, True)]
    run(source, "--verifier", plugin, "--verifier", r"format:regex=.*\d", "--output", tmp_path / "both.jsonl")
    assert "accepted" not in json.loads((tmp_path / "both.jsonl").read_text().splitlines()[0])


OPENED = """
import contextlib
import numpy as np
from pydantic import BaseModel
from uncollapse.verifiers.candidate import Verdict

class Settings(BaseModel):
    kind: str
    short: int = 0

class Opened:
    def __init__(self, settings):
        self.short = settings.short

    def judge(self, candidates):
        if any(one.text == "bad" for one in candidates):
            raise RuntimeError("cannot")
        found = [Verdict(float("nan") if one.text == "nan" else 1.0, "yes" if one.text == "odd" else True)
                 for one in candidates]
        return found[self.short:]

@contextlib.contextmanager
def open_verifier(settings, *, threads):
    yield Opened(settings)
"""


def test_a_verifier_of_ones_own_that_keeps_something_open_may_crash(tmp_path):
    path = tmp_path / "opened.py"
    path.write_text(OPENED)
    source = write_jsonl(tmp_path / "in.jsonl", rows_of(["good"] * 97 + ["bad", "nan", "odd"]))
    run(source, "--verifier", path, "--output", tmp_path / "out.jsonl")
    found = [json.loads(line) for line in (tmp_path / "out.jsonl").read_text().splitlines()]
    assert [row["accepted"] for row in found] == [True] * 97 + [None] * 3
    assert [row["opened.reason"] for row in found[97:]] == [
        "RuntimeError: cannot", "the score is nan", "accepted is 'yes', neither true nor false",
    ]  # fmt: skip
    with pytest.raises(SystemExit, match="judge gave 7 verdicts on 8 candidates"):
        run(source, "--verifier", f"{path}:short=1", "--output", tmp_path / "short.jsonl")


def test_numbers_of_numpy_are_numbers(tmp_path):
    path = tmp_path / "numbers.py"
    path.write_text(PLUGIN.replace(
        "return scored(len(candidate.text), lowest=settings.lowest",
        "import numpy as np\n    return Verdict(np.float32(2.5), np.bool_(True)",
    ))  # fmt: skip
    source = write_jsonl(tmp_path / "in.jsonl", rows_of(["good"]))
    run(source, "--verifier", path, "--output", tmp_path / "out.jsonl")
    row = json.loads((tmp_path / "out.jsonl").read_text())
    assert (row["score"], row["accepted"]) == (2.5, True)


def test_conversations_stay_conversations(tmp_path, plugin):
    talk = [{"role": "user", "content": "2 + 2?"}]
    source = write_jsonl(tmp_path / "in.jsonl", [{"text": "four", "messages": talk}, {"text": "4", "messages": None}])
    run(source, "--verifier", plugin, "--output", tmp_path / "out.parquet")
    assert pq.read_table(tmp_path / "out.parquet")["messages"].to_pylist() == [talk, None]


def test_a_plugin_without_kind(tmp_path):
    path = tmp_path / "kindless.py"
    path.write_text("from pydantic import BaseModel\nclass Settings(BaseModel): pass\ndef check(c, s): pass\n")
    source = write_jsonl(tmp_path / "in.jsonl", rows_of(["good"]))
    with pytest.raises(SystemExit, match="needs a field kind: str"):
        run(source, "--verifier", path)


def test_a_kill_loses_no_more_than_a_chunk(tmp_path, plugin):
    source = write_jsonl(tmp_path / "in.jsonl", rows_of([f"text {n}" for n in range(60)]))
    code = "import sys; from uncollapse.commands.verify import main; main(sys.argv[1:])"
    verifier = f"length={plugin}:slow=0.05"
    command = [sys.executable, "-c", code, str(source), "--verifier", verifier, "--threads", "1", "--output"]
    killed = tmp_path / "killed.jsonl"
    process = subprocess.Popen([*command, str(killed)], stderr=subprocess.DEVNULL, stdout=subprocess.DEVNULL)
    parts = tmp_path / ".killed.jsonl.parts"
    while process.poll() is None and len(list(parts.glob("0*.parquet"))) < 2:
        time.sleep(0.02)
    process.send_signal(signal.SIGKILL)
    process.wait()
    assert not killed.exists()
    before = {path: os.stat(path).st_mtime_ns for path in parts.glob("0*.parquet")}
    assert before
    with pytest.raises(SystemExit, match="holds parts of a run with other options"):
        run(source, "--verifier", plugin, "--output", killed)
    said = subprocess.run([*command, str(killed)], capture_output=True, text=True, check=True)
    assert "resuming at" in said.stderr
    whole = subprocess.run([*command, str(tmp_path / "whole.jsonl")], capture_output=True, text=True, check=True)
    assert killed.read_bytes() == (tmp_path / "whole.jsonl").read_bytes()
    assert said.stdout.splitlines()[0] == whole.stdout.splitlines()[0]


@pytest.mark.parametrize("verifier", ["own", "command:command=sleep 60", "unit_tests:code_from=whole,seconds=100"])
def test_an_interrupt_ends_it_and_all_that_it_started(tmp_path, plugin, verifier):
    rows = [{"text": "import time\ntime.sleep(60)\ndef f(): pass", "tests": "assert f() is None"}] * 4
    source = write_jsonl(tmp_path / "in.jsonl", rows)
    spec = f"own={plugin}:slow=60" if verifier == "own" else verifier
    code = ("import signal, sys\nsignal.signal(signal.SIGINT, signal.default_int_handler)\n"
            "from uncollapse.commands.verify import main\nmain(sys.argv[1:])")  # fmt: skip
    command = [sys.executable, "-c", code, source, "--verifier", spec, "--threads", "2", "--output", "x.jsonl"]
    process = subprocess.Popen(command, stderr=subprocess.PIPE, text=True, cwd=tmp_path)
    own = psutil.Process(process.pid)
    until = time.monotonic() + 60
    while not own.children(recursive=True) and time.monotonic() < until:
        time.sleep(0.05)
    time.sleep(1.0)
    started = own.children(recursive=True)
    process.send_signal(signal.SIGINT)
    _, said = process.communicate(timeout=30)
    assert said.splitlines()[-1] == "verify: stopped; the same command goes on from here"
    assert not psutil.wait_procs(started, timeout=10)[1]


def test_slow_servers_are_asked_as_many_at_once_as_they_take(tmp_path, monkeypatch):
    """A chunk never has fewer candidates than are judged side by side, however long it takes."""
    monkeypatch.setattr("uncollapse.verification.judging.SECONDS", 0.01)
    open_at_once, most = [0], [0]

    class Slow:
        async def ask(self, question):
            open_at_once[0] += 1
            most[0] = max(most[0], open_at_once[0])
            await asyncio.sleep(0.05)
            open_at_once[0] -= 1
            return Answer(status="ok", text="Verdict: yes")

    @contextlib.contextmanager
    def opened(settings, *, threads):
        with asyncio.Runner() as runner:
            yield judge.Judge(settings, Slow(), runner)

    monkeypatch.setattr(judge, "open_verifier", opened)
    source = write_jsonl(tmp_path / "in.jsonl", rows_of(["good"] * 48))
    run(source, "--verifier", "judge:base_url=http://x,model=m,concurrency=12", "--output", tmp_path / "out.jsonl")
    assert most[0] == 12
    assert next_size(12, 600.0, least=12) == 12


@pytest.mark.parametrize(
    ("given", "words"),
    [
        (["--verifier", "nothing"], "'nothing' is none of the verifiers (agreement, biased, command, format"),
        (["--verifier", "math:depth=3"], "depth: is no key of math; there are seconds"),
        (["--verifier", "math:tolerance=much"], "tolerance:"),
        (["--verifier", "math:tolerance"], "'tolerance' is no KEY=VALUE"),
        (["--verifier", "math", "--verifier", "math"], "two verifiers are called 'math'"),
        (["--verifier", "math", "--text", "reply"], "no column 'reply'"),
        (["--verifier", "math", "--answer", "truth"], "no column 'truth'"),
        (["--verifier", "unit_tests"], "no column 'tests'"),
        (["--verifier", "format:regex=("], "no regular expression"),
        (["--verifier", "format"], "give regex, schema, or both"),
        (["--verifier", "math", "--output", "x.xlsx"], "must end in"),
        (["--verifier", "math", "--output", "no/such/folder.csv"], "there is no folder"),
        (["--verifier", "math", "--most-failed", "2"], "is a share"),
        (["--verifier", "math", "--lowest", "2"], "goes with --combine mean"),
        (["--verifier", "length.py"], "no such file"),
        (["--config", "none.yaml"], "cannot be read as YAML"),
        ([], "give --verifier or --config"),
    ],
)
def test_what_is_wrong_is_told_in_one_line(tmp_path, monkeypatch, given, words):
    monkeypatch.chdir(tmp_path)
    write_jsonl(tmp_path / "in.jsonl", rows_of(["4"]))
    with pytest.raises(SystemExit) as told:
        run("in.jsonl", *given)
    assert words in str(told.value)
    assert "\n" not in str(told.value)


@pytest.mark.parametrize(
    ("content", "words"),
    [
        ('{"text": 4, "answer": 4}\n', "line 1 holds int, not text, in column 'text'"),
        ('{"text": "4"}\n', "needs the answer of each candidate"),
        ("", "empty"),
        ('{"text": "4", "answer": 4}\n{"text": \n', "line 2 is no JSON"),
        ('{"text": "\\ud800", "answer": 4}\n', "half a character"),
    ],
)
def test_a_table_that_cannot_be_judged(tmp_path, content, words):
    path = tmp_path / "in.jsonl"
    path.write_text(content)
    with pytest.raises(SystemExit) as told:
        run(path, "--verifier", "math")
    assert words in str(told.value)


def test_an_output_that_is_there_is_not_written_over(tmp_path, plugin):
    source = write_jsonl(tmp_path / "in.jsonl", rows_of(["4"]))
    (tmp_path / "out.csv").write_text("mine")
    with pytest.raises(SystemExit, match="is there already"):
        run(source, "--verifier", plugin, "--output", tmp_path / "out.csv")
    with pytest.raises(SystemExit, match="is the table itself"):
        run(source, "--verifier", plugin, "--output", source)
    assert (tmp_path / "out.csv").read_text() == "mine"


def test_an_empty_table(tmp_path, plugin):
    pq.write_table(pa.table({"text": pa.array([], pa.string())}), tmp_path / "in.parquet")
    run(tmp_path / "in.parquet", "--verifier", plugin, "--output", tmp_path / "out.parquet")
    found = pq.read_table(tmp_path / "out.parquet")
    assert found.num_rows == 0
    assert "accepted" in found.column_names


@pytest.mark.parametrize(
    ("column", "remedy"),
    [("accepted", "rename that column"), ("length.score", "--verifier NAME=KIND")],
)
def test_a_column_that_is_there_is_told_with_what_helps(tmp_path, plugin, column, remedy):
    write_jsonl(tmp_path / "in.jsonl", [{"text": "a", column: 1}])
    with pytest.raises(SystemExit, match=f"has a column '{column}' already; give --replace.*{remedy}"):
        run(tmp_path / "in.jsonl", "--verifier", str(plugin), "--output", tmp_path / "out.jsonl")
