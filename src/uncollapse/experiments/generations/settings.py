"""The block of config of an experiment over generations: learners, verifiers, and runs of them."""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from typing import Annotated, Any, Literal

from pydantic import Field, model_validator

from uncollapse.compute.settings import ComputeSettings
from uncollapse.errors import ConfigError
from uncollapse.experiments.generations.fitting import check_learner, check_verifier
from uncollapse.generations.editing_settings import GenerationEditSettings
from uncollapse.generations.panel import NEIGHBOURS
from uncollapse.generations.plugins import DATA, MODELS, VERIFIERS, DataSettings, ModelSettings, VerifierSettings
from uncollapse.generations.regimes import Mixed, Regime, real_rows, synthetic_rows
from uncollapse.generations.rows import TEXTS
from uncollapse.settings.finding import load_plugin
from uncollapse.settings.misfit import Misfit
from uncollapse.settings.references import Refers, check_references
from uncollapse.settings.values import Name, Seeds, Strict, Unique

MOST = 999  # generations after generation 0: seeds of their draws are a thousand apart
Amounts = Annotated[list[Annotated[int, Field(ge=0)]], Unique, Field(min_length=1)]


class LearnerSettings(Strict):
    """Real rows and a model that learns from them: all runs of a learner have the same generation 0."""

    title: str = Field(default="", description="the learner as figures call it; empty for its name")
    data: DataSettings
    model: ModelSettings
    rows: int = Field(ge=1, description="real rows that generation 0 learns from")
    real: int | None = Field(
        default=None, ge=1, description="real rows set aside for training, where a run takes more; null for rows"
    )
    held_out: int = Field(ge=1, description="real rows that no model learns from, by which all are measured")
    shown: int = Field(default=10, ge=0, description="rows of each generation that figures may show")

    @property
    def training_rows(self) -> int:
        """Real rows for training."""
        return self.rows if self.real is None else self.real


class VerificationSettings(Strict):
    """Verification of a generation's rows before the next generation learns from them."""

    verifier: Annotated[Name, Refers("verifiers")] = Field(description="of verifiers, which accepts rows")
    truth: Annotated[Name, Refers("verifiers")] = Field(description="of verifiers, which says what is right, for p*")
    candidates: float = Field(
        default=1.0, ge=1, le=10_000, description="rows that are written, in multiples of those that the regime needs"
    )
    at_random: bool = Field(default=False, description="a control: as many rows as it accepts, drawn at random")


class RunSettings(Strict):
    """Generations of a learner under a regime."""

    learner: Annotated[Name, Refers("learners")] = Field(description="of learners")
    regime: Regime
    generations: int = Field(ge=1, le=MOST, description="after generation 0; more of them extend the run")
    verification: VerificationSettings | None = None
    editing: GenerationEditSettings | None = Field(
        default=None, description="the next generation learns from these texts edited, not from what the model writes"
    )


class GridSettings(Strict):
    """Real times synthetic rows: a run of one generation for every pair, to see what a synthetic row is worth."""

    learner: Annotated[Name, Refers("learners")] = Field(description="of learners, whose generation 0 writes")
    real: Amounts = Field(description="real rows, of the learner's")
    synthetic: Amounts = Field(description="rows of generation 0")


@dataclass(frozen=True)
class Run:
    """One run, by the name that its files have."""

    name: str
    learner: str
    regime: Any
    generations: int
    rows: int
    verification: VerificationSettings | None = None
    grid: str = ""
    editing: GenerationEditSettings | None = None

    def made_by(self, generation: int) -> str:
        """Name in files of a generation's model: generation 0 is the learner's."""
        return self.name if generation else self.learner

    def needed(self, generation: int) -> int:
        """How many rows the generation's model writes."""
        needed = synthetic_rows(self.regime, generation, rows=self.rows)
        more = 1.0 if self.verification is None else self.verification.candidates
        return max(self.rows, round(more * needed))

    def needed_after_verification(self, generation: int) -> int:
        """How many rows of those the next generations learn from at most."""
        return synthetic_rows(self.regime, generation, rows=self.rows)

    def writer(self, generation: int) -> str:
        """Name in files of the rows that a generation's model writes; runs that ask generation 0 for as many share."""
        return self.name if generation else first_writer(self.learner, self.needed(0))


def first_writer(learner: str, rows: int) -> str:
    """Name in files of so many rows of a learner's generation 0."""
    return f"{learner}-{rows}rows"


class GenerationsSettings(Strict):
    """Generative models that learn from what their forerunners wrote."""

    kind: Literal["generations"] = Field(description="models trained on their own samples, generation after generation")
    title: str = Field(default="", description="heading in the report")
    about: str = Field(default="", description="a paragraph on the experiment, shown in the report")
    seeds: Seeds = Field(description="of models; each has generations of its own")
    sample_seed: int = Field(default=0, ge=0, description="of which real rows are set aside")
    shards: int = Field(default=1, ge=1, le=10_000, description="jobs that share the seeds of a generation")
    compute: ComputeSettings = ComputeSettings()
    learners: dict[Name, LearnerSettings] = Field(min_length=1)
    verifiers: dict[Name, VerifierSettings] = Field(default={}, description="that runs may name")
    runs: dict[Name, RunSettings] = Field(min_length=1)
    grids: dict[Name, GridSettings] = Field(default={}, description="runs of one generation")

    @model_validator(mode="after")
    def _parts_fit_together(self) -> "GenerationsSettings":
        check_references(self)
        if self.shards > len(self.seeds):
            raise Misfit("shards", f"{self.shards} jobs for {len(self.seeds)} seeds; lower it")
        for name, learner in self.learners.items():
            columns, known = self.rows_of(name), load_plugin(learner.data.name, package=DATA).ROWS  # type: ignore[attr-defined]
            if not columns.equals(known):
                text = f"learns from {', '.join(columns.names)}, but the data have {', '.join(known.names)}"
                raise Misfit(f"learners.{name}.model.name", f"{text}; choose a model and data that fit")
            check_learner(name, learner.data, learner.model)
            self._check_ready(name)
            for key in ("rows", "held_out"):
                if (number := getattr(learner, key)) <= NEIGHBOURS:
                    text = f"{number}, but what tells collapse takes more than {NEIGHBOURS} rows; raise it"
                    raise Misfit(f"learners.{name}.{key}", text)
            if learner.training_rows < learner.rows:
                raise Misfit(f"learners.{name}.real", f"{learner.real}, fewer than rows, {learner.rows}; raise it")
        for name, grid in self.grids.items():
            if not any(grid.real) and not any(grid.synthetic):
                raise Misfit(f"grids.{name}", "0 real and 0 synthetic rows are all that it has; add others")
        for run in self.every_run():
            key = f"grids.{run.grid}" if run.grid else f"runs.{run.name}.regime"
            self._check_rows(run, key)
            if run.name in self.learners:
                raise Misfit(f"runs.{run.name}", "a learner has this name; choose another")
            if run.verification is not None:
                self._check_verifiers(run)
            if run.editing is not None:
                self._check_editing(run, run.editing)
        return self

    def _check_ready(self, name: str) -> None:
        """End where a model needs what is not installed, and some run has it."""
        model = self.learners[name].model
        ready = getattr(load_plugin(model.name, package=MODELS), "ready", None)  # type: ignore[attr-defined]
        if ready is not None and name in self.used_learners():
            try:
                ready(model)
            except ConfigError as error:
                raise Misfit(f"learners.{name}.model.name", f"{error}, or set the runs of {name!r} to null") from error

    def _check_rows(self, run: Run, key: str) -> None:
        regime = run.regime
        if regime.kind == "mixed" and not regime.real + regime.synthetic:
            raise Misfit(key, "0 real and 0 synthetic rows: nothing to learn from; raise one of them")
        if regime.kind == "mixed" and regime.weight is not None and not (regime.real and regime.synthetic):
            raise Misfit(f"{key}.weight", "is shared by real and synthetic rows, of which one are 0; remove it")
        available = self.learners[run.learner].training_rows
        last = run.generations
        if (wanted := real_rows(regime, last, rows=run.rows)) > available:
            text = f"generation {last} of {run.name!r} takes {wanted:,} real rows of {available:,}"
            raise Misfit(key, f"{text}; lower what it takes, or raise learners.{run.learner}.real")

    def _check_verifiers(self, run: Run) -> None:
        assert run.verification is not None
        learner = self.learners[run.learner]
        for key in ("verifier", "truth"):
            name = getattr(run.verification, key)
            judged = load_plugin(self.verifiers[name].kind, package=VERIFIERS).ROWS  # type: ignore[attr-defined]
            if not judged.equals(self.rows_of(run.learner)):
                text = f"{name!r} judges {', '.join(judged.names)}, not {', '.join(self.rows_of(run.learner).names)}"
                raise Misfit(f"runs.{run.name}.verification.{key}", f"{text}; choose a verifier of such rows")
            check_verifier(name, self.verifiers[name], learner.data, learner.model)
            skipped, there = getattr(self.verifiers[name], "skip", 0), learner.training_rows
            if skipped >= there:
                text = f"{skipped:,} real rows are skipped, and {run.learner} has {there:,}"
                raise Misfit(f"verifiers.{name}.skip", f"{text}; raise learners.{run.learner}.real")

    def _check_editing(self, run: Run, editing: GenerationEditSettings) -> None:
        key = f"runs.{run.name}.editing"
        if not self.rows_of(run.learner).equals(TEXTS):
            raise Misfit(key, f"{run.learner} learns from no texts, and texts alone are edited; remove it")
        if run.regime.kind != "replace" or run.verification is not None:
            raise Misfit(key, "edited texts replace those before, unverified: set regime replace, remove verification")
        if editing.written > run.rows:
            raise Misfit(f"{key}.written", f"{editing.written:,} of {run.rows:,} rows; lower it")
        if editing.verifier is not None and not hasattr(self.verifiers[editing.verifier], "model"):
            raise Misfit(f"{key}.verifier", f"{editing.verifier!r} is no language model; name one of kind perplexity")

    # what follows from names

    def rows_of(self, learner: str) -> Any:
        """Columns of a learner's rows."""
        return load_plugin(self.learners[learner].model.name, package=MODELS).ROWS  # type: ignore[attr-defined]

    def every_run(self) -> Iterator[Run]:
        """All runs, those of grids after those that config names."""
        for name, run in self.runs.items():
            rows = self.learners[run.learner].rows
            yield Run(name, run.learner, run.regime, run.generations, rows, run.verification, editing=run.editing)
        for name, grid in self.grids.items():
            for real in grid.real:
                for synthetic in grid.synthetic:
                    if real + synthetic:
                        mixed = Mixed(kind="mixed", real=real, synthetic=synthetic)
                        rows = self.learners[grid.learner].rows
                        yield Run(f"{name}-{real}x{synthetic}", grid.learner, mixed, 1, rows, grid=name)

    @cached_property
    def _by_name(self) -> dict[str, Run]:
        return {run.name: run for run in self.every_run()}

    def run(self, name: str, generation: int) -> Run:
        """A run that has a generation of its own, by its name in files; KeyError where config has none."""
        if not 1 <= generation <= self._by_name[name].generations:
            raise KeyError(name, generation)
        return self._by_name[name]

    def shard_seeds(self, shard: int, shards: int) -> list[int]:
        """Seeds of a shard; KeyError where config has no such shard."""
        if shards != self.shards or not 1 <= shard <= shards:
            raise KeyError(shard, shards)
        return self.seeds[shard - 1 :: shards]

    def used_learners(self) -> list[str]:
        """Learners that some run has, in the order of config."""
        used = {run.learner for run in self.every_run()}
        return [name for name in self.learners if name in used]

    def first_writers(self) -> dict[str, tuple[str, int]]:
        """Learner and number of all rows that models of generation 0 write, by their name in files."""
        wanted = [(learner, self.learners[learner].rows) for learner in self.used_learners()]
        wanted += [(run.learner, run.needed(0)) for run in self.every_run()]
        return {first_writer(*one): one for one in wanted}

    def learned(self) -> Iterator[tuple[str, int]]:
        """Name in files and generation of every model."""
        yield from ((learner, 0) for learner in self.used_learners())
        yield from ((run.name, g) for run in self.every_run() for g in range(1, run.generations + 1))
