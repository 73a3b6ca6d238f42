"""Answers per second of ``uncollapse sample`` beside a bare asyncio client's and its peers', and its memory.

    python benchmarks/sampling.py [--seconds 0.25 1.0] [--peers /tmp/peers/bin/python] [--prompts 10000 1000000]

All clients ask the same server on loopback, 64 requests at a time, in turns within one run, each in a process of its
own after 64 questions that are not timed; the server takes so many seconds for an answer, from half to one and a half
times, the same for a question whoever asks. ``bare`` writes requests to sockets, parses the JSON, and keeps nothing;
``openai`` is the openai client in 64 tasks, as one would write it, which keeps nothing either. ``ours`` is the whole
command: it reads a file of prompts, has each answer on disk before the next request of that worker, and writes the
table. ``--peers`` is a Python that has bespokelabs-curator, datatrove or both; they read and write files as well. The
time of a client is that of its call, without imports.

Memory is the peak of a whole process with a kept answer to each prompt but the last thousand: it reads, looks up, asks
for those, and writes the table.
"""

from __future__ import annotations

import argparse
import asyncio
import contextlib
import importlib.util
import json
import os
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
from typing import Any

SERVER = Path(__file__).parents[1] / "tests" / "faulty_server.py"
RUN = "import sys; from uncollapse.commands.entry import run; sys.exit(run(sys.argv[1:]))"
AT_ONCE = 64
LAST = 1000  # prompts that are asked for when memory is measured
MODEL, TOKENS = "tiny", 64
PACKAGES = {"curator": "bespokelabs-curator", "datatrove": "datatrove"}
UNLIMITED = 10**9  # of requests and tokens a minute, where a client insists on limits


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


def body_of(question: str) -> dict[str, Any]:
    """The request for an answer."""
    asked = {"model": MODEL, "messages": [{"role": "user", "content": question}]}
    return {"max_tokens": TOKENS, "temperature": 1.0, "seed": 0, **asked}


def bare(port: int, questions: list[str], folder: Path) -> int:
    """Ask for all with sockets alone."""
    todo = iter([json.dumps(body_of(question)).encode() for question in questions])
    answered = 0

    async def work() -> None:
        nonlocal answered
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        for body in todo:
            head = f"POST /v1/chat/completions HTTP/1.1\r\nHost: x\r\nContent-Length: {len(body)}\r\n\r\n"
            writer.write(head.encode() + body)
            told = (await reader.readuntil(b"\r\n\r\n")).lower()
            length = int(told.split(b"content-length:")[1].split(b"\r\n")[0])
            answered += bool(json.loads(await reader.readexactly(length))["choices"][0]["message"]["content"])
        writer.close()

    async def work_all() -> None:
        await asyncio.gather(*(work() for _ in range(AT_ONCE)))

    asyncio.run(work_all())
    return answered


def openai(port: int, questions: list[str], folder: Path) -> int:
    """Ask for all with the openai client, as it comes."""
    from openai import AsyncOpenAI

    todo, answered = iter(questions), 0

    async def work(client: AsyncOpenAI) -> None:
        nonlocal answered
        for question in todo:
            reply = await client.chat.completions.create(**body_of(question))
            answered += bool(reply.choices[0].message.content)

    async def work_all() -> None:
        async with AsyncOpenAI(base_url=f"http://127.0.0.1:{port}/v1", api_key="none") as client:
            await asyncio.gather(*(work(client) for _ in range(AT_ONCE)))

    asyncio.run(work_all())
    return answered


def ours(port: int, questions: list[str], folder: Path) -> int:
    """Ask for all as the command does, from a file to a file."""
    from uncollapse.generators.endpoint import EndpointSettings
    from uncollapse.generators.from_endpoint import sample_from_endpoint
    from uncollapse.generators.places import Places
    from uncollapse.generators.question import Asking
    from uncollapse.prompts.prompt_file import PromptFile

    path = written(questions, folder / "prompts.jsonl")
    asking = Asking(model=MODEL, parameters={"max_tokens": TOKENS, "temperature": 1.0}, seed=0)
    settings = EndpointSettings(base_url=f"http://127.0.0.1:{port}/v1", concurrency=AT_ONCE)
    summary = sample_from_endpoint(PromptFile(path), asking, 1, settings, Places.of(path, None, None))
    return summary.statuses["ok"]


def curator(port: int, questions: list[str], folder: Path) -> int:
    """Ask for all with bespokelabs-curator, without its viewer."""
    os.environ |= {"TELEMETRY_ENABLED": "0", "CURATOR_VIEWER": "0", "OPENAI_API_KEY": "none", "HF_HUB_OFFLINE": "1"}
    litellm = importlib.util.find_spec("litellm")
    assert litellm is not None
    assert litellm.origin is not None
    tokens = Path(litellm.origin).parent / "litellm_core_utils" / "tokenizers"
    os.environ["TIKTOKEN_CACHE_DIR"] = str(tokens)  # else tiktoken asks the network for what litellm brings along
    from bespokelabs import curator as package
    from datasets import Dataset

    class Ask(package.LLM):
        def prompt(self, given: dict[str, str]) -> str:
            return given["prompt"]

        def parse(self, given: dict[str, str], response: str) -> list[dict[str, str]]:
            return [{"prompt": given["prompt"], "answer": response}]

    limits = dict.fromkeys(("max_requests_per_minute", "max_tokens_per_minute"), UNLIMITED)
    where = {"base_url": f"http://127.0.0.1:{port}/v1", "api_key": "none", "max_concurrent_requests": AT_ONCE}
    parameters = {"max_tokens": TOKENS, "temperature": 1.0, "seed": 0}
    ask = Ask(model_name=MODEL, backend="openai", backend_params=where | limits, generation_params=parameters)
    found = ask(Dataset.from_list([{"prompt": one} for one in questions]), working_dir=str(folder))
    return sum(map(bool, getattr(found, "dataset", found)["answer"]))


def datatrove(port: int, questions: list[str], folder: Path) -> int:
    """Ask for all with datatrove, which goes without a client for an address on this machine."""
    from datatrove.data import Document
    from datatrove.pipeline.inference.run_inference import InferenceConfig, InferenceRunner
    from datatrove.pipeline.writers import JsonlWriter

    async def ask(document: Document, generate: Any) -> Any:
        body = body_of(document.text)
        return await generate({name: value for name, value in body.items() if name != "model"})

    config = InferenceConfig(
        server_type="endpoint", endpoint_url=f"http://127.0.0.1:{port}", model_name_or_path=MODEL,
        max_concurrent_generations=AT_ONCE, max_concurrent_documents=AT_ONCE,
    )  # fmt: skip
    output = JsonlWriter(str(folder / "out"), output_filename="${rank}_${chunk_index}.jsonl", compression=None)
    kept = {"checkpoints_local_dir": str(folder / "kept"), "records_per_chunk": len(questions) + 1}
    runner = InferenceRunner(rollout_fn=ask, config=config, output_writer=output, **kept)
    runner.run([Document(text=one, id=str(number)) for number, one in enumerate(questions)], rank=0, world_size=1)
    lines = [line for path in (folder / "out").rglob("*.jsonl") for line in path.read_text().splitlines()]
    return sum("rollout_results" in json.loads(line)["metadata"] for line in lines)


SIDES = {side.__name__: side for side in (bare, openai, ours, curator, datatrove)}


def written(questions: list[str], path: Path) -> Path:
    """A file of prompts."""
    path.write_text("".join(json.dumps({"id": n, "prompt": one}) + "\n" for n, one in enumerate(questions)))
    return path


def side(name: str, port: int, count: int, number: int) -> None:
    """Ask some questions and then those that are timed; print what it took, as JSON, as the last line."""
    told = sys.stdout
    with contextlib.redirect_stdout(sys.stderr):
        for some in ([f"first of {number}, {i}?" for i in range(AT_ONCE)],
                     [f"round {number}, question {i}?" for i in range(count)]):  # fmt: skip
            with tempfile.TemporaryDirectory() as folder:
                begun, used = time.perf_counter(), time.process_time()
                answered = SIDES[name](port, some, Path(folder))
                seconds, used = time.perf_counter() - begun, time.process_time() - used
            if answered != len(some):
                sys.exit(f"{name}: {answered} of {len(some)} questions answered")
    print(json.dumps({"seconds": seconds, "used": used}), file=told)


def version(python: str, name: str) -> str | None:
    """Version of a peer where a Python has it."""
    code = f"from importlib.metadata import version; print(version({PACKAGES[name]!r}))"
    done = subprocess.run([python, "-c", code], capture_output=True, text=True)
    return done.stdout.strip() if not done.returncode else None


def rates(
    delay: float, clients: dict[str, str], rounds: int, count: int | None
) -> dict[str, list[tuple[float, float]]]:
    """Answers per second, and milliseconds of processor time an answer, of each client (name -> Python) by round."""
    count = count or max(AT_ONCE * 16, min(AT_ONCE * 64, int(AT_ONCE * 16 / max(delay, 0.2))))
    found: dict[str, list[tuple[float, float]]] = {name: [] for name in clients}
    with server(delay) as port:
        for number in range(rounds):
            for name, python in clients.items():
                call = [python, __file__, "--side", name, "--port", str(port), "--count", str(count)]
                done = subprocess.run([*call, "--round", str(number)], capture_output=True, text=True)
                if done.returncode:
                    sys.exit(f"{name} failed: {done.stderr[-2000:]}")
                told = json.loads(done.stdout.splitlines()[-1])
                found[name].append((count / told["seconds"], 1000 * told["used"] / count))
    return found


def peak(prompts: int) -> tuple[float, float]:
    """Peak megabytes and seconds of processor time of a whole process with so many prompts."""
    from uncollapse.generators.answer import Answer
    from uncollapse.generators.journal import Journal
    from uncollapse.generators.question import Asking
    from uncollapse.prompts.prompt import Prompt

    with tempfile.TemporaryDirectory() as name, server(0.0) as port:
        folder = Path(name)
        with open(folder / "prompts.jsonl", "w") as file:
            for number in range(prompts):
                file.write(json.dumps({"id": f"id-{number}", "prompt": f"question {number}?", "answer": "a"}) + "\n")
        asking = Asking(model=MODEL, parameters={"temperature": 1.0, "max_tokens": 1024}, seed=0)
        with Journal(folder / "prompts.candidates.answers.sqlite") as journal:
            for first in range(0, prompts - LAST, 5000):
                some = (Prompt("", f"question {n}?") for n in range(first, min(first + 5000, prompts - LAST)))
                answer = Answer(status="ok", text="word " * 50, finish_reason="stop", completion_tokens=50)
                journal.add((asking.question(prompt, 0).key, answer) for prompt in some)
        call = [sys.executable, "-c", RUN, "sample", folder / "prompts.jsonl", "--model", MODEL, "--seed", "0"]
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
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--answers", type=int, help="of a client in a round (default: some 16 s of them)")
    parser.add_argument("--peers", nargs="*", default=[], metavar="PYTHON", help="that have the peers")
    parser.add_argument("--side", help=argparse.SUPPRESS)
    for name in ("port", "count", "round"):
        parser.add_argument(f"--{name}", type=int, help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.side:
        side(options.side, options.port, options.count, options.round)
        return
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    clients, names = dict.fromkeys(("bare", "openai", "ours"), sys.executable), {}
    for python in options.peers:
        for name in PACKAGES:
            if found := version(python, name):
                clients[name], names[name] = python, f"{PACKAGES[name]} {found}"
    for delay in options.seconds:
        head = f"answers of {delay:g} s, {AT_ONCE} at a time"
        print(f"{head:32} {'a second':>9} {'of bare':>8} {'ms of processor':>16}")
        measured = rates(delay, clients, options.rounds, options.answers)
        (first, _) = map(statistics.median, zip(*measured["bare"], strict=True))
        for name, rounds in measured.items():
            rate, used = map(statistics.median, zip(*rounds, strict=True))
            print(f"{names.get(name, name):32} {rate:9.1f} {rate / first:8.2f} {used:16.2f}", flush=True)
        print()
    if options.prompts:
        print(f"{'prompts':32} {'peak MB':>9} {'s of processor time':>25}")
    for prompts in options.prompts:
        megabytes, seconds = peak(prompts)
        print(f"{prompts:<32,} {megabytes:9.0f} {seconds:25.1f}", flush=True)


if __name__ == "__main__":
    main()
