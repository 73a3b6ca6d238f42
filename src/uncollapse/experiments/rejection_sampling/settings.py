"""The block of config of an experiment in rejection sampling."""

from collections.abc import Iterator
from typing import Annotated, Any, Literal

from pydantic import BaseModel, Field, SerializeAsAny, WithJsonSchema, model_validator

from uncollapse.compute.settings import ComputeSettings
from uncollapse.errors import DataError
from uncollapse.experiments.rejection_sampling.source_settings import (
    MOST_ROUNDS,
    Asked,
    CandidateFileSettings,
    EndpointSettings,
    PromptFileSettings,
    SelectionSettings,
)
from uncollapse.language.settings import EngineSettings, FineTuningSettings, SamplingSettings
from uncollapse.prompts.reasoning_gym import QuestionSettings
from uncollapse.row_selection.selection_block import selecting
from uncollapse.row_selection.settings import NEEDS_NO_VERDICT, Selecting
from uncollapse.settings.finding import load_plugin
from uncollapse.settings.misfit import Misfit, not_defined
from uncollapse.settings.plugins import settings_of
from uncollapse.settings.references import Refers, check_references
from uncollapse.settings.values import Name, Rate, Seeds, Strict

VERIFIERS = "verifiers.answers"
VERDICT = ".accepted"  # behind a verifier's name: the column in which others find its word
KEPT, RANDOM, BASE = "kept", "random", "base"
ITSELF = "base"  # the base model's name among selections

AnswerVerifier = Annotated[
    SerializeAsAny[BaseModel],
    settings_of(VERIFIERS, "kind", (), described="verifiers/answers"),
    WithJsonSchema({"x-plugins": [VERIFIERS, "kind"]}),
]


class StudentTrainingSettings(FineTuningSettings):
    """Training of a student, on the answers' tokens."""

    loss: Literal["answer"] = Field(default="answer", description="the answer's tokens alone are learned")


class RejectionSamplingSettings(Strict):
    """Candidates of a model, verifiers that accept or reject them, and students of what each keeps."""

    kind: Literal["rejection_sampling"] = Field(description="candidates, verifiers, and students of what each keeps")
    title: str = Field(default="", description="heading in the report")
    about: str = Field(default="", description="a paragraph on the experiment, shown in the report")
    seeds: Seeds = Field(description="of students; each has an even share of the train prompts of its own")
    compute: ComputeSettings = ComputeSettings()
    questions: QuestionSettings | None = Field(default=None, description="prompts from reasoning-gym")
    files: PromptFileSettings | None = Field(default=None, description="prompts from files, in place of questions")
    base: Annotated[Name, Refers("base_models")] = Field(
        description="one of base_models, from which students start, and which writes the candidates unless others do"
    )
    asked: Asked = Field(default="chat", description="chat messages, or a text to go on with")
    engine: EngineSettings = EngineSettings()
    endpoint: EndpointSettings | None = Field(default=None, description="a server that writes the candidates")
    candidates: CandidateFileSettings | None = Field(default=None, description="candidates that exist already")
    sampling: SamplingSettings = Field(description="of candidates, so many of each prompt in every round")
    cut_off: Literal["drop", "keep"] = Field(
        default="drop",
        description="candidates that reached the largest number of tokens: left out, or taken as they are",
    )
    sample_seed: int = Field(default=0, ge=0, lt=2**31, description="of candidates and of random twins")
    rounds: int = Field(
        default=1,
        ge=1,
        le=MOST_ROUNDS,
        description="rounds of sampling at most: later ones ask while a selection by budget lacks accepted rows",
    )
    shards: int = Field(default=1, ge=1, le=1000, description="jobs that share a round")
    verifiers: dict[Name, AnswerVerifier] = Field(
        min_length=1, description="of uncollapse.verifiers.answers, or .py files of yours"
    )
    reference: Annotated[Name, Refers("verifiers")] = Field(
        description="the best verifier there is, which says what is right: for p* and for pass rates"
    )
    most_failed: Rate = Field(default=0.05, description="share of candidates on which a verifier may fail")
    selections: dict[Name, SelectionSettings] = Field(
        min_length=1, description="each with a random twin of as many candidates of the same prompts"
    )
    resamples: int = Field(default=1000, ge=100, description="of the audit's bootstrap")
    training: StudentTrainingSettings
    evaluation: SamplingSettings = Field(description="answers to the test prompts, of the base model and all students")

    @model_validator(mode="after")
    def _parts_fit_together(self) -> "RejectionSamplingSettings":
        check_references(self)
        if (self.questions is None) == (self.files is None):
            raise Misfit("questions", "give exactly one of questions and files, and set the other to null")
        if self.endpoint is not None and self.candidates is not None:
            raise Misfit("candidates", "give one of endpoint and candidates")
        if self.candidates is not None and self.rounds > 1:
            raise Misfit("rounds", "candidates that exist already come in one round; set it to 1")
        system = self.questions.system if self.questions else self.files and self.files.system
        if system and self.asked == "completions":
            raise Misfit("asked", "completions have no place for system; set it to chat, or write it into the template")
        if self.questions is not None and self.questions.train < len(self.seeds):
            raise Misfit(
                "questions.train", f"fewer than the {len(self.seeds)} seeds, each of which has its own; raise it"
            )
        self._check_verifiers()
        for name, selection in self.selections.items():
            self._check_selection(name, selection)
        return self

    def _check_verifiers(self) -> None:
        if told := self.told_by(self.reference):
            raise Misfit("reference", f"{self.reference!r} goes by what {told[0]!r} says; name {told[0]!r}")
        if not gives_verdict(self.verifiers[self.reference]):
            raise Misfit("reference", f"{self.reference!r} only ranks; give it the bound from which it accepts")
        for name, verifier in self.verifiers.items():
            module = load_plugin(verifier.kind, package=VERIFIERS)  # type: ignore[attr-defined]
            if not any(callable(getattr(module, offered, None)) for offered in ("check", "open_verifier")):
                raise Misfit(f"verifiers.{name}.kind", "has neither check nor open_verifier; see verifiers/answers")
            for column in (one for one in getattr(verifier, "reads", []) if one.endswith(VERDICT)):
                other = column.removesuffix(VERDICT)
                if other not in self.verifiers:
                    raise not_defined(f"verifiers.{name}", other, self.verifiers)
                if self.told_by(other):
                    raise Misfit(f"verifiers.{name}", f"{other!r} goes by what another says itself; name that one")

    def _check_selection(self, name: str, selection: SelectionSettings) -> None:
        if name == ITSELF:
            raise Misfit(f"selections.{name}", "is the name of the base model itself; choose another")
        if selection.verifier is None:
            if selection.rule not in ("accepted", "budget", "first"):
                raise Misfit(f"selections.{name}.rule", f"{selection.rule} goes by a verifier; name one")
        elif selection.verifier not in self.verifiers:
            raise not_defined(f"selections.{name}.verifier", selection.verifier, self.verifiers)
        elif selection.rule not in NEEDS_NO_VERDICT and not gives_verdict(self.verifiers[selection.verifier]):
            text = f"{selection.verifier!r} only ranks; take top or best, or give it the bound from which it accepts"
            raise Misfit(f"selections.{name}.rule", text)
        try:
            self.selecting(name)
        except DataError as error:
            raise Misfit(f"selections.{name}", str(error).replace("--rule", "rule").replace("--n", "n")) from error

    # what follows from names

    def told_by(self, verifier: str) -> list[str]:
        """Verifiers whose word another one goes by."""
        read = getattr(self.verifiers[verifier], "reads", [])
        return [name.removesuffix(VERDICT) for name in read if name.endswith(VERDICT)]

    def selecting(self, selection: str) -> Selecting:
        """Rule of a selection with its numbers."""
        return selecting(self.selections[selection].model_dump(), seed=self.sample_seed)

    def students(self) -> Iterator[tuple[str, str, int]]:
        """Selection, arm and seed of every student; a selection without a verifier is its own random twin."""
        for name, selection in self.selections.items():
            for arm in (KEPT, RANDOM) if selection.verifier is not None else (KEPT,):
                yield from ((name, arm, seed) for seed in self.seeds)

    def tested(self) -> Iterator[tuple[str, str, int]]:
        """The base model, and every student."""
        yield ITSELF, BASE, 0
        yield from self.students()

    def budgets(self) -> dict[str, tuple[str | None, int, int | None]]:
        """Verifier, rows of each seed and most of a prompt of the selections that ask for more rounds."""
        return {
            name: (one.verifier, one.n or 0, one.at_most)
            for name, one in self.selections.items()
            if one.rule == "budget"
        }

    def part_of(self, round: int, shard: int, shards: int) -> None:
        """Check that there is such a shard; KeyError where config has none."""
        if shards != self.shards or not 1 <= shard <= shards or not 1 <= round <= self.rounds:
            raise KeyError(round, shard)


def gives_verdict(verifier: Any) -> bool:
    """Whether a verifier accepts or rejects, not only ranks."""
    return bool(getattr(verifier, "gives_verdict", True))
