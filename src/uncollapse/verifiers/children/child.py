"""A child process that checks one candidate after the other: ``python -m uncollapse.verifiers.children.child``.

Messages come on standard input and go to what standard output was; whatever a check prints goes nowhere. A check that
takes more processor time than it may ends the process by a signal, which no Python code can hold up.
"""

import os
import resource
import signal
import sys
from dataclasses import asdict
from typing import Any

from uncollapse.settings.finding import load_plugin
from uncollapse.verifiers.candidate import Candidate
from uncollapse.verifiers.children.messages import ClosedError, receive, send


def serve(given: int, answers: int) -> None:
    """Load the verifier that the first message names, then answer each candidate with what its function returns."""
    first = receive(given)
    try:
        plugin = load_plugin(first["kind"], package="verifiers.answers")
        settings = plugin.Settings.model_validate(first["settings"])
        if hasattr(plugin, "warm"):
            plugin.warm(settings)
        function = getattr(plugin, first["function"])
        limit = first["megabytes"] << 20
        resource.setrlimit(resource.RLIMIT_AS, (limit, limit))
        resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    except Exception as error:
        send(answers, {"failure": f"{type(error).__name__}: {error}"})
        return
    send(answers, {"ready": True})
    while True:
        candidate = Candidate(**receive(given))
        signal.setitimer(signal.ITIMER_PROF, first["seconds"])
        try:
            answer = {"value": plain(function(candidate, settings))}
        except BaseException as error:  # SystemExit too
            answer = {"failure": f"{type(error).__name__}: {error}"}
        signal.setitimer(signal.ITIMER_PROF, 0)
        send(answers, answer)


def plain(value: Any) -> Any:
    """A verdict, or another value, as JSON can hold it."""
    if not hasattr(value, "__dataclass_fields__"):
        return value
    return {name: one.item() if hasattr(one, "item") else one for name, one in asdict(value).items()}  # of NumPy


def main() -> None:
    """Serve until standard input ends."""
    given, answers = os.dup(0), os.dup(1)
    nowhere = os.open(os.devnull, os.O_RDWR)
    os.dup2(nowhere, 0)
    os.dup2(nowhere, 1)
    os.dup2(nowhere, 2)
    try:
        serve(given, answers)
    except ClosedError:
        sys.exit(0)


if __name__ == "__main__":
    main()
