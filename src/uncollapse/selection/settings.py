"""A data set in config: a decoding, a verifier and a selector, or true labels."""

from typing import Literal

from pydantic import Field, model_validator

from uncollapse.settings.values import Strict


class DatasetSettings(Strict):
    """How one training set is made.

    - ``all``: the most probable candidate of every prompt, unselected;
    - ``correct``: the most probable candidate where the verifier accepts it (data selection);
    - ``best``: the candidate the verifier scores highest (label selection);
    - ``random``: the most probable candidate of ``size`` prompts drawn at random (the control of selection);
    - ``labels``: the true answers (the clean control, and what generators are trained on).
    """

    select: Literal["all", "correct", "best", "random", "labels"]
    decoding: str | None = Field(default=None, description="name of the decoding whose candidates are selected from")
    verifier: str | None = Field(default=None, description="name of the verifier; for correct and best")
    split: Literal["train", "synthesize"] = Field(default="synthesize", description="prompts; train is for generators")
    size: int | None = Field(default=None, ge=1, description="rows to keep, the first in prompt order; null keeps all")
    skip: int = Field(default=0, ge=0, description="prompts left out at the beginning; for select: labels")
    seed: int = Field(default=0, ge=0, description="of the random selector")

    def without_size(self) -> "DatasetSettings":
        """The same selector with nothing cut off; the random one keeps its size, which is what it selects by."""
        return self if self.select == "random" else self.model_copy(update={"size": None})

    @model_validator(mode="after")
    def _has_what_it_needs(self) -> "DatasetSettings":
        needs_verifier = self.select in ("correct", "best")
        if needs_verifier != (self.verifier is not None):
            raise ValueError(f"select: {self.select} {'needs a' if needs_verifier else 'takes no'} verifier")
        if (self.select == "labels") != (self.decoding is None):
            raise ValueError(f"select: {self.select} {'takes no' if self.select == 'labels' else 'needs a'} decoding")
        if self.split == "train" and self.select != "labels":
            raise ValueError("split: train is for select: labels; models label the synthesize split only")
        if self.skip and self.select != "labels":
            raise ValueError(f"select: {self.select} takes no skip; it begins with the first labelled prompt")
        if self.select == "random" and self.size is None:
            raise ValueError("select: random needs a size")
        return self
