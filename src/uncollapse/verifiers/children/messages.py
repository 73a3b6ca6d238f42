"""Messages between a process and its children: JSON with its length before it, so that nothing within can end it."""

import json
import os
import select
import struct
import time
from typing import Any

_LENGTH = struct.Struct("<Q")
LONGEST = 1 << 30  # bytes of a message


class ClosedError(EOFError):
    """The other side is gone, or sent what is no message."""


class LateError(TimeoutError):
    """No message before the deadline."""


def pack(message: Any) -> bytes:
    """Bytes of a message; what JSON does not know, such as a date, is its text."""
    body = json.dumps(message, default=str).encode()
    return _LENGTH.pack(len(body)) + body


def send(descriptor: int, message: Any, *, deadline: float | None = None) -> None:
    """Write a whole message.

    Raises
    ------
    ClosedError
        Where nobody reads.
    LateError
        Where nobody has read it at ``deadline``, by the monotonic clock.
    """
    left = memoryview(pack(message))
    try:
        while left:
            if deadline is not None:
                _wait([], [descriptor], deadline)
            left = left[os.write(descriptor, left[: 1 << 16] if deadline is None else left[:4096]) :]
    except OSError as error:
        raise ClosedError(str(error)) from error


def receive(descriptor: int, *, deadline: float | None = None, longest: int = LONGEST) -> Any:
    """Read a whole message.

    Raises
    ------
    ClosedError
        At the end of the stream, and for what is no message or longer than ``longest`` bytes.
    LateError
        At ``deadline``, by the monotonic clock.
    """
    (length,) = _LENGTH.unpack(_bytes(descriptor, _LENGTH.size, deadline))
    if length > longest:
        raise ClosedError(f"a message of {length:,} bytes")
    try:
        return json.loads(_bytes(descriptor, length, deadline))
    except (ValueError, RecursionError) as error:
        raise ClosedError(f"no message: {error}") from error


def _bytes(descriptor: int, count: int, deadline: float | None) -> bytes:
    parts = []
    while count:
        if deadline is not None:
            _wait([descriptor], [], deadline)
        try:
            part = os.read(descriptor, min(count, 1 << 20))
        except OSError as error:
            raise ClosedError(str(error)) from error
        if not part:
            raise ClosedError("the stream ended")
        parts.append(part)
        count -= len(part)
    return b"".join(parts)


def _wait(reads: list[int], writes: list[int], deadline: float) -> None:
    ready = select.select(reads, writes, [], max(0.0, deadline - time.monotonic()))
    if not any(ready):
        raise LateError
