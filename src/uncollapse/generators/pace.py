"""Times at which requests may be sent: so many requests and tokens a minute, and none before a server says so."""

import asyncio
import time
from collections.abc import Awaitable, Callable

MINUTE = 60.0


class Pace:
    """Turns of requests, spaced evenly, so that no minute has more than its limit, wherever it begins.

    Parameters
    ----------
    requests, tokens : a minute; None without a limit
    clock, sleep : seconds, and waiting for some
    """

    def __init__(
        self,
        *,
        requests: float | None = None,
        tokens: float | None = None,
        clock: Callable[[], float] = time.monotonic,
        sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
    ) -> None:
        self._per_request = 0.0 if requests is None else MINUTE / requests
        self._per_token = 0.0 if tokens is None else MINUTE / tokens
        self._clock, self._sleep = clock, sleep
        self._held = self._request = self._token = -float("inf")  # times before which nothing is sent

    async def turn(self, tokens: float) -> None:
        """Wait for the turn of a request that will use about so many tokens."""
        while (wait := max(self._request, self._token, self._held) - (now := self._clock())) > 0:
            await self._sleep(wait)
        self._request = max(now, self._request) + self._per_request
        self._token = max(now, self._token) + tokens * self._per_token

    def correct(self, tokens: float) -> None:
        """Take notice that a request used so many tokens more (or fewer, if negative) than was said."""
        self._token += tokens * self._per_token

    def hold(self, seconds: float) -> None:
        """Send nothing for so long, as a server asks that is too busy."""
        self._held = max(self._held, self._clock() + seconds)

    @property
    def held(self) -> float:
        """Seconds for which nothing is sent, as a server asked."""
        return max(0.0, self._held - self._clock())

    async def rest(self, seconds: float) -> None:
        """Wait before another try of the same request."""
        await self._sleep(seconds)
