r"""Any program that reads candidates as JSON lines from standard input, and writes verdicts as JSON lines.

    {"id": 3, "text": "...", "prompt": "...", "prompt_id": "...", "answer": "...", "columns": {...}}
    {"id": 3, "score": 0.7, "accepted": true, "reason": "..."}

Either score or accepted will do, or ``error`` for a candidate that cannot be judged; lines may come in any order. The
program is started for each batch, and its input ends after it, so that ordinary filters work. Where it crashes, hangs
or leaves candidates out, these are given to it again in halves, until the ones that it fails on stand alone.
"""

import json
import os
import shlex
import shutil
import signal
import subprocess
import tempfile
import threading
import time
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, suppress
from typing import Any, Literal

from pydantic import Field, field_validator

from uncollapse.settings.values import Strict
from uncollapse.verifiers.asked_batch import asked, given
from uncollapse.verifiers.candidate import Candidate, Verdict, failed

_POLL = 0.005  # seconds between looks at a program


class Settings(Strict):
    """The program, and how it is called."""

    kind: Literal["command"] = "command"
    command: str | list[str] = Field(description="program and its arguments")
    lowest: float | None = Field(default=None, description="score from which on a candidate is accepted")
    batch: int = Field(default=256, ge=1, description="candidates of one call")
    seconds: float = Field(default=600.0, gt=0, description="that one call may take")
    output_megabytes: int = Field(default=64, ge=1, description="that one call may write")
    reads: list[str] = Field(default=[], description="further columns that it gets")
    gives_verdict: bool = Field(default=True, description="false for a program that only gives scores")

    @field_validator("command")
    @classmethod
    def _is_there(cls, command: str | list[str]) -> list[str]:
        words = shlex.split(command) if isinstance(command, str) else command
        if not words or shutil.which(words[0]) is None:
            raise ValueError(f"{words[0] if words else ''!r}: no such program")
        return words

    @property
    def files(self) -> list[str]:
        """Files that the call names, such as a script, alone or behind =; a program that PATH leads to is none."""
        named = [part for word in self.command for part in (word, word.partition("=")[2])]
        return sorted({part for part in named if os.path.isfile(part)})


@contextmanager
def open_verifier(settings: Settings, *, threads: int) -> Iterator["Command"]:
    """Calls of the program, as many at once as there are threads."""
    with ThreadPoolExecutor(threads) as executor:
        opened = Command(settings, executor)
        try:
            yield opened
        except BaseException:  # nobody waits for what runs
            opened.stopping.set()
            raise


class Command:
    """The verifier, opened."""

    def __init__(self, settings: Settings, executor: ThreadPoolExecutor) -> None:
        self.settings, self.executor = settings, executor
        self.stopping = threading.Event()

    def judge(self, candidates: Sequence[Candidate]) -> list[Verdict]:
        """A verdict for each candidate."""
        size = self.settings.batch
        batches = [candidates[start : start + size] for start in range(0, len(candidates), size)]
        return [verdict for found in self.executor.map(self._batch, batches) for verdict in found]

    def _batch(self, candidates: Sequence[Candidate]) -> list[Verdict]:
        lines = [json.dumps(asked(candidate, number), default=str) for number, candidate in enumerate(candidates)]
        found: dict[int, Verdict] = {}
        self._call(lines, list(range(len(lines))), found)
        return [found[number] for number in range(len(lines))]

    def _call(self, lines: Sequence[str], numbers: Sequence[int], found: dict[int, Verdict]) -> None:
        written, fault = self._run("".join(f"{lines[number]}\n" for number in numbers))
        replies, junk = _replies(written)
        for number in numbers:
            if len(answers := replies.get(number, [])) == 1:
                found[number] = given(answers[0], lowest=self.settings.lowest)
            elif answers:
                found[number] = failed(f"{len(answers)} lines for one candidate")
        left = [number for number in numbers if number not in found]
        if len(left) == 1 == len(numbers) or (left and self.stopping.is_set()):
            found |= dict.fromkeys(left, failed(fault or junk or "no line for the candidate"))
        elif left:
            middle = (len(left) + 1) // 2
            for half in filter(None, (left[:middle], left[middle:])):
                self._call(lines, half, found)

    def _run(self, text: str) -> tuple[bytes, str]:
        """Output of the program, and what went wrong with it, "" for nothing."""
        with tempfile.TemporaryFile() as source, tempfile.TemporaryFile() as out, tempfile.TemporaryFile() as told:
            source.write(text.encode())
            source.seek(0)
            try:
                process = subprocess.Popen(
                    self.settings.command, stdin=source, stdout=out, stderr=told, start_new_session=True
                )
            except OSError as error:
                return b"", f"the program cannot be started: {error.strerror}"
            fault = self._wait(process, out.fileno(), told.fileno())
            with suppress(ProcessLookupError):
                os.killpg(process.pid, signal.SIGKILL)
            status = process.wait()
            out.seek(0)
            told.seek(max(0, os.fstat(told.fileno()).st_size - _TOLD))
            words = " ".join(told.read().decode(errors="replace").split())
            if not fault and status:
                fault = f"the program ended with {f'signal {-status}' if status < 0 else f'status {status}'}"
            return out.read(self.settings.output_megabytes << 20), f"{fault}: {words}" if fault and words else fault

    def _wait(self, process: "subprocess.Popen[bytes]", *outputs: int) -> str:
        deadline = time.monotonic() + self.settings.seconds
        pause = _POLL
        while process.poll() is None:
            if self.stopping.is_set():
                return "stopped"
            if time.monotonic() > deadline:
                return f"the program was not done within {self.settings.seconds:g} s"
            if any(os.fstat(output).st_size > self.settings.output_megabytes << 20 for output in outputs):
                return f"the program wrote more than {self.settings.output_megabytes} MiB"
            time.sleep(pause)
            pause = min(2 * pause, 0.1)
        return ""


_TOLD = 500  # bytes of what a program says on standard error


def _replies(written: bytes) -> tuple[dict[int, list[Any]], str]:
    """Replies by the number of their candidate, and words on the last line that is none."""
    replies: dict[int, list[Any]] = {}
    junk = ""
    for line in written.decode(errors="replace").splitlines():
        if not line.strip():
            continue
        try:
            reply = json.loads(line)
            number = reply["id"]
        except (ValueError, TypeError, KeyError, RecursionError):
            junk = f"a line that is no verdict: {line.strip()[:80]!r}"
            continue
        if type(number) is int:
            replies.setdefault(number, []).append(reply)
        else:
            junk = f"a verdict without the number of a candidate: {line.strip()[:80]!r}"
    return replies, junk
