"""Settings of how documents become prompts and are split, without heavy imports."""

from typing import Annotated, Literal

from pydantic import Field, model_validator

from uncollapse.settings.references import Refers
from uncollapse.settings.values import Strict

Part = Literal["title", "lead", "text"]


class TextDataSettings(Strict):
    """The way from a document to a prompt and its true answer."""

    corpus: Annotated[str, Refers("corpora")] = Field(min_length=1, description="one of corpora")
    prompt: Part = Field(default="text", description="the document's part that is read")
    answer: Part = Field(default="lead", description="the document's part that is to be written")
    prompt_words: int | None = Field(default=None, ge=1, description="read the first so many words; null reads all")
    answer_words: int | None = Field(
        default=None, ge=1, description="documents with a longer answer are dropped, none is cut; null keeps all"
    )
    template: str = Field(
        default="Article: {prompt} A summary of the article:",
        description="what the model reads; {prompt} stands for the document's part",
    )

    @model_validator(mode="after")
    def _makes_a_prompt(self) -> "TextDataSettings":
        if self.prompt == self.answer:
            raise ValueError(f"prompt and answer are both the document's {self.prompt}; change one")
        if self.template.count("{prompt}") != 1:
            raise ValueError("template needs {prompt}, once, where the document's part is to stand")
        return self


class TextSampleSettings(Strict):
    """Shares of documents among the splits, by a hash of what is read; equal prompts are never in two splits.

    The synthesize split is the whole pool, the generator's own ``train_share`` of it included, as in Feng et al. 2024,
    section 5.3: "this fine-tuned model serves as the generator for creating summaries across the entire training set".
    """

    seed: int = Field(default=0, ge=0, lt=2**63)
    test: int = Field(ge=2, description="prompts for evaluation alone")
    validation: int = Field(default=100, ge=1, description="prompts for learning curves")
    pool: int | None = Field(default=None, ge=1, description="prompts to synthesize answers for; null: all others")
    train_share: float = Field(
        default=0.125, gt=0, le=1, description="of the pool, with true answers, for generators; 12.5% in the paper"
    )
