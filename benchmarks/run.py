"""Run the benchmarks one after another and write what they print, with the machine named, to benchmarks/RESULTS.md.

    python benchmarks/run.py [training beam_search ...]

Those not named keep what they printed when they last ran, with the commit and the machine of then; sections by hand,
such as ``training_notes``, stay. Each prints ratios from within one run, so that a busy machine disturbs both sides
alike.
"""

from __future__ import annotations

import contextlib
import os
import platform
import re
import subprocess
import sys
from collections.abc import Iterable
from pathlib import Path

import torch

FOLDER = Path(__file__).parent
RESULTS = FOLDER / "RESULTS.md"
ALL = (
    *(
        "training",
        "ensemble",
        "time_to_accuracy",
        "beam_search",
        "streaming",
        "gpu",
        "theory_fits",
        "attention",
        "toedit",
    ),
    *("noop", "planning", "fork_server", "dsir", "language_engines", "proxy_speed", "proxy_error", "audit_coverage"),
    *("labeller_errors", "rounds", "sampling", "molecules", "autoencoder"),
)
HEAD = """# Benchmarks

Written by `make bench` (`benchmarks/run.py`); sections that say so were run by hand and put here, as were the notes.
Rates are of processor time where a benchmark says so: on a machine that does nothing else they are those of the clock.
Compare ratios; both sides of each come from one run.
"""


def machine() -> str:
    """The machine in words."""
    model = platform.processor() or platform.machine()
    with contextlib.suppress(OSError, TypeError):
        model = re.search(r"model name\s*:\s*(.*)", Path("/proc/cpuinfo").read_text())[1]
    count = os.cpu_count() or 1
    load = os.getloadavg()[0]
    busy = f", busy with other work (load {load:.0f})" if load > count else ""
    return f"{count} core{'s' * (count > 1)} of an {model}{busy}, torch {torch.__version__}"


def commit() -> str:
    """The checkout's commit, marked where files differ from it."""
    call = ["git", "describe", "--always", "--dirty", "--exclude", "*"]
    done = subprocess.run(call, cwd=FOLDER, capture_output=True, text=True)
    return done.stdout.strip() or "unknown"


def sections(text: str) -> dict[str, str]:
    """What RESULTS.md holds, by benchmark."""
    parts = re.split(r"^## (\w+)\n", text, flags=re.MULTILINE)
    return {name: body.strip() for name, body in zip(parts[1::2], parts[2::2], strict=True)}


def in_order(known: Iterable[str]) -> list[str]:
    """Sections as they stand in RESULTS.md: each benchmark's, and behind it those by hand that begin with its name."""

    def place(key: str) -> tuple[int, bool]:
        of = [number for number, name in enumerate(ALL) if f"{key}_".startswith(f"{name}_")]
        return (of[0] if of else len(ALL), key not in ALL)

    return sorted(known, key=place)


def main() -> None:
    """Run what is asked for; end with 1 if any of them failed."""
    wanted = sys.argv[1:] or list(ALL)
    if unknown := sorted(set(wanted) - set(ALL)):
        sys.exit(f"no such benchmark: {', '.join(unknown)}; there are {', '.join(ALL)}")
    known = sections(RESULTS.read_text()) if RESULTS.exists() else {}
    failed = []
    for name in wanted:
        where = f"Commit {commit()}, {machine()}."
        print(f"== {name}", flush=True)
        run = subprocess.Popen([sys.executable, str(FOLDER / f"{name}.py")], stdout=subprocess.PIPE, text=True)
        lines = []
        for line in run.stdout:
            print(line, end="", flush=True)
            lines.append(line)
        if run.wait():
            failed.append(name)
            continue
        known[name] = f"{where}\n\n```\n{''.join(lines).rstrip()}\n```"
        RESULTS.write_text(HEAD + "".join(f"\n## {key}\n\n{known[key]}\n" for key in in_order(known)))
    if failed:
        sys.exit(f"failed: {', '.join(failed)}")


if __name__ == "__main__":
    main()
