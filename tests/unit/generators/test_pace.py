"""Requests keep to limits a minute, and wait as long as a server asks."""

import asyncio
import random

import pytest

from uncollapse.generators.pace import Pace
from uncollapse.generators.retrying import backoff, passes, retry_after


class Clock:
    """Time that passes only by waiting."""

    def __init__(self):
        self.now = 100.0

    async def sleep(self, seconds):
        assert seconds > 0
        self.now += seconds


def times(pace, clock, tokens):
    async def run():
        found = []
        for each in tokens:
            await pace.turn(each)
            found.append(clock.now - 100.0)
        return found

    return asyncio.run(run())


def test_requests_a_minute():
    clock = Clock()
    pace = Pace(requests=20, clock=lambda: clock.now, sleep=clock.sleep)
    assert times(pace, clock, [1] * 4) == pytest.approx([0, 3, 6, 9])


def test_tokens_a_minute_and_their_correction():
    clock = Clock()
    pace = Pace(tokens=600, clock=lambda: clock.now, sleep=clock.sleep)
    assert times(pace, clock, [100, 50]) == pytest.approx([0, 10])
    pace.correct(-20)  # the second used 30 alone
    assert times(pace, clock, [10, 10]) == pytest.approx([13, 14])


def test_no_window_of_a_minute_has_more_requests_than_its_limit():
    clock, rng = Clock(), random.Random(0)
    pace = Pace(requests=10, clock=lambda: clock.now, sleep=clock.sleep)

    async def run():
        found = []
        for _ in range(200):
            clock.now += rng.choice([0.0, 0.0, 0.0, 90.0])  # idle times give no credit
            await pace.turn(1)
            found.append(clock.now)
        return found

    found = asyncio.run(run())
    assert max(sum(start <= time < start + 59.999 for time in found) for start in found) == 10


def test_a_server_that_asks_to_be_left_alone_is():
    clock = Clock()
    pace = Pace(clock=lambda: clock.now, sleep=clock.sleep)
    pace.hold(7)
    pace.hold(3)
    assert times(pace, clock, [1, 1]) == pytest.approx([7, 7])


@pytest.mark.parametrize(
    ("headers", "seconds"),
    [
        ({"retry-after": "3"}, 3.0),
        ({"retry-after": "-3"}, 0.0),
        ({"retry-after": "1e9"}, 3600.0),
        ({"retry-after": "nan"}, None),
        ({"retry-after": "Fri, 31 Dec 1999 23:59:59 GMT"}, 9.0),
        ({"retry-after": "Fri, 31 Dec 1999 23:59:00 GMT"}, 0.0),
        ({"retry-after-ms": "1500", "retry-after": "3"}, 1.5),
        ({"retry-after": "whenever"}, None),
        ({}, None),
    ],
)
def test_retry_after(headers, seconds):
    assert retry_after(headers, now=946684790.0) == seconds  # nine seconds before the date above


def test_waiting_doubles_up_to_a_limit():
    rng = random.Random(0)
    for tries, most in ((1, 0.5), (2, 1.0), (5, 8.0), (10, 30.0), (5000, 30.0)):
        waits = [backoff(tries, rng) for _ in range(100)]
        assert most / 2 <= min(waits) < max(waits) <= most


def test_what_passes():
    assert [status for status in range(400, 600) if passes(status)] == [408, 409, 425, 429, *range(500, 600)]
