"""Commands whose reader has gone, or whose output has another encoding, end without a traceback."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from uncollapse.jobs.command_line import whole

PROGRAM = """
import sys
from uncollapse.jobs.command_ending import plain_ending
with plain_ending():
    {}
"""


STOPPED = """
try:
    raise KeyboardInterrupt
except KeyboardInterrupt:
    raise SystemExit("stopped") from None
"""


def _run(body: str, **more: str) -> subprocess.CompletedProcess[str]:
    environment = {**os.environ, **more}
    return subprocess.run(
        [sys.executable, "-c", PROGRAM.format(body)], env=environment, capture_output=True, text=True, check=False
    )


def test_a_reader_that_has_gone(tmp_path: Path) -> None:
    program = PROGRAM.format("for n in range(100_000): print(n)")
    command = f"{sys.executable} -c '{program}' | head -1"
    done = subprocess.run(["bash", "-c", command], env=os.environ, capture_output=True, text=True, check=False)
    assert (done.stdout, done.stderr) == ("0\n", "")


CATCHES = """
try:
    for n in range(100_000): print(n)
except OSError as error:
    sys.exit(f"my.csv: {error}")
"""


@pytest.mark.parametrize(
    ("redirected", "status", "told"),
    [
        ("| head -1", 141, ""),
        (">&-", 0, ""),
        ("> /dev/full", 65, "standard output: No space left on device; what is written to files is there\n"),
    ],
)
@pytest.mark.parametrize("ends", ["", "sys.exit(3)"])
def test_output_that_cannot_be_written_is_no_fault_of_a_commands_own_files(
    redirected: str, status: int, told: str, ends: str, tmp_path: Path
) -> None:
    (tmp_path / "it.py").write_text(PROGRAM.format(f"exec({CATCHES!r}); {ends}"))
    command = f"{sys.executable} {tmp_path}/it.py {redirected}; exit ${{PIPESTATUS[0]}}"
    done = subprocess.run(["bash", "-c", command], env=os.environ, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr) == (status or (3 if ends else 0), told)


def test_a_file_that_is_opened_later_is_not_taken_for_an_output_that_is_closed(tmp_path: Path) -> None:
    body = f"file = open({str(tmp_path / 'made')!r}, 'w'); print('said'); __import__('os').write(1, b'said')"
    (tmp_path / "it.py").write_text(PROGRAM.format(body))
    done = subprocess.run(["bash", "-c", f"{sys.executable} {tmp_path}/it.py >&-"], capture_output=True, text=True)
    assert (done.returncode, done.stderr) == (0, "")
    assert (tmp_path / "made").read_text() == ""


def test_another_encoding_and_ctrl_c() -> None:
    done = _run("print('m\\u00fcnchen \\u043d')", PYTHONIOENCODING="ascii")
    assert (done.returncode, done.stdout) == (0, "m\\xfcnchen \\u043d\n")
    done = _run("raise KeyboardInterrupt")
    assert (done.returncode, done.stderr) == (130, "interrupted\n")


@pytest.mark.parametrize(
    ("body", "status", "told"),
    [
        ("sys.exit('a.csv: no such file')", 65, "a.csv: no such file\n"),
        ("import argparse; argparse.ArgumentParser(prog='p', usage='p').error('no')", 64, "usage: p\np: error: no\n"),
        ("sys.exit(3)", 3, ""),
        ("open('no/such')", 65, "no/such: No such file or directory\n"),
        ("raise MemoryError", 65, "out of memory: give fewer rows at a time, or run it on a machine with more\n"),
        (f"exec({STOPPED!r})", 130, "stopped\n"),
    ],
)
def test_what_is_no_answer_has_a_status_of_its_own(body: str, status: int, told: str) -> None:
    done = _run(body)
    assert (done.returncode, done.stderr) == (status, told)


@pytest.mark.parametrize("body", ["1 / 0", "raise OSError('of no file')"])
def test_a_fault_of_the_program_is_no_answer(body: str) -> None:
    done = _run(body)
    assert done.returncode == 70
    assert done.stderr.startswith("Traceback")


def test_numbers_have_an_upper_bound() -> None:
    assert whole(1, 10)("10") == 10
    with pytest.raises(Exception, match="'11' is more than 10; lower it"):
        whole(1, 10)("11")


@pytest.mark.parametrize(
    ("error", "status", "told"),
    [
        ("DataError('a.csv: no rows')", 65, "sift: a.csv: no rows\n"),
        (
            "OSError(errno.EROFS, 'Read-only file system', 'b.csv')",
            65,
            "sift: b.csv: the file system is read-only: set --to to a folder that can be written\n",
        ),
        ("KeyboardInterrupt", 130, "sift: stopped; say it again\n"),
    ],
)
def test_what_a_command_tells_begins_with_its_name(error: str, status: int, told: str) -> None:
    body = "with told_in_words([], command='sift', place='--to', stopped='say it again'): raise " + error
    imports = "import errno\nfrom uncollapse.errors import DataError\nfrom uncollapse.jobs.command_ending import *\n"
    done = _run(f"exec({imports + body!r})")
    assert (done.returncode, done.stderr) == (status, told)
