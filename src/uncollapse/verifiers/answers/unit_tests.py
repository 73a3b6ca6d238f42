"""Programs in Python run against their tests, in sandboxed processes (docs/verifiers.md says what is kept apart).

Tests are Python: asserts, functions ``test_...``, unittest classes, or a function ``check`` that gets the row's
``entry_point``; a list of such lines; or, for programs that read standard input and print, a list of
``{"input": ..., "output": ...}`` or ``{"inputs": [...], "outputs": [...]}``. JSON in a text is read as well.
The program and its tests run in two processes. Tests see values that the program returns, not its objects, so that a
program cannot end, patch or look into the tests, nor return an object that is equal to everything.
"""

import contextlib
import json
import threading
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from typing import Any, Literal, Self

from pydantic import Field, model_validator

from uncollapse.errors import ConfigError
from uncollapse.settings.values import Strict
from uncollapse.verifiers.candidate import Candidate, Verdict, failed, right, wrong
from uncollapse.verifiers.code_block import last_block
from uncollapse.verifiers.sandbox.launch import Limits, end_all, has_bubblewrap, has_filter, run_script, tested
from uncollapse.verifiers.sandbox.tests_side import has_tests


class Settings(Strict):
    """Places of tests and programs, and what a program may take."""

    kind: Literal["unit_tests"] = "unit_tests"
    tests: str = Field(default="tests", description="column of the tests")
    entry_point: str | None = Field(default=None, description="column of the function's name, for tests with check")
    before: str | None = Field(default=None, description="column of code that stands before the program")
    code_from: Literal["fenced", "whole"] = Field(default="fenced", description="the last block of code, or all")
    seconds: int = Field(default=10, ge=1, le=3600, description="of processor time")
    megabytes: int = Field(default=1024, ge=128, description="of memory")
    isolation: Literal["strong", "any"] = Field(
        default="strong", description="strong refuses to run where neither bubblewrap nor a filter is there"
    )
    reads: list[str] = Field(default=[], description="further columns, those of the tests among them")

    @model_validator(mode="after")
    def _reads_tests(self) -> Self:
        for column in (self.tests, self.entry_point, self.before):
            if column is not None and column not in self.reads:
                self.reads.append(column)
        return self


@contextmanager
def open_verifier(settings: Settings, *, threads: int) -> Iterator["UnitTests"]:
    """Programs, as many at once as there are threads.

    Raises
    ------
    ConfigError
        Where programs cannot be kept apart here, unless any isolation will do.
    """
    wrapped, filtered = has_bubblewrap(), has_filter()
    if not (wrapped or filtered) and settings.isolation == "strong":
        raise ConfigError(
            "verifier unit_tests: this machine has neither bubblewrap nor seccomp, so that programs could reach files"
            " and network: install bubblewrap, or run it in a machine of its own with isolation=any"
        )
    limits = Limits(settings.seconds, settings.megabytes, wrapped, filtered)
    with ThreadPoolExecutor(threads) as executor:
        opened = UnitTests(settings, limits, executor)
        try:
            yield opened
        except BaseException:  # nobody waits for what runs
            opened.stopping.set()
            end_all()
            raise


class UnitTests:
    """The verifier, opened."""

    def __init__(self, settings: Settings, limits: Limits, executor: ThreadPoolExecutor) -> None:
        self.settings, self.limits, self.executor = settings, limits, executor
        self.stopping = threading.Event()

    def judge(self, candidates: Sequence[Candidate]) -> list[Verdict]:
        """A verdict for each candidate."""
        return list(self.executor.map(self._one, candidates))

    def _one(self, candidate: Candidate) -> Verdict:
        if self.stopping.is_set():
            return failed("stopped")
        tests = _read(candidate.columns.get(self.settings.tests))
        code = candidate.text if self.settings.code_from == "whole" else _program(candidate.text)
        if code is None:
            return wrong("no closed block of code")
        before = candidate.columns.get(self.settings.before) if self.settings.before else None
        code = f"{before}\n{code}" if before else code
        try:
            cases = _cases(tests)
        except ValueError as error:
            return failed(str(error))
        if cases is not None:
            return self._as_script(code, cases)
        entry_point = candidate.columns.get(self.settings.entry_point) if self.settings.entry_point else None
        if not has_tests(tests):
            return failed("the tests assert nothing, or are no Python")
        told = tested(code, tests, entry_point, self.limits)
        return wrong(told[:300]) if told else right("all tests pass")

    def _as_script(self, code: str, cases: Sequence[dict[str, Any]]) -> Verdict:
        for number, case in enumerate(cases, start=1):
            written, fault = run_script(code, str(case["input"]), self.limits)
            if fault:
                return wrong(f"case {number} of {len(cases)}: {fault}")
            if _lines(written) != _lines(str(case["output"])):
                return wrong(f"case {number} of {len(cases)}: other output")
        return right(f"{len(cases)} cases pass")


def _program(text: str) -> str | None:
    """The last block of code; a text without any fence is code itself."""
    return last_block(text, ("python", "py", "python3")) if "```" in text or "~~~" in text else text


def _read(tests: Any) -> Any:
    """Tests as their column has them: JSON in a text is read, and lines of Python in a list are put together."""
    if isinstance(tests, str) and tests.lstrip().startswith(("[", "{")):
        with contextlib.suppress(ValueError):
            tests = json.loads(tests)
    if isinstance(tests, list) and tests and all(isinstance(one, str) for one in tests):
        return "\n".join(tests)
    return tests


def _cases(tests: Any) -> list[dict[str, Any]] | None:
    """Pairs of input and output, None for tests in Python.

    Raises
    ------
    ValueError
        For what is neither.
    """
    if isinstance(tests, dict) and {"inputs", "outputs"} <= set(tests):
        inputs, outputs = tests["inputs"], tests["outputs"]
        if not (isinstance(inputs, list) and isinstance(outputs, list) and len(inputs) == len(outputs)):
            raise ValueError("inputs and outputs of the tests are no lists of one length")
        tests = [{"input": one, "output": other} for one, other in zip(inputs, outputs, strict=True)]
    if isinstance(tests, str):
        return None
    if not isinstance(tests, list) or not tests:
        raise ValueError("no tests")
    if not all(isinstance(case, dict) and {"input", "output"} <= set(case) for case in tests):
        raise ValueError("a case of the tests is no object with input and output")
    return tests


def _lines(text: str) -> list[str]:
    """Lines without space at their ends, and without empty ones at the end of all."""
    return [line.rstrip() for line in text.rstrip().splitlines()]
