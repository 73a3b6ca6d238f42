"""Settings of a course whose models are pretrained."""

from typing import Annotated, Literal

from pydantic import Field

from uncollapse.language.settings import EngineSettings, FineTuningSettings, LoraSettings
from uncollapse.settings.references import Refers
from uncollapse.settings.values import Name, Strict


class PretrainedTrainingSettings(FineTuningSettings):
    """Training of a pretrained model, by default of low-rank adapters, which join its weights at the end."""

    loss: Literal["answer"] = Field(default="answer", description="the answer's tokens alone are learned")
    lora: LoraSettings | None = Field(default=LoraSettings(), description="null trains the weights themselves")


class PretrainedSettings(Strict):
    """A pretrained causal language model in place of one from scratch, of which each seed trains its own."""

    base: Annotated[Name, Refers("base_models")] = Field(description="one of base_models")
    start: PretrainedTrainingSettings = Field(description="the initial training")
    round: PretrainedTrainingSettings = Field(description="a round's training, with an optimizer that begins anew")
    engine: EngineSettings = Field(default=EngineSettings(), description="of answers")
    apart: bool = Field(
        default=False, description="spaces between all characters, so that a tokenizer has one token for each"
    )
