"""The recipe of one job: body, code, spec and inputs, from what its stage declares."""

import json
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from pydantic import BaseModel

from uncollapse.artifacts.artifact import File
from uncollapse.experiments.kind import Job, Stage


@dataclass(frozen=True, kw_only=True)
class Recipe:
    """One job.

    Parameters
    ----------
    stage : kind and body, as in records: ``sequence.train``.
    body : the module that does the work.
    code : strings ``module@hash`` and ``library==version``; of the body and of ``plugins``, modules found by name.
    spec : the slice of config it depends on, as one sorted JSON text.
    inputs, outputs : paths by name.
    outside : those inputs that nobody makes.
    keys : the key of config that each part of the spec is taken from, below ``prefix``.
    """

    stage: str
    body: str
    code: list[str]
    text: str
    inputs: dict[str, list[str]]
    outputs: dict[str, str]
    outside: frozenset[str] = frozenset()
    keys: Mapping[str, str] = field(default_factory=dict)
    prefix: str = ""
    plugins: tuple[str, ...] = ()

    @cached_property
    def spec(self) -> dict[str, Any]:
        """The spec as the body is given it."""
        return json.loads(self.text)

    def key_of(self, part: str) -> str:
        """The key of config that a dotted part of the spec is taken from; the part itself where it is of none.

        >>> keys = {"model": "generator.model", "validation.tolerance": "evaluation.tolerance"}
        >>> made = Recipe(stage="", body="", code=[], text="{}", inputs={}, outputs={}, keys=keys)
        >>> made.key_of("model.heads"), made.key_of("validation"), made.key_of("seed")
        ('generator.model.heads', 'evaluation.tolerance', 'seed')
        """
        pieces = part.split(".")
        for length in range(len(pieces), 0, -1):
            if (key := self.keys.get(".".join(pieces[:length]))) is not None:
                return ".".join([f"{self.prefix}{key}", *pieces[length:]])
        within = [f"{self.prefix}{key}" for name, key in self.keys.items() if name.startswith(f"{part}.")]
        return ", ".join(within) or part


_NOTHING: frozenset[str] = frozenset()
Dumped = dict[int, tuple[BaseModel, Any]]  # settings by their identity, and their JSON values


def spec_text(job: Job, block: Any, dumped: Dumped | None = None) -> str:
    """The spec of a job as Snakemake compares it: JSON values and settings by part, with sorted keys.

    Settings that many jobs have become JSON values once for all calls with the same ``dumped``. Equal texts are one
    string in memory.

    >>> spec_text(Job(config={"beams": "decoding.beams"}, values={"seed": 1}), {"decoding": {"beams": 5}})
    '{"beams": 5, "seed": 1}'
    """
    parts: dict[str, Any] = {}
    for part, key in job.config.items():
        *outer, last = part.split(".")
        inner = parts
        for name in outer:
            inner = inner.setdefault(name, {})
        found = at(block, key)
        if part in job.without:
            inner[last] = found.model_dump(mode="json", exclude=set(job.without[part]))
        elif dumped is not None and isinstance(found, BaseModel):
            if id(found) not in dumped:
                dumped[id(found)] = (found, found.model_dump(mode="json"))
            inner[last] = dumped[id(found)][1]
        else:
            inner[last] = found
    return sys.intern(json.dumps({**parts, **job.values}, sort_keys=True, default=_as_json))


def _as_json(part: Any) -> Any:
    assert isinstance(part, BaseModel), f"{type(part)} in a spec"
    return part.model_dump(mode="json")


def at(block: Any, key: str) -> Any:
    """The value of a dotted key in nested settings, mappings and lists; KeyError where there is none."""
    for name in key.split("."):
        if isinstance(block, Mapping):
            block = block[name]
        elif isinstance(block, Sequence):
            block = block[int(name)]
        else:
            block = getattr(block, name)
    return block


def inputs_of(job: Job, root: str, experiment: str | None) -> tuple[dict[str, list[str]], frozenset[str]]:
    """Paths of a job's inputs by name, and those of them that nobody makes; names without any are left out.

    Equal paths of all jobs are one string in memory.
    """
    found: dict[str, list[str]] = {}
    outside: set[str] = set()
    for name, reads in job.reads.items():
        paths = []
        for read in [reads] if isinstance(reads, File | str) else reads:
            paths.append(sys.intern(read.below(root, experiment) if isinstance(read, File) else read))
            if not isinstance(read, File):
                outside.add(read)
        if paths:
            found[name] = paths
    return found, frozenset(outside) if outside else _NOTHING


def outputs_of(stage: Stage, root: str, experiment: str | None, names: Mapping[str, Any]) -> dict[str, str]:
    """Paths of a job's outputs by name."""
    return {name: sys.intern(artifact(**names).below(root, experiment)) for name, artifact in stage.makes.items()}
