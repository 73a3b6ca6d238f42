"""Several child processes that check candidates side by side; one that dies is replaced, and costs one candidate."""

import os
import queue
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, suppress
from dataclasses import asdict, dataclass
from types import TracebackType
from typing import Any, Self

from uncollapse.errors import ConfigError
from uncollapse.verifiers.candidate import Candidate, Verdict, checked, failed
from uncollapse.verifiers.children.messages import ClosedError, LateError, receive, send

_START = 300.0  # seconds in which a child has to be ready, on a busy machine
_WAITING = 10.0  # times the limit of processor time that a check may take in all, waiting included


@dataclass(frozen=True)
class Outcome:
    """Result of a check, or why there is none."""

    value: Any = None
    failure: str = ""


class Children:
    """A context manager of at most ``threads`` child processes, each started when it is first needed.

    kind, settings : of the verifier, whose module's ``function`` takes a candidate and the settings.
    """

    def __init__(self, kind: str, settings: Any, *, threads: int, function: str = "check") -> None:
        self._first = {
            "kind": kind,
            "settings": settings.model_dump(mode="json", by_alias=True),
            "function": function,
            "seconds": float(getattr(settings, "seconds", 5.0)),
            "megabytes": int(getattr(settings, "megabytes", 4096)),
        }
        self._threads = threads
        self._idle: queue.SimpleQueue[_Child | None] = queue.SimpleQueue()
        self._closing = ExitStack()
        self._started: list[_Child] = []
        self._noting = threading.Lock()
        self._stopping = False

    def __enter__(self) -> Self:
        self._executor = self._closing.enter_context(ThreadPoolExecutor(self._threads))
        for _ in range(self._threads):
            self._idle.put(None)
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self._stopping = True
        if kind is not None:  # nobody waits for what is being checked
            for child in self._started:
                child.kill()
        self._executor.shutdown(cancel_futures=True)
        while not self._idle.empty():
            if (child := self._idle.get()) is not None:
                child.end()
        self._closing.close()

    def map(self, candidates: Sequence[Candidate]) -> list[Outcome]:
        """The outcome of each candidate's check, in order.

        Raises
        ------
        ConfigError
            Where the children cannot even load the verifier.
        """
        return list(self._executor.map(self._one, candidates))

    def judge(self, candidates: Sequence[Candidate]) -> list[Verdict]:
        """A verdict for each candidate; one whose check crashed, or took too long, has failed."""
        return [_verdict(outcome) for outcome in self.map(candidates)]

    def _one(self, candidate: Candidate) -> Outcome:
        child = self._idle.get()
        try:
            if child is None:
                child = _Child(self._first)
                with self._noting:
                    self._started = [*(one for one in self._started if one.is_alive), child]
            return Outcome(failure="stopped") if self._stopping else child.ask(asdict(candidate))
        finally:
            self._idle.put(child if child is not None and child.is_alive else None)


class _Child:
    def __init__(self, first: dict[str, Any]) -> None:
        self._seconds = first["seconds"]
        self.is_alive = True
        environment = {**os.environ, "PYTHONPATH": os.pathsep.join(path for path in sys.path if path)}
        self._process = subprocess.Popen(
            [sys.executable, "-P", "-m", "uncollapse.verifiers.children.child"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            env=environment,
            start_new_session=True,
        )
        try:
            answer = self._exchange(first, _START)
        except (ClosedError, LateError) as error:
            self.end()
            raise ConfigError(f"verifier {first['kind']}: its child process does not start ({error})") from error
        if "failure" in answer:
            self.end()
            raise ConfigError(f"verifier {first['kind']}: cannot be loaded: {answer['failure']}")

    def ask(self, candidate: dict[str, Any]) -> Outcome:
        try:
            return Outcome(**self._exchange(candidate, _WAITING * self._seconds + _WAITING))
        except LateError:
            self.end()
            return Outcome(failure=f"no verdict within {_WAITING * self._seconds + _WAITING:g} s, waiting included")
        except ClosedError:
            status = self.end()
            if status == -signal.SIGPROF:
                return Outcome(failure=f"no verdict within {self._seconds:g} s of processor time")
            return Outcome(failure=f"the check ended its process ({_ending(status)})")

    def kill(self) -> None:
        """Kill the process with all that it started; whoever waits for its answer sees the stream end."""
        with suppress(ProcessLookupError, PermissionError):
            os.killpg(self._process.pid, signal.SIGKILL)

    def end(self) -> int:
        """Kill the process with all that it started, and return its status."""
        self.is_alive = False
        for pipe in (self._process.stdin, self._process.stdout):
            if pipe is not None:
                pipe.close()
        try:
            status = self._process.wait(timeout=0.2)
        except subprocess.TimeoutExpired:
            status = None
        self.kill()
        return self._process.wait() if status is None else status

    def _exchange(self, message: Any, seconds: float) -> Any:
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        deadline = time.monotonic() + seconds
        send(self._process.stdin.fileno(), message, deadline=deadline)
        return receive(self._process.stdout.fileno(), deadline=deadline)


def _ending(status: int) -> str:
    try:
        return f"signal {signal.Signals(-status).name}" if status < 0 else f"exit status {status}"
    except ValueError:
        return f"status {status}"


def _verdict(outcome: Outcome) -> Verdict:
    if outcome.failure:
        return failed(outcome.failure)
    value = outcome.value
    if not isinstance(value, dict) or set(value) != {"score", "accepted", "reason", "failed"}:
        return failed(f"{type(value).__name__} instead of a Verdict")
    return checked(Verdict(**value))
