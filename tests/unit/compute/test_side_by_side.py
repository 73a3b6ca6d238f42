"""Results come in the order of the items, errors in their place, and nothing is begun for nobody."""

from __future__ import annotations

import threading
import time
from typing import NoReturn

import pytest

from uncollapse.compute.side_by_side import in_order


@pytest.mark.parametrize("threads", [1, 2, 5])
def test_results_come_in_order(threads: int) -> None:
    def late(number: int) -> int:
        time.sleep(0.002 * (number % 3))
        return number

    assert list(in_order(late, range(50), threads=threads)) == list(range(50))


def test_several_are_computed_at_once() -> None:
    both = threading.Barrier(2, timeout=20)
    assert len(list(in_order(lambda _: both.wait(), range(4), threads=2))) == 4


@pytest.mark.parametrize("threads", [1, 2])
def test_an_error_is_raised_in_its_place(threads: int) -> None:
    stream = in_order(lambda number: 1 / (3 - number), range(10), threads=threads)
    assert [next(stream) for _ in range(3)] == [1 / 3, 1 / 2, 1]
    with pytest.raises(ZeroDivisionError):
        next(stream)


def test_of_a_stream_that_is_left_nothing_more_is_begun() -> None:
    """The first is done, two are at work and wait, and a fourth waits for a thread: it must never begin."""
    begun: list[int] = []
    go_on = threading.Event()

    def work(number: int) -> None:
        begun.append(number)
        if number:
            assert go_on.wait(20)

    stream = in_order(work, range(1000), threads=2)
    next(stream)
    while len(begun) < 3:
        time.sleep(0.001)
    threading.Timer(0.1, go_on.set).start()  # closing waits for those at work
    stream.close()
    assert sorted(begun) == [0, 1, 2]


def test_one_thread_computes_what_is_asked_for() -> None:
    def never(_: int) -> NoReturn:
        raise AssertionError("begun")

    in_order(never, range(3), threads=1)
    here = threading.current_thread()
    assert list(in_order(lambda _: threading.current_thread(), range(2), threads=1)) == [here, here]
