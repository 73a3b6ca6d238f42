"""Experiments whose generator labels prompts for students to learn from: what those of tokens and of texts share."""

from collections.abc import Callable, Iterator
from typing import Any

from uncollapse.artifacts.artifact import File
from uncollapse.artifacts.candidates import CANDIDATE_FILES
from uncollapse.artifacts.model_names import GENERATOR_DATASET, Model, labelled_by, split_labeller
from uncollapse.artifacts.scores import SCORE_FILES
from uncollapse.settings.values import Strict
from uncollapse.tasks.splits import SPLITS

Prompts = Callable[..., File]  # the prompts of a ``split``


class LabelledSettings(Strict):
    """Models and data sets that follow from the names in such an experiment's block."""

    def generators(self: Any) -> list[Model]:
        """All generators."""
        return [Model(GENERATOR_DATASET, seed) for seed in self.generator.seeds]

    def labeller(self: Any, dataset: str = "") -> Model:
        """The model that wrote a data set's labels, by the name of its file; the first where none is named.

        Raises
        ------
        KeyError
            Where config has no such labeller.
        """
        labellers = self.labellers()
        wrote = split_labeller(dataset)[1]
        if wrote is not None and wrote not in labellers[1:]:
            raise KeyError(dataset)
        return wrote or labellers[0]

    def file_of(self: Any, dataset: str, labeller: Model) -> str:
        """Name of the file of a data set that a labeller wrote."""
        return dataset if labeller == self.labellers()[0] else labelled_by(dataset, labeller)

    def trained_datasets(self: Any, group: str = "") -> list[str]:
        """Names of the data sets that the models of ``downstream``, or of a group, are trained on."""
        datasets = (self.groups[group] if group else self.downstream).datasets
        return list(self.datasets) if datasets == "all" else list(datasets)

    def students(self: Any) -> list[Model]:
        """All models of ``downstream``, one seed of each data set before the next."""
        return [Model(name, seed) for seed in self.downstream.seeds for name in self.trained_files()]

    def synthesized(self: Any) -> list[str]:
        """Data sets of synthesized labels or answers, which have a p_*."""
        return [name for name in self.files_of_datasets() if self.dataset(name).decoding is not None]

    def shards_of(self: Any, split: str) -> range:
        """Numbers of the jobs that share the labelling of a split, from 1."""
        return range(1, 1 + (self.shards if split == "synthesize" else 1))


def candidates(e: Any, model: Model, split: str, decoding: str) -> list[File]:
    """All shards of a model's candidates; ``e`` is the experiment's block."""
    names = {"model": model.name, "split": split, "decoding": decoding}
    return [CANDIDATE_FILES(**names, shard=k, shards=len(e.shards_of(split))) for k in e.shards_of(split)]


def scores(e: Any, decoding: str, verifier: str, labeller: Model | None = None) -> list[File]:
    """All shards of a verifier's scores of a labeller's candidates, by default the first's."""
    wrote, shards = (labeller or e.labeller()).name, e.shards_of("synthesize")
    names = {"model": wrote, "decoding": decoding, "verifier": verifier}
    return [SCORE_FILES(**names, shard=k, shards=len(shards)) for k in shards]


def chosen_from(e: Any, name: str, prompts: Prompts) -> dict[str, File | list[File]]:
    """Inputs of a data set's selection: ``prompts``, and where they are labelled candidates and scores."""
    dataset = e.dataset(name)
    found: dict[str, File | list[File]] = {"prompts": prompts(split=dataset.split)}
    if dataset.decoding is not None:
        labeller = e.labeller(name)
        found["candidates"] = candidates(e, labeller, dataset.split, dataset.decoding)
        if dataset.verifier is not None:
            found["scores"] = scores(e, dataset.decoding, dataset.verifier, labeller)
    return found


def judged_by_oracle(e: Any, name: str) -> dict[str, list[File]]:
    """Input of a data set's p_*, the oracle's scores; nothing for true labels."""
    decoding = e.dataset(name).decoding
    return {} if decoding is None else {"truth": scores(e, decoding, e.proxy.oracle, e.labeller(name))}


def tested(e: Any, model: str, decoding: str, prompts: Prompts) -> dict[str, File | list[File]]:
    """Inputs of a model's evaluation: the test prompts, and its candidates."""
    return {"prompts": prompts(split="test"), "candidates": candidates(e, Model.parse(model), "test", decoding)}


def accounted(e: Any, prompts: Prompts, datasets: Callable[..., File]) -> Iterator[File]:
    """Prompts, and every candidate, score and row of a data set that is made from them."""
    yield from (prompts(split=split) for split in SPLITS)
    chosen = [(e.labeller(name), e.dataset(name)) for name in e.synthesized()]
    for labeller, decoding in dict.fromkeys((labeller, dataset.decoding) for labeller, dataset in chosen):
        yield from candidates(e, labeller, "synthesize", decoding)
    for labeller, decoding, verifier in dict.fromkeys((wrote, one.decoding, one.verifier) for wrote, one in chosen):
        if verifier:
            yield from scores(e, decoding, verifier, labeller)
    yield from (datasets(dataset=name) for name in (GENERATOR_DATASET, *e.files_of_datasets()))
