"""Settings of a course: a task with a model, and how both are used."""

from pydantic import Field, model_validator

from uncollapse.experiments.rounds.pretrained_settings import PretrainedSettings
from uncollapse.models.decoder_settings import DecoderSettings
from uncollapse.rounds.plugins import TASKS, DifficultTask
from uncollapse.settings.finding import load_plugin
from uncollapse.settings.misfit import Misfit
from uncollapse.settings.values import Strict
from uncollapse.training.member_settings import MemberTrainingSettings

MOST = 10_000  # rounds, and difficulties
_TRAINING = "of models from scratch; null where they are pretrained, whose training stands under pretrained"


class StartSettings(Strict):
    """Initial training, on true answers."""

    up_to: int = Field(ge=1, le=MOST, description="largest difficulty of the initial data, which have all smaller ones")
    examples: int = Field(ge=1, description="for each seed's model, shared evenly by the difficulties")
    training: MemberTrainingSettings | None = Field(default=None, description=_TRAINING)


class RoundSettings(Strict):
    """One round after the initial training."""

    questions: int = Field(ge=1, description="new ones that the models label, shared evenly by the new difficulties")
    training: MemberTrainingSettings | None = Field(default=None, description=_TRAINING)


class TestSettings(Strict):
    """Measurements after every round."""

    questions: int = Field(ge=1, description="of each difficulty")
    up_to: int = Field(ge=1, le=MOST, description="largest difficulty, which no run of the course may pass")


class CourseSettings(Strict):
    """A task with a model: all runs of a course begin with the same initial training."""

    title: str = Field(default="", description="the course as figures call it; empty for its name")
    task: DifficultTask
    model: DecoderSettings = Field(default=DecoderSettings(), description="sizes of models from scratch")
    pretrained: PretrainedSettings | None = Field(
        default=None, description="in place of models from scratch: a pretrained language model, trained on"
    )
    start: StartSettings
    round: RoundSettings
    test: TestSettings

    @model_validator(mode="after")
    def _has_one_kind_of_models(self) -> "CourseSettings":
        for part in ("start", "round"):
            given = getattr(self, part).training is not None
            if given and self.pretrained is not None:
                text = f"is of models from scratch; set it to null, and give pretrained.{part}"
                raise Misfit(f"{part}.training", text)
            if not given and self.pretrained is None:
                raise Misfit(f"{part}.training", "is missing; give steps, or the block pretrained instead")
        task = load_plugin(self.task.name, package=TASKS)  # type: ignore[attr-defined]
        if self.pretrained is not None and self.pretrained.apart and " " in task.symbols(self.task):
            raise Misfit("pretrained.apart", "the task's texts have spaces of their own; set it to false")
        return self
