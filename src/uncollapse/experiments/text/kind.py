"""Experiments with language models: prompts and answers are texts of a corpus, models are fine-tuned."""

from collections.abc import Iterator
from dataclasses import replace

from uncollapse.artifacts.artifact import File
from uncollapse.artifacts.base_models import BASE_MODEL_FILES
from uncollapse.artifacts.candidates import TEXT_CANDIDATE_FILES
from uncollapse.artifacts.corpora import CORPUS_FILES
from uncollapse.artifacts.curves import CURVE_FILES, WEIGHT_FILES
from uncollapse.artifacts.datasets import TEXT_DATASET_FILES
from uncollapse.artifacts.evaluations import (
    BASELINE_FILES,
    EXAMPLE_FILES,
    TEXT_EVALUATION_FILES,
    TEXT_OUTCOME_FILES,
)
from uncollapse.artifacts.model_names import GENERATOR, GENERATOR_DATASET, Model, split_labeller
from uncollapse.artifacts.pools import POOL_FILES
from uncollapse.artifacts.prompts import TEXT_PROMPT_FILES
from uncollapse.artifacts.proxies import TEXT_PROXY_FILES
from uncollapse.artifacts.scores import SCORE_FILES
from uncollapse.experiments import labelled
from uncollapse.experiments.kind import Job, Kind, own_files
from uncollapse.experiments.labelled import Prompts, candidates, chosen_from, judged_by_oracle, scores, tested
from uncollapse.experiments.text.frames import FRAMES, VALUES
from uncollapse.experiments.text.settings import BASE
from uncollapse.experiments.text.settings import TextExperimentSettings as Settings
from uncollapse.settings.finding import module_name

KIND = Kind(
    "text",
    Settings,
    frames=FRAMES,
    values=VALUES,
    shows={"proxy": "text_proxy", "examples": "text_examples", "card": "card"},
)


@KIND.stage(prompts=TEXT_PROMPT_FILES, memory=2000)
def sample(e: Settings, *, split: str) -> Job:
    """Prompts and true answers of one split, from the documents of a corpus."""
    return Job(
        reads={"corpus": CORPUS_FILES(corpus=e.data.corpus)},
        config={"data": "data", "sample": "sample"},
        without={"data": ["corpus"]},  # its content is an input
        values={"split": split},
    )


@KIND.stage(prompts=POOL_FILES, memory=2000)
def sample_pool(e: Settings, *, split: str, draw: int) -> Job:
    """Prompts of a further generator's own pool, or of its part with true answers."""
    if draw not in [labeller.seed for labeller in e.labellers()[1:]]:
        raise KeyError(draw)
    return replace(sample(e, split=split), values={"split": split, "draw": draw})


def _pool(e: Settings, labeller: Model) -> Prompts:
    """The prompts of a split, those of the pool as a labeller has them."""

    def of(split: str) -> File:
        own = split in ("train", "synthesize") and labeller in e.labellers()[1:]
        return POOL_FILES(split=split, draw=labeller.seed) if own else TEXT_PROMPT_FILES(split=split)

    return of


@KIND.stage(weights=WEIGHT_FILES, curve=CURVE_FILES, memory=8000, minutes=1440, priority=10, gpu=True)
def train(e: Settings, *, model: str) -> Job:
    """A language model fine-tuned on one data set."""
    trained = Model.parse(model)
    return Job(
        reads={
            "dataset": TEXT_DATASET_FILES(dataset=e.trained_on(trained)),
            "validation": TEXT_PROMPT_FILES(split="validation"),
            "initial": BASE_MODEL_FILES(base_model=e.base_of(trained)),
        },
        config={
            "training": f"{e.part(trained)}.training",
            "compute": "compute",
            "template": "data.template",
            "most_unusable": "most_unusable",
        },
        values={"seed": trained.seed},
    )


def _engine(e: Settings) -> str:
    """The module of the engine that models answer with; auto: the results of both agree."""
    return f"uncollapse.language.engines.{'vllm' if e.engine.name == 'vllm' else 'transformers'}_engine"


@KIND.stage(candidates=TEXT_CANDIDATE_FILES, memory=8000, minutes=240, priority=20, gpu=True)
def label(e: Settings, *, model: str, split: str, decoding: str, shard: int, shards: int) -> Job:
    """Answers of a language model to the prompts of a split, one shard of them."""
    if shards != len(e.shards_of(split)):
        raise KeyError(shards)
    answering = Model.parse(model)
    return Job(
        reads={
            "prompts": _pool(e, answering)(split),
            "initial": BASE_MODEL_FILES(base_model=e.base_of(answering)),
            "weights": WEIGHT_FILES(model=model),
        },
        config={
            "engine": "engine",
            "sampling": f"decodings.{decoding}",
            "template": "data.template",
            "most_unusable": "most_unusable",
        },
        values={"split": split, "shard": shard, "shards": shards},
        plugins=[_engine(e)],
    )


@KIND.stage(scores=SCORE_FILES, priority=20)
def verify(e: Settings, *, model: str, decoding: str, verifier: str, shard: int, shards: int) -> Job:
    """Judgement of a verifier on one shard of a labelling generator's answers."""
    labeller = Model.parse(model)
    if labeller not in e.labellers():
        raise KeyError(model)
    written = {"model": model, "split": "synthesize", "decoding": decoding, "shard": shard, "shards": shards}
    kind, asked = e.verifiers[verifier].kind, e.model_of(verifier)  # type: ignore[attr-defined]
    if members := e.members_of(verifier):
        beside: dict = {f"member_{name}": scores(e, decoding, name, labeller) for name in members}
    elif asked is None:
        beside = {}
    elif asked == BASE:
        beside = {"model": BASE_MODEL_FILES(base_model=e.base)}
    else:
        judge = labeller if asked == GENERATOR else e.further_of(labeller, asked)
        initial = BASE_MODEL_FILES(base_model=e.base_of(judge))
        beside = {"model": initial, "changed": WEIGHT_FILES(model=judge.name)}
    return Job(
        reads={
            **beside,
            "prompts": _pool(e, labeller)("synthesize"),
            "candidates": TEXT_CANDIDATE_FILES(**written),
            "files": own_files(e.verifiers[verifier]),
        },
        config={"verifier": f"verifiers.{verifier}", "engine": "engine"},
        plugins=[module_name(kind, package="verifiers.texts"), *([_engine(e)] if asked is not None else [])],
    )


KIND.variant(
    "verify_by_model", of="verify", only=("verifier", Settings.judged_by_models), memory=8000, minutes=240, gpu=True
)


@KIND.stage(dataset=TEXT_DATASET_FILES, memory=8000, priority=20)
def select(e: Settings, *, dataset: str) -> Job:
    """A data set: the answers that a selector keeps."""
    chosen, key = e.dataset(dataset), split_labeller(dataset)[0]
    reads = chosen_from(e, dataset, _pool(e, e.labeller(dataset)))
    plugins = [module_name(chosen.select, package="selection.texts")]
    if key in e.datasets:
        return Job(reads=reads, config={"dataset": f"datasets.{key}"}, plugins=plugins)
    return Job(reads=reads, values={"dataset": chosen}, plugins=plugins)


@KIND.stage(proxy=TEXT_PROXY_FILES, memory=8000, priority=20)
def proxy(e: Settings, *, dataset: str) -> Job:
    """p_* of a data set of synthesized answers, by the oracle's score and a threshold."""
    chosen = select(e, dataset=dataset)
    config = {name: f"proxy.{name}" for name in ("threshold", "thresholds", "resamples")}
    reads = {**chosen.reads, **judged_by_oracle(e, dataset)}
    return replace(chosen, reads=reads, config={**chosen.config, **config})


@KIND.stage(outcomes=TEXT_OUTCOME_FILES, evaluation=TEXT_EVALUATION_FILES, priority=20)
def evaluate(e: Settings, *, model: str, decoding: str) -> Job:
    """ROUGE of a model's answers to the test prompts."""
    return Job(
        reads=tested(e, model, decoding, TEXT_PROMPT_FILES),
        config={"metrics": "evaluation.metrics"},
    )


@KIND.stage(baselines=BASELINE_FILES)
def evaluate_baselines(e: Settings) -> Job:
    """ROUGE of answers that no model wrote."""
    return Job(
        reads={split: TEXT_PROMPT_FILES(split=split) for split in ("test", "train")},
        config={
            "metrics": "evaluation.metrics",
            "lead_words": "evaluation.lead_words",
            "template": "data.template",
        },
    )


@KIND.stage(examples=EXAMPLE_FILES, memory=2000, minutes=30, priority=30)
def pick_examples(e: Settings) -> Job:
    """Test prompts for people to read, with the answers of the first generator and a student of each data set."""
    students = [Model(name, e.downstream.seeds[0]) for name in e.trained_datasets()]
    models, decoding = [e.labeller(), *students], e.evaluation.decoding
    return Job(
        reads={
            "prompts": TEXT_PROMPT_FILES(split="test"),
            "candidates": [file for model in models for file in candidates(e, model, "test", decoding)],
            "outcomes": [TEXT_OUTCOME_FILES(model=model.name, decoding=decoding) for model in models],
        },
        config={"metric": "evaluation.metrics.0"},
    )


@KIND.accounts
def accounted(e: Settings) -> Iterator[File]:
    """Prompts, and every candidate, score and row of a data set that is made from them."""
    yield from labelled.accounted(e, TEXT_PROMPT_FILES, TEXT_DATASET_FILES)
    for labeller in e.labellers()[1:]:
        yield from (_pool(e, labeller)(split) for split in ("train", "synthesize"))
        yield TEXT_DATASET_FILES(dataset=e.file_of(GENERATOR_DATASET, labeller))
    yield from (TEXT_DATASET_FILES(dataset=model.dataset) for model in e.further())


@KIND.by_worth
def worth(e: Settings) -> Iterator[File]:
    """Baselines and p_*, then evaluations: one seed of everything before the next, generators first."""
    yield BASELINE_FILES()
    yield from (TEXT_PROXY_FILES(dataset=name) for name in e.trained_files())
    for model, decoding in sorted(e.evaluated(), key=lambda pair: (pair[0].seed, pair[0].role != GENERATOR)):
        yield TEXT_EVALUATION_FILES(model=model.name, decoding=decoding)
