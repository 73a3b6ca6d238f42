"""A data set of texts in config: a decoding, a verifier and a selector, or true answers."""

from typing import Literal

from pydantic import Field, model_validator

from uncollapse.settings.values import Strict


class TextDatasetSettings(Strict):
    """How one training set of prompts and answers is made.

    - ``all``: the first candidate of every prompt, unselected;
    - ``top``: the first candidate of the ``share`` of prompts whose candidate the verifier scores highest
      (Feng et al. 2024, section 5.3);
    - ``random``: the first candidate of a ``share`` of prompts drawn at random, the control of selection;
    - ``labels``: the true answers, of a ``share`` of prompts drawn at random where it is below 1.
    """

    select: Literal["all", "top", "random", "labels"]
    decoding: str | None = Field(default=None, description="name of the decoding whose candidates are selected from")
    verifier: str | None = Field(default=None, description="name of the verifier; for top")
    split: Literal["train", "synthesize"] = Field(default="synthesize", description="prompts; train is for generators")
    share: float = Field(default=1.0, gt=0, le=1, description="of the prompts that are kept, rounded to whole prompts")
    seed: int = Field(default=0, ge=0, description="of the draws of random and labels")

    @model_validator(mode="after")
    def _has_what_it_needs(self) -> "TextDatasetSettings":
        needs_verifier = self.select == "top"
        if needs_verifier != (self.verifier is not None):
            raise ValueError(f"select: {self.select} {'needs a' if needs_verifier else 'takes no'} verifier")
        if (self.select == "labels") != (self.decoding is None):
            raise ValueError(f"select: {self.select} {'takes no' if self.select == 'labels' else 'needs a'} decoding")
        if self.split == "train" and self.select != "labels":
            raise ValueError("split: train is for select: labels; models label the synthesize split only")
        if self.select == "all" and self.share != 1:
            raise ValueError("select: all keeps every prompt; remove share, or select at random")
        return self
