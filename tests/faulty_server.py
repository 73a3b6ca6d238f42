"""An OpenAI-compatible server on loopback with every fault that a test asks for; it writes down whom it answered.

As a process, for tests that kill it:

    python tests/faulty_server.py PORT LOG --faults 0.2 --seed 1

The answer to sample i of a prompt (the request's seed says i) is ``"<prompt> #<i>"``. Each answer that is sent whole,
also one of another model or one that is no JSON, is a line of LOG before its first byte leaves.
"""

import argparse
import asyncio
import contextlib
import json
import os
import random
import ssl
import sys
import threading
from collections import Counter
from collections.abc import Callable, Iterator
from typing import Any

MODEL = "tiny"
# the request's body -> None, or a reply: (status, headers, body), bytes as they stand, or a name
Fault = Callable[[dict[str, Any]], Any]
NAMED = ("429", "500", "half", "malformed", "other_model", "slow")


def prompt_of(body: dict[str, Any]) -> str:
    """The text of the last message, or the prompt."""
    return (body["messages"] or [{"content": ""}])[-1]["content"] if "messages" in body else body["prompt"]


def reply_of(body: dict[str, Any], **changes: Any) -> dict[str, Any]:
    """A whole reply of the protocol; ``changes`` are parts of its only choice, or of the reply."""
    text = f"{prompt_of(body)} #{body.get('seed', 0)}"
    choice: dict[str, Any] = {"index": 0, "finish_reason": "stop"}
    choice |= {"message": {"role": "assistant", "content": text}} if "messages" in body else {"text": text}
    reply = {"id": "1", "object": "chat.completion", "created": 0, "model": MODEL, "choices": [choice],
             "usage": {"prompt_tokens": 7, "completion_tokens": 3, "total_tokens": 10}}  # fmt: skip
    for name, value in changes.items():
        (reply if name in reply else choice)[name] = value
    return reply


class FaultyServer:
    """A server in a thread of this process.

    key : what the Authorization header must hold; None takes everything
    models : names that it lists, tiny by default; a number is the status of a refusal, anything else the whole reply
    encrypted : with a certificate; None for a plain server
    fault : decides what goes wrong with a request
    answered : how often each (prompt, sample) was sent a whole answer
    requests : bodies in the order in which they came
    headers : of the last request
    """

    def __init__(
        self,
        *,
        port: int = 0,
        key: str | None = None,
        fault: Fault = lambda body: None,
        models: Any = None,
        delay: float = 0.0,
        log: str | None = None,
        encrypted: ssl.SSLContext | None = None,
    ) -> None:
        self.port, self.key, self.fault, self.delay = port, key, fault, delay
        self.models = [MODEL] if models is None else models
        self.encrypted = encrypted
        self.answered: Counter[tuple[str, int]] = Counter()
        self.requests: list[dict[str, Any]] = []
        self.headers: dict[str, str] = {}
        self.open = self.most_open = 0
        self._log = None if log is None else os.open(log, os.O_WRONLY | os.O_APPEND | os.O_CREAT)

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}/v1"

    async def start(self) -> asyncio.Server:
        server = await asyncio.start_server(self._serve, "127.0.0.1", self.port, ssl=self.encrypted)
        self.port = server.sockets[0].getsockname()[1]
        return server

    @contextlib.contextmanager
    def running(self) -> Iterator["FaultyServer"]:
        loop, ready = asyncio.new_event_loop(), threading.Event()

        async def run() -> None:
            server = await self.start()
            ready.set()
            with contextlib.suppress(asyncio.CancelledError):
                await server.serve_forever()

        task = loop.create_task(run())
        thread = threading.Thread(target=lambda: loop.run_until_complete(task), daemon=True)
        thread.start()
        ready.wait(10)
        try:
            yield self
        finally:
            loop.call_soon_threadsafe(task.cancel)
            thread.join(10)

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with contextlib.suppress(asyncio.IncompleteReadError, ConnectionError, asyncio.CancelledError):
            while await self._one(reader, writer):
                pass
        writer.close()

    async def _one(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> bool:
        head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1")
        request, *lines = head.split("\r\n")
        headers = {name.lower(): value.strip() for name, _, value in (line.partition(":") for line in lines)}
        self.headers = headers
        content = await reader.readexactly(int(headers.get("content-length", 0)))
        if self.key is not None and headers.get("authorization") != f"Bearer {self.key}":
            told = f"Incorrect API key provided: {headers.get('authorization')}"
            return await self._send(writer, 401, {"error": {"message": told}})
        method, path, _ = request.split()
        if method == "GET" and path == "/v1/models":
            if isinstance(self.models, int):
                return await self._send(writer, self.models, {"error": {"message": "no list"}})
            if not isinstance(self.models, list):
                return await self._send(writer, 200, self.models)
            listed = [{"id": name, "object": "model", "created": 0, "owned_by": "test"} for name in self.models]
            return await self._send(writer, 200, {"object": "list", "data": listed})
        if method != "POST" or path not in ("/v1/chat/completions", "/v1/completions"):
            return await self._send(writer, 404, {"error": {"message": f"no route {path}"}})
        body = json.loads(content)
        self.requests.append(body)
        self.open += 1
        self.most_open = max(self.open, self.most_open)
        try:
            goes_on = await self._answer(writer, body)
            return goes_on and headers.get("connection", "").lower() != "close"
        finally:
            self.open -= 1

    async def _answer(self, writer: asyncio.StreamWriter, body: dict[str, Any]) -> bool:
        fault = self.fault(body)
        if self.delay:
            drawn = random.Random(f"{body.get('seed', 0)} {prompt_of(body)}").random()  # the same whoever asks
            await asyncio.sleep(self.delay * (0.5 + drawn))
        if isinstance(fault, tuple):
            status, headers, reply = fault
            if status == 200:
                self._note(body)
            return await self._send(writer, status, reply, headers)
        if fault == "429":
            return await self._send(writer, 429, {"error": {"message": "slower"}}, {"Retry-After": "0.02"})
        if fault == "500":
            return await self._send(writer, 500, {"error": {"message": "oh no"}})
        if fault == "half":
            whole = json.dumps(reply_of(body)).encode()
            writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n" % len(whole) + whole[: len(whole) // 2])
            await writer.drain()
            return False
        if isinstance(fault, bytes):
            writer.write(fault)
            await writer.drain()
            return False
        if fault == "drip":
            writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\n")
            for _ in range(1000):
                writer.write(b" ")
                await writer.drain()
                await asyncio.sleep(0.05)
        if fault == "close":
            return False
        if fault == "slow":
            await asyncio.sleep(0.2)
        self._note(body)
        if fault == "malformed":
            return await self._send(writer, 200, b'{"choices": [{"mess')
        changes = {"model": "somebody-else"} if fault == "other_model" else {}
        return await self._send(writer, 200, reply_of(body, **changes))

    def _note(self, body: dict[str, Any]) -> None:
        told = (prompt_of(body), body.get("seed", 0))
        self.answered[told] += 1
        if self._log is not None:
            os.write(self._log, (json.dumps(told) + "\n").encode())

    async def _send(
        self, writer: asyncio.StreamWriter, status: int, reply: Any, headers: dict[str, str] | None = None
    ) -> bool:
        body = reply if isinstance(reply, bytes) else json.dumps(reply).encode()
        lines = {"Content-Type": "application/json", "Content-Length": str(len(body)), **(headers or {})}
        head = "".join(f"{name}: {value}\r\n" for name, value in lines.items())
        writer.write(f"HTTP/1.1 {status} X\r\n{head}\r\n".encode() + body)
        await writer.drain()
        return True


def random_faults(share: float, *, seed: int) -> Fault:
    """Any of the named faults, in that share of requests."""
    rng = random.Random(seed)
    return lambda body: rng.choice(NAMED) if rng.random() < share else None


async def _main(options: argparse.Namespace) -> None:
    faults = random_faults(options.faults, seed=options.seed)
    server = FaultyServer(port=options.port, fault=faults, delay=options.delay, log=options.log)
    await (await server.start()).serve_forever()


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("port", type=int)
    parser.add_argument("log")
    parser.add_argument("--faults", type=float, default=0.0)
    parser.add_argument(
        "--delay", type=float, default=0.0, help="seconds of an answer, from half to one and a half times"
    )
    parser.add_argument("--seed", type=int, default=0)
    sys.exit(asyncio.run(_main(parser.parse_args())))
