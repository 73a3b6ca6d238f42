"""Declaration of a kind of experiment: its stages, the files they make, and what decides each job's content.

Everything else follows from it: Snakemake's rules, the record of how a file was made, what is out of date, the frames
of tables and figures, the account of rows, and which stages a profile gives a GPU.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import KW_ONLY, dataclass, field, replace
from functools import cached_property
from typing import Any

from pydantic import BaseModel

from uncollapse.artifacts.artifact import Artifact, File
from uncollapse.experiments.frames import Frame, Value
from uncollapse.jobs.identity import stage_key

Read = File | str  # the path of a file that nobody makes: one of the checkout, or the user's
Reads = Mapping[str, Read | Sequence[Read]]


@dataclass(frozen=True, kw_only=True)
class Job:
    """All that decides one job's content; nothing else reaches the stage's body.

    Parameters
    ----------
    reads : input files by name; those without any are left out.
    config : part of the spec -> key of the experiment's block that it is read from, which :mod:`uncollapse.reruns.why`
        names. Dots in a part make it nested: ``{"validation.tolerance": "evaluation.validation_tolerance"}``.
    without : keys that are left out of a part of the spec.
    values : parts of the spec that names or several settings decide.
    plugins : modules found by name whose code counts: dotted names of ours, or paths of a user's files.
    """

    reads: Reads = field(default_factory=dict)
    config: Mapping[str, str] = field(default_factory=dict)
    without: Mapping[str, Sequence[str]] = field(default_factory=dict)
    values: Mapping[str, Any] = field(default_factory=dict)
    plugins: Sequence[str] = ()


def own_files(plugin: Any) -> list[str]:
    """Files of the user's that a plugin reads, by its settings: those that a property ``files`` of theirs lists."""
    return list(getattr(plugin, "files", None) or ())


@dataclass(frozen=True, kw_only=True)
class Stage:
    """One stage: a rule of the workflow, and the body that does its work.

    Parameters
    ----------
    name : the rule's; kinds may share it where they make the same files.
    makes : kinds of files by the names that the body gives them.
    job : the job that makes the files of some names, ``job(block, **names)``; KeyError where config has no such file.
    body : module with ``run(stage)``, imported only where the store has no answer.
    memory : MiB of a first attempt; each further one gets twice as much.
    minutes : time limit.
    priority : of the job, or a function of its names.
    gpu : whether it can use one; profiles list these.
    only : for the variant of a stage that asks for other resources: the jobs that are its own, as the values of one
        name, ``only(block)``; ``variant_of`` names the stage that makes all others.
    local : whether Snakemake runs it itself, also where a cluster runs the jobs.
    fixed : whether its spec says all about its files, whatever code makes them, as a checksum does.
    """

    name: str
    makes: Mapping[str, Artifact]
    job: Callable[..., Job]
    body: str
    memory: int = 4000
    minutes: int = 60
    priority: int | Callable[..., int] = 0
    gpu: bool = False
    only: tuple[str, Callable[[Any], Iterable[str]]] | None = None
    variant_of: str | None = None
    local: bool = False
    fixed: bool = False

    @cached_property
    def key(self) -> str:
        """The stage in records and messages: kind and body, such as ``sequence.train``.

        >>> Stage(name="train", makes={}, job=Job, body="uncollapse.experiments.sequence.stages.train").key
        'sequence.train'
        """
        return stage_key(self.body)

    @cached_property
    def names(self) -> dict[str, str]:
        """The regular expression of each name that its files have, the experiment's first."""
        found: dict[str, str] = {}
        for artifact in self.makes.values():
            found |= artifact.names
        return found


@dataclass(eq=False)
class Kind:
    """A kind of experiment: settings of its block of config, stages, frames and values.

    Parameters
    ----------
    name : the package's, and what ``kind`` in config says.
    settings : pydantic model of its block; None for a kind that is no experiment.
    frames : what products may ask for, by name: see :mod:`uncollapse.experiments.frames`.
    values : what products are told of config, by name.
    shows : frames that the report shows beside products, by the part of a section that they fill.
    block : where its settings stand, for a kind that is no experiment of config's ``experiments``: a function of the
        whole settings.
    """

    name: str
    settings: type[BaseModel] | None = None
    _: KW_ONLY
    frames: Mapping[str, Frame] = field(default_factory=dict)
    values: Mapping[str, Value] = field(default_factory=dict)
    shows: Mapping[str, str] = field(default_factory=dict)
    block: Callable[[Any], Any] | None = None
    stages: dict[str, Stage] = field(default_factory=dict, init=False)
    accounted: Callable[[Any], Iterable[File]] = field(default_factory=lambda: lambda block: (), init=False)
    worth: Callable[[Any], Iterable[File]] | None = field(default=None, init=False)

    @property
    def package(self) -> str:
        """Dotted name of the package that declares it."""
        return f"uncollapse.experiments.{self.name}"

    def stage(self, *, body: str | None = None, **given: Any) -> Callable[[Callable[..., Job]], Callable[..., Job]]:
        """Declare a stage by the function that says what its jobs are made from; its name is the function's.

        ``body`` is the module under ``stages/`` where that has another name. An :class:`Artifact` that is given is a
        file by the name that the body gives it. All else as for :class:`Stage`.
        """
        makes = {name: made for name, made in given.items() if isinstance(made, Artifact)}
        other = {name: value for name, value in given.items() if name not in makes}

        def declare(job: Callable[..., Job]) -> Callable[..., Job]:
            name, module = job.__name__, f"{self.package}.stages.{body or job.__name__}"
            self.stages[name] = Stage(name=name, makes=makes, job=job, body=module, **other)
            return job

        return declare

    def variant(self, name: str, of: str, *, only: tuple[str, Callable[[Any], Iterable[str]]], **other: Any) -> None:
        """Declare that some jobs of a stage are a rule of their own, which asks for other resources."""
        base = self.stages[of]
        self.stages = {name: replace(base, name=name, only=only, variant_of=of, **other), **self.stages}

    def accounts(self, files: Callable[[Any], Iterable[File]]) -> Callable[[Any], Iterable[File]]:
        """Declare which files the report's account of rows shows: ``files(block)``."""
        self.accounted = files
        return files

    def by_worth(self, files: Callable[[Any], Iterable[File]]) -> Callable[[Any], Iterable[File]]:
        """Declare in which order files are worth making where time is short; without it, as products name them."""
        self.worth = files
        return files
