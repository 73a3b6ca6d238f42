"""Kill ``uncollapse sample`` and its faulty server at random moments; in the end each sample has exactly one answer.

    python tests/workflow/sampling_torture.py --requests 10000 --kills 100

The server (tests/faulty_server.py) answers a share of requests with 429, 500, half a body, malformed JSON, another
model's name, or slowly, and writes down every answer before it leaves. Client and server are killed (kill -9) in turns,
each after some more answers, and started again. A sample may be answered again only where a kill caught it in flight.
"""

from __future__ import annotations

import argparse
import contextlib
import json
import os
import random
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path

import pyarrow.parquet as pq

from uncollapse.generators.journal import Journal

SERVER = Path(__file__).parents[1] / "faulty_server.py"
RUN = "import sys; from uncollapse.commands.entry import run; sys.exit(run(sys.argv[1:]))"
SAMPLES = 4
KEPT = {"ok", "malformed", "other_model"}  # what the server's whole answers become
PATIENCE = 300.0  # seconds without an answer after which the client counts as hung


@dataclass
class Outcome:
    """What was done, and what came of it."""

    kills: Counter[str] = field(default_factory=Counter)
    requests: int = 0
    stored: int = 0
    rows: int = 0
    twice: int = 0  # answers beyond the first of a sample
    in_flight: int = 0  # the most that kills can have caught
    statuses: Counter[str] = field(default_factory=Counter)
    wrong: list[str] = field(default_factory=list)

    @property
    def passed(self) -> bool:
        """Exactly one stored answer each, and no more asked twice than was in flight."""
        return self.stored == self.rows == self.requests and self.twice <= self.in_flight and not self.wrong


class Torture:
    """Client and server in a folder."""

    def __init__(self, folder: Path, *, requests: int, concurrency: int, faults: float, seed: int) -> None:
        self.folder, self.concurrency, self.faults, self.seed = folder, concurrency, faults, seed
        self.log, self.prompts = folder / "answered.log", folder / "prompts.jsonl"
        self.prompts.write_text(
            "".join(json.dumps({"id": n, "prompt": f"question {n}"}) + "\n" for n in range(requests // SAMPLES))
        )
        self.log.touch()
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            self.port = free.getsockname()[1]
        self.starts = 0
        self.server = self.start_server()

    def start_server(self) -> subprocess.Popen[bytes]:
        self.starts += 1
        command = [sys.executable, SERVER, self.port, self.log, "--faults", self.faults, "--delay", 0.02,
                   "--seed", self.seed + self.starts]  # fmt: skip
        server = subprocess.Popen(list(map(str, command)), stderr=subprocess.DEVNULL)
        while server.poll() is None:
            with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", self.port), timeout=1):
                return server
            time.sleep(0.02)
        raise RuntimeError("the server does not start")

    def start_client(self) -> subprocess.Popen[bytes]:
        options = ["sample", self.prompts, "--model", "tiny", "--endpoint", f"http://127.0.0.1:{self.port}/v1", "--n",
                   SAMPLES, "--seed", 0, "--concurrency", self.concurrency, "--tries", 30,
                   "--output", self.folder / "out.parquet"]  # fmt: skip
        with open(self.folder / "client.log", "ab") as log:
            return subprocess.Popen([sys.executable, "-c", RUN, *map(str, options)], stdout=log, stderr=log)

    def answered(self) -> int:
        """Answers that the server has sent, by the size of its log."""
        return self.log.read_bytes().count(b"\n")

    def let_run(self, client: subprocess.Popen[bytes], answers: int) -> bool:
        """Wait for so many more answers; whether the client still runs."""
        until, quiet = self.answered() + answers, time.monotonic()
        last = -1
        while client.poll() is None:
            now = self.answered()
            if now >= until:
                return True
            if now != last:
                last, quiet = now, time.monotonic()
            if time.monotonic() - quiet > PATIENCE:
                raise RuntimeError(f"no answer for {PATIENCE:.0f} s: {self.folder / 'client.log'}")
            time.sleep(0.005)
        return False


def torture(
    folder: Path, *, requests: int, kills: int, concurrency: int = 16, faults: float = 0.2, seed: int = 0
) -> Outcome:
    """Kill client and server so often in all, then let the client come to its end, and count."""
    rng, outcome = random.Random(seed), Outcome(requests=requests)
    run = Torture(folder, requests=requests, concurrency=concurrency, faults=faults, seed=seed)
    client = run.start_client()
    try:
        for number in range(kills):
            if not run.let_run(client, rng.randint(1, max(2, requests * 3 // 2 // max(kills, 1)))):
                break
            if number % 2:
                run.server.send_signal(signal.SIGKILL)
                run.server.wait()
                time.sleep(rng.random() * 0.2)
                run.server = run.start_server()
                outcome.kills["server"] += 1
            else:
                client.send_signal(signal.SIGKILL)
                client.wait()
                client = run.start_client()
                outcome.kills["client"] += 1
        client.wait(timeout=PATIENCE + requests)
        if client.returncode:
            outcome.wrong.append((folder / "client.log").read_text()[-500:])
    finally:
        for process in (client, run.server):
            process.kill()
            process.wait()
    outcome.in_flight = outcome.kills.total() * concurrency
    count(run, outcome)
    return outcome


def count(run: Torture, outcome: Outcome) -> None:
    """Hold the table and what is stored against what the server wrote down."""
    sent = Counter(tuple(json.loads(line)) for line in run.log.read_text().splitlines())
    outcome.twice = sent.total() - len(sent)
    with Journal(run.folder / "out.answers.sqlite") as journal:
        outcome.stored = len(journal)
    files = [run.folder / name for name in ("out.parquet", "out.without_answer.parquet")]
    rows = [row for path in files if path.exists() for row in pq.read_table(path).to_pylist()]
    outcome.rows = len({(row["prompt_id"], row["sample"]) for row in rows})
    outcome.statuses = Counter(row["status"] for row in rows)
    if len(rows) != outcome.requests:
        outcome.wrong.append(f"{len(rows)} rows")
    for row in rows:
        asked = (row["prompt"], row["sample"])
        if row["status"] not in KEPT or not sent[asked]:
            outcome.wrong.append(f"{asked} is {row['status']} ({row['reason']}), sent {sent[asked]} times")
        elif row["status"] != "malformed" and row["text"] != f"{row['prompt']} #{row['sample']}":
            outcome.wrong.append(f"{asked} has the answer {row['text']!r}")


def main() -> int:
    """0 where every sample has exactly one answer."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--requests", type=int, default=10_000)
    parser.add_argument("--kills", type=int, default=100)
    parser.add_argument("--concurrency", type=int, default=16)
    parser.add_argument("--seed", type=int, default=0)
    options = parser.parse_args()
    begun = time.monotonic()
    with tempfile.TemporaryDirectory() as folder:
        outcome = torture(Path(folder), **vars(options))
    killed = ", ".join(f"{number} of the {what}" for what, number in sorted(outcome.kills.items()))
    print(f"{outcome.kills.total()} kills ({killed}) in {time.monotonic() - begun:.0f} s")
    print(f"{outcome.requests:,} samples, {outcome.stored:,} answers stored, {outcome.rows:,} rows")
    print(", ".join(f"{status}: {number:,}" for status, number in outcome.statuses.most_common()))
    print(f"{outcome.twice} answered twice; at most {outcome.in_flight:,} can have been in flight")
    print(*outcome.wrong[:10], sep="\n")
    print("passed" if outcome.passed else "FAILED")
    return 0 if outcome.passed else 1


if __name__ == "__main__":
    os.environ.setdefault("OMP_NUM_THREADS", "1")
    sys.exit(main())
