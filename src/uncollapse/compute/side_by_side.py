"""Independent pieces of one stream, computed by several threads and handed on in their order."""

from collections import deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from typing import TypeVar

Item = TypeVar("Item")
Result = TypeVar("Result")


def in_order(function: Callable[[Item], Result], items: Iterable[Item], *, threads: int) -> Iterator[Result]:
    """``function`` of each item, in the order of the items; at most two a thread are begun before they are asked for.

    With one thread, items are computed as they are asked for, in the caller's. What the function raises is raised here.

    >>> list(in_order(lambda x: x * x, range(5), threads=3))
    [0, 1, 4, 9, 16]
    """
    if threads == 1:
        yield from map(function, items)
        return
    begun: deque[Future[Result]] = deque()
    with ThreadPoolExecutor(threads) as pool:
        try:
            for item in items:
                begun.append(pool.submit(function, item))
                if len(begun) == 2 * threads:
                    yield begun.popleft().result()
            while begun:
                yield begun.popleft().result()
        finally:
            for future in begun:
                future.cancel()
