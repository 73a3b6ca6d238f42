"""Files that several jobs of pretraining experiments read, or that a choice in config decides."""

from uncollapse.artifacts.artifact import File
from uncollapse.artifacts.corpora import PACKAGE_FILES
from uncollapse.artifacts.curves import WEIGHT_FILES
from uncollapse.artifacts.datasets import MIXTURE_FILES
from uncollapse.artifacts.passages import SAMPLE_FILES, TOKEN_FILES, TRAIN_PASSAGES, WRITTEN_FILES
from uncollapse.corpora.packages import package_named
from uncollapse.experiments.kind import Read, Reads
from uncollapse.experiments.pretraining.settings import PretrainingExperimentSettings as Settings
from uncollapse.pretraining.settings import MixtureSettings
from uncollapse.settings.checkout import PROJECT, of_checkout
from uncollapse.settings.folder import files_in

ENCODER = "minilm"  # our name of the package with the sentence encoder


def first_seed(e: Settings, name: str | None, dataset: str | None) -> File:
    """Weights of the model that stands for all seeds of its kind."""
    return WEIGHT_FILES(model=e.first_seed(name, dataset).name)


def encoder() -> File:
    """The package with the sentence encoder."""
    return PACKAGE_FILES(file=package_named(ENCODER).file)


def texts(e: Settings, dataset: str) -> dict[str, File]:
    """A data set under the name that says what it holds: passages, or instructions with answers."""
    return {"pairs" if e.of_pairs(dataset) else "dataset": MIXTURE_FILES(dataset=dataset)}


def mixed_from(e: Settings, dataset: MixtureSettings) -> Reads:
    """Tokens that a mixture is made of, and what its selector reads beside them."""
    if dataset.written_by is not None:
        written = WRITTEN_FILES(writer=dataset.written_by, how=dataset.how, corpus=dataset.corpus)
        if dataset.written_share == 1:
            return {"tokens": written}
        return {"tokens": TOKEN_FILES(split="train"), "samples": written}
    found: dict[str, Read | list[str]] = {"tokens": TOKEN_FILES(split="train")}
    if dataset.generator is not None:
        found["samples"] = SAMPLE_FILES(writer=f"{dataset.generator}_{dataset.generator_dataset}")
    if (chosen := dataset.select) is not None:
        if "texts" in chosen.selector.READS:
            found["passages"] = TRAIN_PASSAGES()
        if "encoder" in chosen.selector.READS:
            found["encoder"] = encoder()
        if "prior" in chosen.selector.READS:
            found["prior"] = first_seed(e, chosen.prior, chosen.prior_dataset)
        if chosen.classifier is not None and chosen.classifier.folder is not None:
            found["classifier"] = list(files_in(chosen.classifier.folder))
    return found


def definition_of(task: str) -> str | None:
    """The YAML of a downstream task of ours or of a user; None for one that the harness knows by name."""
    shipped = f"workflow/tasks/{task}.yaml"
    if (PROJECT / shipped).is_file():
        return of_checkout(shipped)
    return task if task.endswith((".yaml", ".yml")) else None


def has_made_items(task: str) -> bool:
    """Whether a task's items are made from our test passages: it is one of workflow/tasks."""
    return not task.endswith((".yaml", ".yml")) and definition_of(task) is not None
