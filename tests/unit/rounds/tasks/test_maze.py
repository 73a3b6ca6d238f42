import random
from collections import Counter, deque

import pytest
from pydantic import ValidationError

from uncollapse.rounds.question import Question
from uncollapse.rounds.tasks import maze
from uncollapse.rounds.tasks.maze import CHECKS, Settings

BY_HOPS = Settings(name="maze", by="hops", nodes=12)
BY_NODES = Settings(name="maze", by="nodes", hops=3)


def hops(question: Question) -> int:
    """Length of the shortest way, by breadth-first search."""
    read = maze.read(question.text)
    distance, queue = {read.start: 0}, deque([read.start])
    while queue:
        here = queue.popleft()
        for edge in read.edges:
            if here in edge:
                there = edge.replace(here, "")
                if there not in distance:
                    distance[there] = distance[here] + 1
                    queue.append(there)
    return distance[read.goal]


@pytest.mark.parametrize(("settings", "difficulty", "nodes", "way"), [(BY_HOPS, 7, 12, 7), (BY_NODES, 9, 9, 3)])
def test_mazes_are_trees_with_the_way_as_answer(settings: Settings, difficulty: int, nodes: int, way: int) -> None:
    rng = random.Random(0)
    for _ in range(30):
        question = maze.ask(difficulty, settings, rng)
        edges = maze.read(question.text).edges
        assert len(edges) == nodes - 1
        assert len(set("".join(edges))) == nodes
        assert hops(question) == way == len(question.answer) - 1
        assert all(check(question.answer, question, settings) for check in CHECKS.values())


def test_trees_with_pairs_are_uniform() -> None:
    """Of 4 nodes there are 12 paths, each the way of one pair at 3 hops in either direction: 24 ways."""
    rng, settings = random.Random(5), Settings(name="maze", by="hops", nodes=4, most_nodes=4)
    seen = Counter(maze.ask(3, settings, rng).answer for _ in range(4800))
    assert len(seen) == 24
    assert sum((count - 200) ** 2 / 200 for count in seen.values()) < 45  # 23 degrees of freedom: p = 0.004
    # at 1 hop: 16 trees of 3 edges in 2 directions, 96 in all; stars of 3 leaves are a quarter
    stars = 0
    for _ in range(4000):
        degrees = Counter("".join(maze.read(maze.ask(1, settings, rng).text).edges))
        stars += max(degrees.values()) == 3
    assert abs(stars / 4000 - 0.25) < 0.03


def test_checks_see_impossible_moves_and_ends_without_the_answer() -> None:
    question = Question("a>c:abbc=", "abc")
    told = {
        answer: (CHECKS["moves"](answer, question, BY_HOPS), CHECKS["ends"](answer, question, BY_HOPS))
        for answer in ("abc", "ac", "ab", "ababc", "")
    }
    assert told == {
        "abc": (True, True),
        "ac": (False, True),
        "ab": (True, False),
        "ababc": (True, True),
        "": (True, False),
    }


@pytest.mark.parametrize("wrong", [{"by": "hops"}, {"by": "nodes", "hops": 2, "nodes": 5}, {"by": "hops", "nodes": 70}])
def test_sizes_that_cannot_be_are_refused(wrong: dict) -> None:
    with pytest.raises(ValidationError):
        Settings(name="maze", **wrong)


def test_bounds() -> None:
    assert maze.bounds(BY_HOPS) == (1, 11)
    assert maze.bounds(BY_NODES) == (4, 62)
