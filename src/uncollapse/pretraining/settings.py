"""Settings of passages, mixtures, edits and models trained from scratch, without heavy imports."""

from typing import Annotated

from pydantic import Field, model_validator

from uncollapse.editing.settings import EditSettings
from uncollapse.language.settings import Architecture
from uncollapse.passage_selection.settings import TextSelectionSettings
from uncollapse.pretraining.writing_settings import Method
from uncollapse.settings.misfit import Misfit
from uncollapse.settings.references import Refers, TrainedDatasets
from uncollapse.settings.values import Name, Seeds, Strict, Unique
from uncollapse.training.settings import TrainingSettings

Corpora = Annotated[list[Name], Unique, Refers("corpora")]
SPLITS = ("train", "validation", "test")


class PassageSettings(Strict):
    """Corpora, and their cutting into passages of one length, so that length tells nobody apart."""

    human: Corpora = Field(min_length=1, description="corpora written by people, in equal parts of every data set")
    machine: Corpora = Field(min_length=1, description="corpora written by models, in equal parts")
    held_out: Corpora = Field(default=[], description="corpora that no model is trained on")
    controls: Corpora = Field(
        default=[],
        description="human corpora of one origin each, which data sets name as control: trained on in the place of"
        " machine-written text, and part of nothing else",
    )
    seed: int = Field(
        default=0, ge=0, description="of the documents' splits and the passages' order: another one draws other text"
    )
    passage_words: int = Field(default=100, ge=1, description="words of a passage, exactly")
    per_document: int | None = Field(default=4, ge=1, description="passages of one document at most; null: all")
    test_share: float = Field(default=0.1, gt=0, lt=0.5, description="of the documents, by a hash of their text")
    validation_share: float = Field(default=0.05, gt=0, lt=0.5)
    train: int | None = Field(default=None, ge=1, description="passages of each corpus at most; null: all")
    validation: int = Field(default=50, ge=1, description="passages of each corpus at most, for learning curves")
    test: int = Field(default=100, ge=1, description="passages of each corpus at most, for evaluation alone")

    @model_validator(mode="after")
    def _each_once(self) -> "PassageSettings":
        names = self.corpora
        if len(set(names)) < len(names):
            raise ValueError(f"a corpus is human, machine, held_out or a control, and stands there once, got {names}")
        return self

    @property
    def mixed(self) -> list[str]:
        """Names of the corpora that data sets are mixed from."""
        return [*self.human, *self.machine]

    @property
    def corpora(self) -> list[str]:
        """Names of all corpora, in the order of the files."""
        return [*self.human, *self.machine, *self.held_out, *self.controls]

    def splits_of(self, corpus: str) -> tuple[str, ...]:
        """The splits that a corpus has passages in."""
        if corpus in self.held_out:
            return ("test",)
        return ("train",) if corpus in self.controls else SPLITS

    def written_by(self, corpus: str) -> str:
        """The writer of a corpus's passages, as artifacts tell it."""
        if corpus in self.controls:
            return "control"
        return "machine" if corpus in self.machine else "human"


class TokenizerSettings(Strict):
    """A byte-level tokenizer whose merges are learned from as much human as machine-written text."""

    vocabulary_size: int = Field(default=4096, ge=257)
    passages: int = Field(default=4000, ge=2, description="training passages that the merges are learned from")


class InstructionSettings(Strict):
    """Instructions and the answers of a model, to fine-tune on (Zhu et al. 2024, Table 4)."""

    corpus: Annotated[Name, Refers("corpora")] = Field(
        description="its titles are instructions, its texts answers; no part of any mixture"
    )
    template: str = Field(
        default="{instruction}\n", pattern=r"\{instruction\}", description="what stands before an answer"
    )
    longest: int = Field(default=128, ge=8, description="tokens of a pair with its ends; longer ones are left out")
    test_share: float = Field(default=0.2, gt=0, lt=1, description="of the pairs, by a hash of the instruction")
    seed: int = Field(default=0, ge=0, lt=2**63, description="of that hash")


class MixtureSettings(Strict):
    """One data set: human and machine-written passages up to a number of tokens, or an edited data set."""

    machine_share: float = Field(default=0.0, ge=0, le=1, description="of the tokens; 1 - alpha of the paper")
    tokens: int | None = Field(default=None, ge=1, description="null: the experiment's")
    corpus: Annotated[Name | None, Refers("data.mixed")] = Field(
        default=None, description="passages of this one alone; null: of all, by machine_share"
    )
    control: Annotated[Name | None, Refers("data.controls")] = Field(
        default=None,
        description="human text that takes the machine-written part's place: is it what machines write that harms, or"
        " text of another origin?",
    )
    part: int = Field(default=0, ge=0, description="k: the k-th stretch of as many tokens; two parts share no passage")
    select: TextSelectionSettings | None = Field(default=None, description="of the machine-written part; null: none")
    instructions: bool = Field(default=False, description="the experiment's instructions with answers, all of them")
    edit: Name | None = Field(default=None, description="one of edits: its last generation instead of a mixture")
    generator: Annotated[Name | None, Refers("models")] = Field(
        default=None, description="one of models, which writes the machine-written part; null: corpora do"
    )
    generator_dataset: Name | None = Field(default=None, description="what the generator was trained on")
    written_by: Annotated[Name | None, Refers("base_models")] = Field(
        default=None,
        description="one of base_models, which writes all of it from passages of corpus, or with machine_share that"
        " share, beside passages of corpus as they are; null: none does",
    )
    how: Method | None = Field(
        default=None, description="synthetic: it goes on from their first words; rephrased: it rephrases them"
    )

    @property
    def written_share(self) -> float:
        """Share of the tokens that a base model writes from the corpus: all where it writes and no share is given."""
        return 0.0 if self.written_by is None else self.machine_share or 1.0

    @model_validator(mode="after")
    def _consistent(self) -> "MixtureSettings":
        if self.edit is not None and (self.machine_share or self.part or self.select is not None or self.corpus):
            raise Misfit("edit", "an edited data set is what was edited; remove machine_share, part, select and corpus")
        if self.instructions and self.model_dump(exclude_defaults=True).keys() != {"instructions"}:
            raise Misfit("instructions", "all pairs are taken as they are; remove the other keys")
        if self.corpus is not None and self.machine_share and self.written_by is None:
            raise Misfit("corpus", "one corpus has no shares; remove machine_share, or name a base model (written_by)")
        if self.control is not None and (
            not self.machine_share or self.generator is not None or self.select is not None
        ):
            raise Misfit("control", "takes the machine-written part's place: raise machine_share, remove what makes it")
        if (self.generator is None) != (self.generator_dataset is None):
            raise Misfit("generator_dataset", "a generator is a model on a data set; give both or none")
        if self.generator is not None and (not self.machine_share or self.part or self.select is not None):
            raise Misfit("generator", "writes the machine-written part: raise machine_share, remove part and select")
        if (self.written_by is None) != (self.how is None):
            raise Misfit("how", "a base model writes in some way; give both written_by and how, or none")
        if self.written_by is not None and (self.corpus is None or self.part):
            raise Misfit("written_by", "a base model writes from a corpus; give corpus, and remove part")
        if self.select is not None and not self.machine_share:
            raise Misfit("select", "there is no machine-written part to select; raise machine_share")
        return self


class CorpusEditSettings(Strict):
    """An edit: of which texts, by which prior, how often."""

    corpus: Annotated[Name | None, Refers("data.mixed")] = Field(
        default=None, description="training passages of a corpus, or"
    )
    passages: int | None = Field(default=None, ge=1, description="so many of them")
    dataset: Annotated[Name | None, Refers("datasets")] = Field(default=None, description="a data set, all of it")
    prior: Name = Field(
        description="one of base_models, in whose tokens texts are edited, to be encoded anew; for a data set also one "
        "of models, with prior_dataset: its token ids stay"
    )
    prior_dataset: Name | None = Field(
        default=None, description="what the prior was trained on where it is one of models; null: it is a base model"
    )
    editing: EditSettings = EditSettings()
    share: float | None = Field(
        default=None, gt=0, lt=1, description="of held-out human tokens: the threshold is where so many may be edited"
    )
    generations: int = Field(default=1, ge=1, le=1000, description="each edits what the one before has edited")
    frozen: bool = Field(default=False, description="later generations edit only what was eligible in the first")
    as_many_as: Name | None = Field(
        default=None, description="a control: as many tokens of each text, chosen at random, as that edit has changed"
    )

    @model_validator(mode="after")
    def _one_source(self) -> "CorpusEditSettings":
        if (self.corpus is None) == (self.dataset is None):
            raise ValueError("give exactly one of corpus and dataset")
        if self.dataset is None and self.prior_dataset is not None:
            raise Misfit("prior_dataset", "a corpus is edited by a base model; remove it")
        if self.share is not None and self.prior_dataset is None:
            text = "held-out text is in the tokens of the experiment's models, not of base models"
            raise Misfit("share", f"{text}; give editing.threshold instead")
        if self.share is not None and "threshold" in self.editing.model_fields_set:
            raise Misfit("share", "the threshold follows from it; remove editing.threshold")
        if self.frozen and self.editing.action == "delete":
            raise Misfit("frozen", "deletion leaves no positions to freeze; remove one of them")
        return self


class PretrainedModelSettings(Strict):
    """One architecture, trained on each of its data sets: from scratch, or from where another model ended."""

    architecture: Architecture | None = Field(default=None, description="null: that of initial")
    initial: Name | None = Field(default=None, description="one of models, whose training goes on; null: from scratch")
    initial_dataset: Name | None = Field(default=None, description="what it was trained on; its first seed is taken")
    training: TrainingSettings = Field(description="its batch_size counts blocks of as many tokens as the context")
    datasets: TrainedDatasets = "all"
    seeds: Seeds

    @model_validator(mode="after")
    def _one_beginning(self) -> "PretrainedModelSettings":
        if (self.architecture is None) == (self.initial is None):
            raise Misfit("initial", "give architecture for a model from scratch, or initial for one that goes on")
        if (self.initial is None) != (self.initial_dataset is None):
            raise Misfit("initial_dataset", "say what the initial model was trained on, and only with initial")
        return self
