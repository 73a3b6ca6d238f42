"""Answers per second of ``uncollapse sample`` against a bare asyncio client, and its memory for ever more prompts.

    python benchmarks/sampling.py [--seconds 0.25 1.0] [--prompts 10000 1000000]

Both clients ask the same server on loopback, 64 requests at a time, in turns within one run; the server takes so many
seconds for an answer, from half to one and a half times. The bare client writes requests to sockets, parses the JSON,
and keeps nothing; ours goes through the openai client and has each answer on disk before the next request. Memory is
the peak of a whole process with a kept answer to each prompt but the last thousand: it reads, looks up, asks for those,
and writes the table.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import os
import random
import resource
import socket
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from uncollapse.generators.answer import Answer
from uncollapse.generators.ask import ask_all
from uncollapse.generators.endpoint import Endpoint, EndpointSettings
from uncollapse.generators.journal import Journal
from uncollapse.generators.question import Asking
from uncollapse.jobs.progress import Progress
from uncollapse.prompts.prompt import Prompt

SERVER = Path(__file__).parents[1] / "tests" / "faulty_server.py"
RUN = "import sys; from uncollapse.commands.entry import run; sys.exit(run(sys.argv[1:]))"
AT_ONCE = 64
ROUNDS = 3
LAST = 1000  # prompts that are asked for when memory is measured
ASKING = Asking(model="tiny", parameters={"max_tokens": 64, "temperature": 1.0}, seed=0)
QUIET = 1e9  # seconds between lines of progress


@contextmanager
def server(delay: float) -> Iterator[int]:
    """A server in a process of its own; its port."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    process = subprocess.Popen([sys.executable, SERVER, str(port), os.devnull, "--delay", str(delay)])
    try:
        for _ in range(200):
            try:
                socket.create_connection(("127.0.0.1", port), timeout=1).close()
                break
            except OSError:
                time.sleep(0.05)
        yield port
    finally:
        process.kill()
        process.wait()


async def bare(port: int, bodies: list[bytes]) -> None:
    """Ask for all with sockets alone."""
    todo = iter(bodies)

    async def work() -> None:
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        for body in todo:
            head = f"POST /v1/chat/completions HTTP/1.1\r\nHost: x\r\nContent-Length: {len(body)}\r\n\r\n"
            writer.write(head.encode() + body)
            told = (await reader.readuntil(b"\r\n\r\n")).lower()
            length = int(told.split(b"content-length:")[1].split(b"\r\n")[0])
            assert json.loads(await reader.readexactly(length))["choices"]
        writer.close()

    await asyncio.gather(*(work() for _ in range(AT_ONCE)))


async def ours(port: int, prompts: list[Prompt], folder: Path) -> None:
    """Ask for all as the command does."""
    settings = EndpointSettings(base_url=f"http://127.0.0.1:{port}/v1", concurrency=AT_ONCE)
    progress = Progress("sample", unit="answers", interval=QUIET)
    progress.start(total=len(prompts))
    with Journal(folder / "answers.sqlite") as journal:
        async with Endpoint(settings, model=ASKING.model, rng=random.Random(0)) as endpoint:
            assert await endpoint.check() is None
            found = await ask_all(prompts, ASKING, 1, endpoint, journal, workers=AT_ONCE, progress=progress)
    assert found == {"ok": len(prompts)}


def rates(delay: float) -> dict[str, list[tuple[float, float]]]:
    """Answers per second, and milliseconds of this process' time an answer, of each client in each round."""
    count = max(AT_ONCE * 8, min(AT_ONCE * 40, int(AT_ONCE * 8 / max(delay, 0.2))))
    found: dict[str, list[tuple[float, float]]] = {"bare": [], "ours": []}
    with server(delay) as port:
        for number in range(ROUNDS):
            prompts = [Prompt(str(i), f"round {number}, question {i}?") for i in range(count)]
            bodies = [json.dumps(ASKING.question(prompt, 0).body).encode() for prompt in prompts]
            for name in found:
                with tempfile.TemporaryDirectory() as folder:
                    begun, used = time.perf_counter(), time.process_time()
                    asyncio.run(bare(port, bodies) if name == "bare" else ours(port, prompts, Path(folder)))
                    seconds, used = time.perf_counter() - begun, time.process_time() - used
                found[name].append((count / seconds, 1000 * used / count))
    return found


def peak(prompts: int) -> tuple[float, float]:
    """Peak megabytes and seconds of processor time of a whole process with so many prompts."""
    with tempfile.TemporaryDirectory() as name, server(0.0) as port:
        folder = Path(name)
        with open(folder / "prompts.jsonl", "w") as file:
            for number in range(prompts):
                file.write(json.dumps({"id": f"id-{number}", "prompt": f"question {number}?", "answer": "a"}) + "\n")
        asking = Asking(model="tiny", parameters={"temperature": 1.0, "max_tokens": 1024}, seed=0)
        with Journal(folder / "prompts.candidates.answers.sqlite") as journal:
            for first in range(0, prompts - LAST, 5000):
                some = (Prompt("", f"question {n}?") for n in range(first, min(first + 5000, prompts - LAST)))
                answer = Answer(status="ok", text="word " * 50, finish_reason="stop", completion_tokens=50)
                journal.add((asking.question(prompt, 0).key, answer) for prompt in some)
        call = [sys.executable, "-c", RUN, "sample", folder / "prompts.jsonl", "--model", "tiny", "--seed", "0"]
        call += ["--endpoint", f"http://127.0.0.1:{port}/v1", "--concurrency", str(AT_ONCE)]
        process = subprocess.Popen(list(map(str, call)), stdout=subprocess.DEVNULL, stderr=subprocess.PIPE)
        assert process.stderr is not None
        told = process.stderr.read().decode()
        _, status, usage = os.wait4(process.pid, 0)
        if status or f"sample: {LAST:,} answers done" not in told:
            sys.exit(f"failed: {told}")
    return usage.ru_maxrss / 1024, usage.ru_utime + usage.ru_stime


def main() -> None:
    """Print both tables."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--seconds", type=float, nargs="*", default=[0.25, 1.0], help="of an answer")
    parser.add_argument("--prompts", type=int, nargs="*", default=[10_000, 100_000, 1_000_000])
    options = parser.parse_args()
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    if options.seconds:
        print(f"{AT_ONCE} requests at a time         answers/s                  ms of processor time")
        print(f"{'seconds of an answer':24} {'bare':>9} {'ours':>9} {'ratio':>6} {'bare':>9} {'ours':>9}")
    for delay in options.seconds:
        found = rates(delay)
        (first, used), (second, spent) = (map(statistics.median, zip(*found[name], strict=True)) for name in found)
        print(f"{delay:<24g} {first:9.1f} {second:9.1f} {second / first:6.2f} {used:9.2f} {spent:9.2f}", flush=True)
    if options.prompts:
        print(f"\n{'prompts':24} {'peak MB':>9} {'s of processor time':>20}")
    for prompts in options.prompts:
        megabytes, seconds = peak(prompts)
        print(f"{prompts:<24,} {megabytes:9.0f} {seconds:20.1f}", flush=True)


if __name__ == "__main__":
    main()
