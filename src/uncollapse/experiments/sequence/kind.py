"""Experiments whose answers are tokens: prompts, generators, candidates, scores, data sets, students, evaluations."""

from collections.abc import Iterator
from dataclasses import replace

from uncollapse.artifacts.artifact import File
from uncollapse.artifacts.candidates import CANDIDATE_FILES
from uncollapse.artifacts.curves import CURVE_FILES, WEIGHT_FILES
from uncollapse.artifacts.datasets import DATASET_FILES
from uncollapse.artifacts.evaluations import EVALUATION_FILES, OUTCOME_FILES
from uncollapse.artifacts.kept import KEPT_FILES
from uncollapse.artifacts.model_names import GENERATOR, GENERATOR_DATASET, Model, split_labeller
from uncollapse.artifacts.prompts import PROMPT_FILES
from uncollapse.artifacts.proxies import PROXY_FILES
from uncollapse.artifacts.scores import SCORE_FILES
from uncollapse.experiments import labelled
from uncollapse.experiments.kind import Job, Kind, own_files
from uncollapse.experiments.labelled import chosen_from, judged_by_oracle, tested
from uncollapse.experiments.sequence.frames import FRAMES, VALUES
from uncollapse.experiments.sequence.settings import ExperimentSettings as Settings
from uncollapse.settings.finding import module_name

KIND = Kind("sequence", Settings, frames=FRAMES, values=VALUES, shows={"proxy": "proxy", "kept_features": "kept"})


def _task(e: Settings) -> str:
    return module_name(e.task.name, package="tasks")  # type: ignore[attr-defined]


@KIND.stage(prompts=PROMPT_FILES, memory=2000)
def sample(e: Settings, *, split: str) -> Job:
    """Prompts of one split, with their true answers."""
    config = {"task": "task", "count": f"sample.{split}", "seed": "sample.seed"}
    return Job(config=config, values={"split": split}, plugins=[_task(e)])


def training_priority(model: str) -> int:
    """Priority of a training: groups come last.

    The student of a group that equals a student of ``downstream`` is then taken from the store.
    """
    return 5 if Model.parse(model).group else 10


@KIND.stage(weights=WEIGHT_FILES, curve=CURVE_FILES, memory=8000, minutes=1440, priority=training_priority, gpu=True)
def train(e: Settings, *, model: str) -> Job:
    """One model on its data set, from scratch or from where another one ended."""
    trained = Model.parse(model)
    part = e.part(trained)
    block = e.groups[trained.group] if trained.group else getattr(e, part)
    reads: dict[str, File | str] = {
        "dataset": DATASET_FILES(dataset=trained.dataset),
        "validation": PROMPT_FILES(split="validation"),
    }
    if trained.role != GENERATOR and block.initial is not None:
        start = e.start(block.initial, trained.dataset)
        reads["initial"] = block.initial if start is None else WEIGHT_FILES(model=start.name)
    config = {
        "task": "task",
        "model": f"{part if block.model is not None else GENERATOR}.model",
        "training": f"{part}.training",
        "compute": "compute",
        "validation.tolerance": "evaluation.validation_tolerance",
    }
    return Job(reads=reads, config=config, values={"seed": trained.seed}, plugins=[_task(e)])


@KIND.stage(candidates=CANDIDATE_FILES, memory=8000, minutes=240, priority=20, gpu=True)
def label(e: Settings, *, model: str, split: str, decoding: str, shard: int, shards: int) -> Job:
    """Candidates that a model writes to the prompts of a split, one shard of them."""
    if shards != len(e.shards_of(split)):
        raise KeyError(shards)
    decoded = e.decodings[decoding]
    limited = split == "synthesize" and decoded.prompts
    return Job(
        reads={"prompts": PROMPT_FILES(split=split), "weights": WEIGHT_FILES(model=model)},
        config={
            "task": "task",
            "compute": "compute",
            "beams": f"decodings.{decoding}.beams",
            "prompts": f"decodings.{decoding}.prompts" if limited else f"sample.{split}",
        },
        values={"shard": shard, "shards": shards},
        plugins=[_task(e)],
    )


@KIND.stage(scores=SCORE_FILES, priority=20)
def verify(e: Settings, *, model: str, decoding: str, verifier: str, shard: int, shards: int) -> Job:
    """Judgement of a verifier on one shard of the labelling generator's candidates."""
    written = {"model": model, "split": "synthesize", "decoding": decoding, "shard": shard, "shards": shards}
    kind = e.verifiers[verifier].kind  # type: ignore[attr-defined]
    return Job(
        reads={
            "prompts": PROMPT_FILES(split="synthesize"),
            "candidates": CANDIDATE_FILES(**written),
            "files": own_files(e.verifiers[verifier]),
        },
        config={"task": "task", "verifier": f"verifiers.{verifier}"},
        plugins=[_task(e), module_name(kind, package="verifiers.sequences")],
    )


def _dataset(e: Settings, name: str) -> Job:
    """The part of a job that says which data set it is about; the generators' own stands nowhere in config."""
    own = name == GENERATOR_DATASET
    return Job(
        config={} if own else {"dataset": f"datasets.{split_labeller(name)[0]}"},
        values={"available": e.available(e.dataset(name))} | ({"dataset": e.dataset(name)} if own else {}),
        plugins=[module_name(e.dataset(name).select, package="selection.sequences")],
    )


@KIND.stage(dataset=DATASET_FILES, memory=8000, priority=20)
def select(e: Settings, *, dataset: str) -> Job:
    """A data set: the candidates, or true answers, that a selector keeps."""
    about = _dataset(e, dataset)
    config, plugins = {"task": "task", **about.config}, [_task(e), *about.plugins]
    return replace(about, reads=chosen_from(e, dataset, PROMPT_FILES), config=config, plugins=plugins)


@KIND.stage(proxy=PROXY_FILES, memory=8000, priority=20)
def proxy(e: Settings, *, dataset: str) -> Job:
    """p_* of a data set of synthesized labels, by the oracle."""
    about = _dataset(e, dataset)
    reads = chosen_from(e, dataset, PROMPT_FILES) | judged_by_oracle(e, dataset)
    config, plugins = {"task": "task", **about.config, "resamples": "proxy.resamples"}, [_task(e), *about.plugins]
    return replace(about, reads=reads, config=config, plugins=plugins)


@KIND.stage(kept=KEPT_FILES, priority=20)
def compare_kept(e: Settings, *, dataset: str) -> Job:
    """Features of the prompts that a selector keeps, beside those of the prompts that it drops."""
    return select(e, dataset=dataset)


@KIND.stage(outcomes=OUTCOME_FILES, evaluation=EVALUATION_FILES, priority=20)
def evaluate(e: Settings, *, model: str, decoding: str) -> Job:
    """Accuracy of a model on the test prompts: of its first choice, and of the best in its beam."""
    return Job(
        reads=tested(e, model, decoding, PROMPT_FILES),
        config={"task": "task", "tolerances": "evaluation.tolerances", "beams": f"decodings.{decoding}.beams"},
        plugins=[_task(e)],
    )


@KIND.accounts
def accounted(e: Settings) -> Iterator[File]:
    """Prompts, and every candidate, score and row of a data set that is made from them."""
    yield from labelled.accounted(e, PROMPT_FILES, DATASET_FILES)


@KIND.by_worth
def worth(e: Settings) -> Iterator[File]:
    """Evaluations: the first seed of everything before the second; generators, students, fine-tuned models, others."""

    def rank(model: Model) -> tuple[int, int]:
        block = e.groups[model.group] if model.group else getattr(e, e.part(model))
        if model.group:
            return block.seeds.index(model.seed), 2 if block.initial is not None else 3
        return block.seeds.index(model.seed), 0 if model.role == GENERATOR else 1

    for model, decoding in sorted(e.evaluated(), key=lambda pair: rank(pair[0])):
        yield EVALUATION_FILES(model=model.name, decoding=decoding)
