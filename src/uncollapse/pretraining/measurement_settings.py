"""Settings of what is measured on models trained from scratch and on their texts, without heavy imports."""

from typing import Annotated

from pydantic import Field, model_validator

from uncollapse.settings.misfit import Misfit
from uncollapse.settings.references import Refers
from uncollapse.settings.values import Name, Strict, Unique

EMBEDDED = 40  # passages that coverage in embedding space takes: uncollapse.diagnostics.neighbourhoods.LEAST


class TaskSettings(Strict):
    """Downstream tasks by lm-evaluation-harness (the extra ``tasks``), for some of the models."""

    names: Annotated[list[str], Unique] = Field(
        min_length=1,
        description="a name of workflow/tasks, a YAML file of yours in the harness's format, or one of its own tasks",
    )
    models: Annotated[list[Name], Unique, Refers("models")] = Field(min_length=1, description="of models")
    datasets: Annotated[list[Name], Unique, Refers("datasets")] = Field(
        min_length=1, description="of datasets: a model is asked after training on those of its own that are named here"
    )
    corpora: Annotated[list[Name], Unique] | None = Field(
        default=None, min_length=1, description="whose test passages the items are made of; null: every human corpus"
    )
    items: int = Field(default=200, ge=10, description="of each task made from our test passages")
    limit: int | None = Field(default=None, ge=1, description="items of every other task; null: all")
    shots: int = Field(default=0, ge=0, description="solved examples before each item, of every other task")
    batch_size: int = Field(default=32, ge=1)
    seed: int = Field(default=0, ge=0, lt=2**32)


class PriorSettings(Strict):
    """A model that judges texts: one of base_models, or one of the experiment's models with what it was trained on."""

    base: Annotated[Name | None, Refers("base_models")] = None
    model: Annotated[Name | None, Refers("models")] = None
    dataset: Name | None = Field(default=None, description="of model")

    @model_validator(mode="after")
    def _one_source(self) -> "PriorSettings":
        if (self.base is None) == (self.model is None) or (self.model is None) != (self.dataset is None):
            raise ValueError("give base, or model with dataset")
        return self


class DiagnosticsSettings(Strict):
    """Texts that are compared, and the models by which; n-grams take none."""

    passages: int = Field(default=100, ge=20, description="of each kind of text that models read")
    counted: int = Field(default=500, ge=20, description="passages of each kind of text whose n-grams are counted")
    priors: dict[Name, PriorSettings] = Field(default={}, description="for perplexities and token probabilities")
    datasets: list[Name] = Field(default=[], description="selections, whose machine-written part is compared too")
    embeddings: bool = Field(default=False, description="coverage in embedding space: a package of 84 MB is fetched")
    seed: int = Field(default=0, ge=0, lt=2**32)

    @model_validator(mode="after")
    def _names(self) -> "DiagnosticsSettings":
        for name in self.priors:
            if name in ("ngrams", "embeddings"):
                raise Misfit(f"priors.{name}", "this name is taken by a diagnostic; choose another")
        for name in self.datasets:
            if name in ("human", "machine"):
                raise Misfit("datasets", f"{name!r} is taken; choose another name")
        if self.embeddings and self.passages < EMBEDDED:
            raise Misfit("passages", f"{self.passages}, and embeddings take {EMBEDDED}; raise it, or leave those out")
        return self

    @property
    def names(self) -> list[str]:
        """One for each job."""
        return ["ngrams", *(["embeddings"] if self.embeddings else []), *self.priors]
