"""The line behind which all questions are settled, in their order; what is behind it can be written."""

import asyncio
import contextlib
from collections.abc import Collection, Iterator

from uncollapse.generators.missing import Missing


class Front:
    """The line behind which every question was asked or need not be, and every answer is on disk.

    For one event loop: whoever asks says what is in flight, and whoever waits is told each time that something landed.
    """

    def __init__(self, missing: Missing) -> None:
        self.missing = missing
        self._moved = asyncio.Event()
        self._over = False

    @contextlib.contextmanager
    def in_flight(self, key: bytes) -> Iterator[None]:
        """The time from before a question is asked until its answer is on disk."""
        self.missing.flying.add(key)
        try:
            yield
        finally:
            self.missing.flying.discard(key)
            self.move()

    def move(self) -> None:
        """Have those who wait look again."""
        self._moved.set()

    def end(self) -> None:
        """Let all that wait go on: nothing more will be asked."""
        self._over = True
        self.move()

    async def reached(self, count: int, keys: Collection[bytes] = ()) -> None:
        """Return when the first ``count`` questions are behind the line; ``keys`` are those that might be in flight.

        It returns as well when nothing more is asked, with which a file of prompts that has grown meanwhile is at its
        end too.
        """
        while not self._over and (self.missing.passed < count or not self.missing.flying.isdisjoint(keys)):
            self._moved.clear()
            await self._moved.wait()
