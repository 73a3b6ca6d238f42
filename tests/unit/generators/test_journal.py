"""Answers on disk survive a kill, and a file that is none of ours is left alone."""

import os
import sqlite3
import subprocess
import sys

import pytest

from uncollapse.errors import ArtifactError, DataError
from uncollapse.generators.answer import Answer
from uncollapse.generators.journal import Journal

KEYS = [bytes([number]) * 16 for number in range(5)]
FULL = Answer(
    status="cut_off", text="é\0\u2028", reason="r", finish_reason="length", model="m", prompt_tokens=1,
    completion_tokens=2, token_log_probs=[-0.1, -1e-30], log_prob=-0.1, tries=3,
)  # fmt: skip


def test_answers_come_back_as_they_were(tmp_path):
    with Journal(tmp_path / "a") as journal:
        journal.add([(KEYS[0], FULL), (KEYS[1], Answer(status="ok", text="x"))])
        journal.add([(KEYS[1], Answer(status="ok", text="y"))])
    with Journal(tmp_path / "a") as journal:
        assert len(journal) == 2
        assert journal.answers(KEYS) == {KEYS[0]: FULL, KEYS[1]: Answer(status="ok", text="y")}
        assert journal.statuses(KEYS) == {KEYS[0]: "cut_off", KEYS[1]: "ok"}


def test_more_keys_than_one_question_can_hold(tmp_path):
    keys = [number.to_bytes(16, "big") for number in range(2500)]
    with Journal(tmp_path / "a") as journal:
        journal.add((key, Answer(status="ok", text=str(number))) for number, key in enumerate(keys))
        found = journal.answers(keys)
        assert [found[key].text for key in keys] == [str(number) for number in range(2500)]


def test_what_add_has_returned_from_survives_a_kill(tmp_path):
    code = (
        "import sys, os; from pathlib import Path; from uncollapse.generators.journal import Journal\n"
        "from uncollapse.generators.answer import Answer\n"
        "journal = Journal(Path(sys.argv[1]))\n"
        "for number in range(100):\n"
        "    journal.add([(number.to_bytes(16, 'big'), Answer(status='ok', text=str(number)))])\n"
        "    if number == 37: os.kill(os.getpid(), 9)\n"
    )
    done = subprocess.run([sys.executable, "-c", code, str(tmp_path / "a")], env=os.environ)
    assert done.returncode == -9
    with Journal(tmp_path / "a") as journal:
        assert len(journal) == 38


def test_other_files_are_refused(tmp_path):
    (tmp_path / "text").write_text("not a database, but longer than a header of one" * 100)
    with sqlite3.connect(tmp_path / "other") as connection:
        connection.execute("CREATE TABLE mine (x)")
    for name in ("text", "other"):
        with pytest.raises(ArtifactError):
            Journal(tmp_path / name)
    with sqlite3.connect(tmp_path / "other") as connection:
        assert connection.execute("SELECT name FROM sqlite_master").fetchall() == [("mine",)]


def test_one_process_at_a_time(tmp_path):
    with Journal(tmp_path / "a"), pytest.raises(DataError, match="another process has it open"):
        Journal(tmp_path / "a")


def test_a_folder_that_is_not_there(tmp_path):
    with pytest.raises(DataError, match="cannot be written"):
        Journal(tmp_path / "none" / "a")
