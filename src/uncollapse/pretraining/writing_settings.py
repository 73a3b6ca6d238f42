"""Settings of texts that models write for the purpose, without heavy imports."""

from typing import Annotated, Literal

from pydantic import Field

from uncollapse.editing.settings import EditSettings
from uncollapse.language.settings import SamplingSettings
from uncollapse.settings.references import Refers
from uncollapse.settings.values import Name, Strict

Method = Literal["synthetic", "rephrased"]
SAMPLED = "sampled text"  # the corpus of what a model writes for the purpose; its space keeps it out of config


class TextSamplingSettings(Strict):
    """Settings of the texts that models of the experiment write, for data sets that name them as generator."""

    temperature: float = Field(default=1.0, gt=0)
    top_k: int | None = Field(default=None, ge=1, description="draw among the k most probable tokens")
    top_p: float | None = Field(
        default=None, gt=0, le=1, description="draw among the fewest tokens with this much probability"
    )
    seed: int = Field(default=0, ge=0, lt=2**63)

    def of_length(self, max_new_tokens: int) -> SamplingSettings:
        """Settings with which the engine draws a text of so many tokens at most."""
        return SamplingSettings(
            temperature=self.temperature, top_k=self.top_k, top_p=self.top_p, max_new_tokens=max_new_tokens
        )


class PromptSettings(Strict):
    """The text that a base model reads before it writes, and the length of what it writes."""

    prompt_words: int = Field(default=12, ge=1, description="of a passage, which the model goes on from")
    rephrase: str = Field(
        default="Here is a paragraph:\n{text}\nHere is a paraphrase of it in high quality English, as on Wikipedia:\n",
        pattern=r"\{text\}",
        description="instruction to rephrase, after Maini et al. 2024",
    )
    max_new_tokens: int = Field(default=128, ge=1, description="of each text, in the model's own tokens")


class WritingSettings(TextSamplingSettings, PromptSettings):
    """Settings of the texts that base models write, for data sets that name them as written_by."""

    side_by_side: int = Field(default=64, ge=1, description="texts written at a time, which a killed run may lose")


class SynthesisSettings(PromptSettings):
    """Ways of making text whose costs are compared, and what the texts are like (Zhu et al. 2024, Table 14)."""

    model: Annotated[Name, Refers("base_models")] = Field(
        description="one of base_models, which writes, rephrases and edits"
    )
    corpus: Annotated[Name, Refers("data.mixed")] = Field(description="of which training passages are taken")
    passages: int = Field(default=8, ge=2)
    editing: EditSettings = EditSettings()
