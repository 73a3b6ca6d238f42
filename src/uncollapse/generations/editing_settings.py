"""Settings of generations that are edited instead of written, without heavy imports."""

from typing import Annotated, Self

from pydantic import Field, model_validator

from uncollapse.editing.settings import EditSettings
from uncollapse.settings.misfit import Misfit
from uncollapse.settings.references import Refers
from uncollapse.settings.values import Name, Strict


class GenerationEditSettings(Strict):
    """Editing of the texts that a generation learned from, for the next one to learn from (ToEdit, Zhu et al. 2024)."""

    base: Annotated[Name | None, Refers("base_models")] = Field(
        default=None, description="one of base_models, which says how likely each token is, or"
    )
    verifier: Annotated[Name | None, Refers("verifiers")] = Field(
        default=None, description="one of verifiers of kind perplexity, which does"
    )
    editing: EditSettings = EditSettings()
    share: float | None = Field(
        default=None, gt=0, lt=1, description="of held-out tokens: the threshold is where so many may be edited"
    )
    frozen: bool = Field(default=False, description="later generations edit only what was eligible in the first")
    written: int = Field(
        default=0,
        ge=0,
        description="rows by generation 0 among those that are edited first, in the place of as many real ones: a start"
        " that is partly synthetic",
    )

    @model_validator(mode="after")
    def _one_prior(self) -> Self:
        if (self.base is None) == (self.verifier is None):
            raise Misfit("base", "give exactly one of base and verifier")
        if self.share is not None and "threshold" in self.editing.model_fields_set:
            raise Misfit("share", "the threshold follows from it; remove editing.threshold")
        if self.frozen and self.editing.action == "delete":
            raise Misfit("frozen", "deletion leaves no positions to freeze; remove one of them")
        return self
