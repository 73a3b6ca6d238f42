"""A data set in config: a decoding, a verifier and a selector, or true labels."""

from types import ModuleType
from typing import Annotated, ClassVar, Literal, Self

from pydantic import Field, model_validator

from uncollapse.settings.finding import load_plugin
from uncollapse.settings.plugins import Selector
from uncollapse.settings.references import Refers
from uncollapse.settings.values import Strict


class SelectionSettings(Strict):
    """Common settings of data sets of sequences and of texts; see :mod:`uncollapse.selection` for selectors."""

    OF: ClassVar[Literal["sequences", "texts"]]

    select: str
    decoding: Annotated[str | None, Refers("decodings")] = Field(
        default=None, description="name of the decoding whose candidates are selected from"
    )
    verifier: Annotated[str | None, Refers("verifiers")] = Field(
        default=None, description="name of the verifier, for a selector that reads its scores"
    )
    split: Literal["train", "synthesize"] = Field(default="synthesize", description="prompts; train is for generators")

    @property
    def selector(self) -> ModuleType:
        """The module that ``select`` names."""
        return load_plugin(self.select, package=f"selection.{self.OF}", offers="choose")

    @model_validator(mode="after")
    def _has_what_it_needs(self) -> Self:
        selector = self.selector
        needs_verifier = selector.READS in ("scores", "verdicts")
        if needs_verifier != (self.verifier is not None):
            raise ValueError(f"select: {self.select} {'needs a' if needs_verifier else 'takes no'} verifier")
        labels = selector.READS == "labels"
        if labels != (self.decoding is None):
            raise ValueError(f"select: {self.select} {'takes no' if labels else 'needs a'} decoding")
        if self.split == "train" and not labels:
            raise ValueError("split: train is for select: labels; models label the synthesize split only")
        if getattr(self, "skip", 0) and not labels:
            raise ValueError(f"select: {self.select} takes no skip; it begins with the first labelled prompt")
        if (check := getattr(selector, "check", None)) is not None:
            check(self)
        return self


class DatasetSettings(SelectionSettings):
    """Settings of one training set.

    - ``all``: the most probable candidate of every prompt, unselected;
    - ``correct``: the most probable candidate where the verifier accepts it (data selection);
    - ``best``: the candidate the verifier scores highest (label selection);
    - ``random``: the most probable candidate of ``size`` prompts drawn at random (the control of selection);
    - ``labels``: the true answers (the clean control, and what generators are trained on).
    """

    OF = "sequences"

    select: Selector
    size: int | None = Field(default=None, ge=1, description="rows to keep, the first in prompt order; null keeps all")
    skip: int = Field(default=0, ge=0, description="prompts left out at the beginning; for select: labels")
    seed: int = Field(default=0, ge=0, lt=2**63, description="of the random selector")
