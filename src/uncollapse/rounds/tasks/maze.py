"""The way through a maze, a tree whose nodes have letters (Lee et al. 2025, section 7).

A sample of 5 nodes and 3 hops, from f to c: the edges are ``af``, ``bd``, ``ab``, ``bc``:

    f>c:afbdabbc=fabc

Both a tree and the pair of nodes are uniform among all trees and pairs so many hops apart: a path is drawn first, and
the other nodes join it by loop-erased random walks (Wilson 1996). Since each tree with a pair is one path with a tree
around it, and there are equally many trees around every path, no maze is drawn in vain, however long its way is.
"""

import itertools
import random
import string
from collections.abc import Callable, Mapping
from typing import Literal, NamedTuple

from pydantic import Field, model_validator

from uncollapse.rounds.question import Question
from uncollapse.settings.values import Strict

# letters, then further ones of Unicode: one character, and so one token, for each node
NODES = string.ascii_letters + string.digits + "".join(map(chr, range(0x0391, 0x0391 + 17))) + "".join(
    map(chr, range(0x0410, 0x0410 + 64))
)  # fmt: skip


class Settings(Strict):
    """Mazes; their difficulty is the number of hops, or of nodes, and the other one is fixed."""

    name: Literal["maze"]
    by: Literal["hops", "nodes"] = Field(default="hops", description="what the difficulty counts")
    hops: int | None = Field(default=None, ge=1, description="of every way, where the difficulty counts nodes")
    nodes: int | None = Field(
        default=None, ge=2, le=len(NODES), description="of every maze, where the difficulty counts hops"
    )
    most_nodes: int = Field(default=62, ge=2, le=len(NODES), description="that models know letters for")

    @model_validator(mode="after")
    def _one_is_fixed(self) -> "Settings":
        fixed, grows = ("nodes", "hops") if self.by == "hops" else ("hops", "nodes")
        if getattr(self, fixed) is None or getattr(self, grows) is not None:
            raise ValueError(f"the difficulty counts {grows}: give {fixed}, and no {grows}")
        if max(self.nodes or 2, (self.hops or 1) + 1) > self.most_nodes:
            raise ValueError(f"most_nodes: {self.most_nodes} letters are too few for such mazes; raise it")
        return self

    def sizes(self, difficulty: int) -> tuple[int, int]:
        """Hops and nodes of a maze."""
        return (difficulty, self.nodes or 0) if self.by == "hops" else (self.hops or 0, difficulty)


class Maze(NamedTuple):
    """A maze as its question says it: start, goal and edges."""

    start: str
    goal: str
    edges: frozenset[str]


def symbols(settings: Settings) -> str:
    """The letters of nodes and three signs."""
    return NODES[: settings.most_nodes] + ">:="


def ask(difficulty: int, settings: Settings, rng: random.Random) -> Question:
    """A maze and its way; KeyError where there are too few nodes for one.

    >>> ask(3, Settings(name="maze", nodes=5, most_nodes=5), random.Random(0))[:2]
    ('d>b:edbcaeab=', 'deab')
    """
    hops, nodes = settings.sizes(difficulty)
    if not hops < nodes <= settings.most_nodes:
        raise KeyError(difficulty)
    names = rng.sample(NODES[: settings.most_nodes], nodes)
    path, others = names[: hops + 1], names[hops + 1 :]
    edges = list(itertools.pairwise(path))
    reached = set(path)
    for node in others:
        follows, here = {}, node
        while here not in reached:  # a loop is erased when its first node gets another follower
            follows[here] = rng.choice(names)
            here = follows[here]
        here = node
        while here not in reached:
            reached.add(here)
            edges.append((here, follows[here]))
            here = follows[here]
    rng.shuffle(edges)
    written = "".join(a + b if rng.random() < 0.5 else b + a for a, b in edges)
    return Question(f"{path[0]}>{path[-1]}:{written}=", "".join(path))


def read(text: str) -> Maze:
    """The maze of a question's text."""
    ends, _, rest = text.partition(":")
    pairs = rest.removesuffix("=")
    edges = frozenset("".join(sorted(pairs[place : place + 2])) for place in range(0, len(pairs), 2))
    return Maze(ends[0], ends[-1], edges)


def is_right(answer: str, question: Question, settings: Settings) -> bool:
    """Whether it is the way, of which a tree has one."""
    return answer == question.answer


def _moves(answer: str, question: Question, settings: Settings) -> bool:
    """Whether every move follows an edge."""
    edges = read(question.text).edges
    return all("".join(sorted(answer[place : place + 2])) in edges for place in range(len(answer) - 1))


def _ends(answer: str, question: Question, settings: Settings) -> bool:
    """Whether it leads from the start to the goal."""
    maze = read(question.text)
    return answer[:1] == maze.start and answer[-1:] == maze.goal


CHECKS: Mapping[str, Callable[[str, Question, Settings], bool]] = {"moves": _moves, "ends": _ends}


def longest(difficulty: int, settings: Settings) -> int:
    """A node more than hops."""
    return settings.sizes(difficulty)[0] + 1


def spoken(difficulty: int, settings: Settings) -> str:
    """The number of hops or nodes."""
    return str(difficulty)


def bounds(settings: Settings) -> tuple[int, int]:
    """Hops: 1 to one less than nodes. Nodes: one more than hops, to as many as there are letters."""
    if settings.by == "hops":
        return 1, (settings.nodes or 0) - 1
    return (settings.hops or 0) + 1, settings.most_nodes
