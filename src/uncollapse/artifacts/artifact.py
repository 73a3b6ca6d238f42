"""Kinds of files: where each lies below the folder of results, by its names, and what it holds."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

import pyarrow as pa

from uncollapse.artifacts.model_names import DATASET, MODEL

NAME = r"[a-z][a-z0-9_]*"
NUMBER = r"\d+"
# names that are spelled alike wherever they occur; all others are a NAME
PATTERNS = {
    "split": "train|validation|test|synthesize",
    "model": MODEL,
    "dataset": DATASET,
    "shard": NUMBER,
    "shards": NUMBER,
    "seed": NUMBER,
    "generation": NUMBER,
}
_NAMES = re.compile(r"\{(\w+)\}")


@dataclass(frozen=True, kw_only=True)
class Artifact:
    """A kind of file: where it lies by its names, and what it holds.

    Parameters
    ----------
    path : below ``results/<experiment>/``, with names in braces: ``"scores/{model}.{verifier}.parquet"``.
    schema : of a Parquet file; None for weights, a tokenizer and the like.
    key : columns that tell the rows of one file apart.
    counts : what its stage does to rows, in words, for the report's account of where every row went; empty where no
        rows are counted.
    shared : whether it lies below ``results/`` itself, for all experiments.
    patterns : regular expressions of names that are spelled otherwise than in :data:`PATTERNS`.

    >>> scores = Artifact(path="scores/{model}.{verifier}.parquet")
    >>> scores(model="generator-seed0", verifier="oracle").below("results", "eigenvalues")
    'results/eigenvalues/scores/generator-seed0.oracle.parquet'
    >>> scores.names_in("eigenvalues/scores/generator-seed0.oracle.parquet")
    {'experiment': 'eigenvalues', 'model': 'generator-seed0', 'verifier': 'oracle'}
    """

    path: str
    schema: pa.Schema | None = None
    key: tuple[str, ...] = ()
    counts: str = ""
    shared: bool = False
    patterns: Mapping[str, str] = field(default_factory=dict)

    def __call__(self, **names: Any) -> "File":
        """One file of this kind, by its names."""
        return File(self, self.path.format(**names))

    @property
    def template(self) -> str:
        """The path below the folder of results, with the names in braces, as Snakemake writes it."""
        return self.path if self.shared else f"{{experiment}}/{self.path}"

    @property
    def folder(self) -> str:
        """The last folder of the path; empty for files in none."""
        return folder_of(self.path)

    @cached_property
    def names(self) -> dict[str, str]:
        """The regular expression of each name in the path, the experiment's first."""
        found = dict.fromkeys(_NAMES.findall(self.template))
        return {name: self.patterns.get(name) or PATTERNS.get(name, NAME) for name in found}

    def names_in(self, path: str) -> dict[str, Any] | None:
        """The names that a path below the folder of results is made of, numbers as integers; None for other paths."""
        match = self._pattern.fullmatch(path)
        return None if match is None else self.typed(match.groupdict())

    def typed(self, names: Mapping[str, str]) -> dict[str, Any]:
        """Names as a job takes them: those that are numbers as integers."""
        return {name: int(text) if self.names[name] == NUMBER else text for name, text in names.items()}

    @cached_property
    def _pattern(self) -> re.Pattern[str]:
        seen: set[str] = set()

        def group(name: str) -> str:
            if name in seen:
                return f"(?P={name})"
            seen.add(name)
            return f"(?P<{name}>{self.names[name]})"

        parts = _NAMES.split(self.template)
        return re.compile("".join(group(part) if number % 2 else re.escape(part) for number, part in enumerate(parts)))


def folder_of(path: str) -> str:
    """The last folder of a path, which says what kind of file lies there; empty where it has none.

    >>> folder_of("eigenvalues/scores/a.parquet")
    'scores'
    """
    return path.rpartition("/")[0].rpartition("/")[2]


@dataclass(frozen=True)
class File:
    """One file below the folder of results; ``experiment`` is set where it is another's than the job's."""

    artifact: Artifact
    path: str
    experiment: str | None = None

    def of(self, experiment: str) -> "File":
        """The same file, as jobs of other experiments name it."""
        return File(self.artifact, self.path, experiment)

    def below(self, root: str, experiment: str | None) -> str:
        """Path of the file, where the job is one of ``experiment``."""
        if self.artifact.shared:
            return f"{root}/{self.path}"
        return f"{root}/{self.experiment or experiment}/{self.path}"
