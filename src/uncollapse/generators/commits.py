"""Answers on their way to disk: all that are there by the time of a flush share it."""

import asyncio
from concurrent.futures import ThreadPoolExecutor

from uncollapse.generators.answer import Answer
from uncollapse.generators.journal import Journal


class Commits:
    """Keeper of answers for many workers at once; each goes on when its answer is on disk.

    A flush takes milliseconds, and there is one at a time, in a thread of its own: what comes in meanwhile is kept by
    the next one together, so that 64 workers share a flush and none has more than one answer that could be lost.
    """

    def __init__(self, journal: Journal) -> None:
        self._journal = journal
        self._waiting: list[tuple[bytes, Answer, asyncio.Future[None]]] = []
        self._task: asyncio.Task[None] | None = None
        self._thread = ThreadPoolExecutor(1, thread_name_prefix="answers")

    async def keep(self, key: bytes, answer: Answer) -> None:
        """Return when the answer is on disk.

        Raises
        ------
        DataError, ArtifactError
            As :meth:`~uncollapse.generators.journal.Journal.add` does.
        """
        loop = asyncio.get_running_loop()
        done = loop.create_future()
        self._waiting.append((key, answer, done))
        if self._task is None:
            self._task = loop.create_task(self._flush())
        await done

    async def _flush(self) -> None:
        try:
            while self._waiting:
                batch, self._waiting = self._waiting, []
                rows = [(key, answer) for key, answer, _ in batch]
                try:
                    await asyncio.get_running_loop().run_in_executor(self._thread, self._journal.add, rows)
                except Exception as error:
                    for _, _, done in batch:
                        if not done.done():
                            done.set_exception(error)
                else:
                    for _, _, done in batch:
                        if not done.done():
                            done.set_result(None)
        finally:
            self._task = None

    async def close(self) -> None:
        """Wait for the flush that is under way, and end the thread."""
        if self._task is not None:
            await asyncio.wait([self._task])
        self._thread.shutdown()
