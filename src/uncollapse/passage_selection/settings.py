"""Settings of the selection of a part of a corpus (Zhu et al. 2024, Table 13), without heavy imports."""

from types import ModuleType
from typing import Literal

from pydantic import Field, model_validator

from uncollapse.language.settings import HubModel
from uncollapse.settings.finding import load_plugin
from uncollapse.settings.plugins import PassageSelector
from uncollapse.settings.values import Strict


class ClassifierSettings(Strict):
    """A trained sequence classifier with one output; higher scores are better texts."""

    hub: HubModel | None = Field(default=None, description="such as HuggingFaceFW/fineweb-edu-classifier, or")
    folder: str | None = Field(default=None, min_length=1, description="folder in the format of transformers")

    @model_validator(mode="after")
    def _one_source(self) -> "ClassifierSettings":
        if (self.hub is None) == (self.folder is None):
            raise ValueError("give exactly one of hub and folder")
        return self


class TextSelectionSettings(Strict):
    """One selector; documents that it does not keep are not seen.

    dsir resamples toward the human training passages; perplexity keeps a region of the ranking by a prior's perplexity;
    educational keeps what a classifier scores highest, one that is trained here or one that is there; density draws
    fewer from where passages crowd in the space of sentence embeddings; random is the control.
    """

    by: PassageSelector
    share: float = Field(default=0.25, gt=0, lt=1, description="of the passages, kept")
    region: Literal["lowest", "middle", "highest"] = Field(default="lowest", description="of perplexity")
    prior: str | None = Field(default=None, description="one of models, for perplexity")
    prior_dataset: str | None = Field(default=None, description="what the prior was trained on")
    educational: str | None = Field(default=None, description="the corpus that teaches, for educational, or")
    classifier: ClassifierSettings | None = Field(default=None, description="that scores texts, for educational")
    candidates: int | None = Field(
        default=None, ge=1, description="machine-written passages it looks at, at most; density embeds each of them"
    )
    seed: int = Field(default=0, ge=0, lt=2**63)

    @property
    def selector(self) -> ModuleType:
        """The module that ``by`` names."""
        return load_plugin(self.by, package="passage_selection.selectors", offers="choose")

    @property
    def asks_model(self) -> bool:
        """Whether a model reads the passages, which may use a GPU."""
        return self.classifier is not None or not {"prior", "encoder"}.isdisjoint(self.selector.READS)

    @model_validator(mode="after")
    def _one_teacher(self) -> "TextSelectionSettings":
        if self.by == "educational" and (self.educational is None) == (self.classifier is None):
            raise ValueError("educational takes the corpus that teaches, or a classifier; give one of them")
        if self.by != "educational" and self.classifier is not None:
            raise ValueError(f"{self.by} asks no classifier; remove classifier, or select by educational")
        return self
