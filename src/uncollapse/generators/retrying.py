"""Seconds to wait before a request is sent again."""

import email.utils
import math
import random
import time
from collections.abc import Mapping

FIRST, LONGEST = 0.5, 30.0  # seconds of waiting between tries, where the server does not say
MOST = 3600.0  # seconds that a server may ask for
PASSING = (408, 409, 425, 429)  # states of a request that pass, beside 5xx


def passes(status: int) -> bool:
    """Whether the same request may succeed later.

    >>> passes(429), passes(503), passes(400)
    (True, True, False)
    """
    return status in PASSING or status >= 500


def backoff(tries: int, rng: random.Random) -> float:
    """Seconds to wait after so many tries: twice as long after each, between half and all of it, so that workers part.

    >>> 1.0 <= backoff(3, random.Random(0)) <= 2.0
    True
    """
    return min(LONGEST, FIRST * 2.0 ** min(tries - 1, 30)) * (0.5 + 0.5 * rng.random())


def retry_after(headers: Mapping[str, str], *, now: float | None = None) -> float | None:
    """Seconds for which a server asks to be left alone (``Retry-After``: seconds or a date); None where it does not.

    >>> told = {"retry-after": "2.5"}, {"retry-after-ms": "250"}, {"retry-after": "soon"}
    >>> [retry_after(headers) for headers in told]
    [2.5, 0.25, None]
    """
    for name, scale in (("retry-after-ms", 1e-3), ("retry-after", 1.0)):
        try:
            seconds = float(headers[name]) * scale
        except (KeyError, ValueError):
            continue
        return min(max(seconds, 0.0), MOST) if math.isfinite(seconds) else None
    try:
        date = email.utils.parsedate_to_datetime(headers["retry-after"]).timestamp()
    except (KeyError, ValueError, TypeError, OverflowError):
        return None
    return min(max(date - (time.time() if now is None else now), 0.0), MOST)
