"""Experiments with models trained from scratch: passages, a tokenizer, data sets, edits, models, measurements."""

import math
from collections.abc import Iterator

from uncollapse.artifacts.artifact import File
from uncollapse.artifacts.base_models import BASE_MODEL_FILES
from uncollapse.artifacts.corpora import CORPUS_FILES
from uncollapse.artifacts.curves import CURVE_FILES, WEIGHT_FILES
from uncollapse.artifacts.datasets import MIXTURE_FILES, TEST_PAIRS, TRAIN_PAIRS
from uncollapse.artifacts.edits import EDIT_COUNT_FILES, EDIT_FILES
from uncollapse.artifacts.measurements import DETAIL_FILES, MEASUREMENT_FILES
from uncollapse.artifacts.model_names import Model
from uncollapse.artifacts.passages import (
    SAMPLE_FILES,
    TEST_PASSAGES,
    TOKEN_FILES,
    TOKENIZER_FILES,
    TRAIN_PASSAGES,
    VALIDATION_PASSAGES,
    WRITTEN_FILES,
)
from uncollapse.artifacts.perplexities import PERPLEXITY_FILES
from uncollapse.artifacts.synthesis import COST_FILES, SYNTHESIS_TEXT_FILES
from uncollapse.artifacts.tasks import ITEM_FILES, TASK_SCORE_FILES
from uncollapse.downstream_tasks.local_data import local_data
from uncollapse.experiments.kind import Job, Kind, Read
from uncollapse.experiments.pretraining.frames import FRAMES, VALUES
from uncollapse.experiments.pretraining.reads import (
    ENCODER,
    definition_of,
    encoder,
    first_seed,
    has_made_items,
    mixed_from,
    texts,
)
from uncollapse.experiments.pretraining.settings import PretrainingExperimentSettings as Settings
from uncollapse.language.settings import EngineSettings
from uncollapse.pretraining.measurement_settings import TaskSettings
from uncollapse.settings.finding import module_name

KIND = Kind("pretraining", Settings, frames=FRAMES, values=VALUES)
ENGINE = "uncollapse.language.engines.transformers_engine"
PASSAGES = {"train": TRAIN_PASSAGES, "validation": VALIDATION_PASSAGES, "test": TEST_PASSAGES}


# texts


@KIND.stage(train=TRAIN_PASSAGES, validation=VALIDATION_PASSAGES, test=TEST_PASSAGES, minutes=240)
def cut_passages(e: Settings) -> Job:
    """Passages of one length, cut from the documents of all corpora."""
    return Job(reads={f"corpus_{name}": CORPUS_FILES(corpus=name) for name in e.data.corpora}, config={"data": "data"})


@KIND.stage(tokenizer=TOKENIZER_FILES)
def train_tokenizer(e: Settings) -> Job:
    """The tokenizer of all models of the experiment."""
    return Job(reads={"passages": TRAIN_PASSAGES()}, config={"tokenizer": "tokenizer"})


@KIND.stage(tokens=TOKEN_FILES, minutes=120)
def encode_passages(e: Settings, *, split: str) -> Job:
    """The passages of a split as token ids."""
    return Job(reads={"passages": PASSAGES[split](), "tokenizer": TOKENIZER_FILES()})


@KIND.stage(train=TRAIN_PAIRS, test=TEST_PAIRS)
def encode_instructions(e: Settings) -> Job:
    """Instructions with answers as token ids, to fine-tune on and to be judged by."""
    if e.instructions is None:
        raise KeyError("instructions")
    return Job(
        reads={"corpus": CORPUS_FILES(corpus=e.instructions.corpus), "tokenizer": TOKENIZER_FILES()},
        config={"instructions": "instructions"},
    )


# texts that models write


@KIND.stage(samples=SAMPLE_FILES, memory=8000, minutes=240, priority=20, gpu=True)
def sample_texts(e: Settings, *, writer: str) -> Job:
    """Texts by a model of the experiment: as many tokens as the largest data set takes, two for rounding included."""
    datasets = e.sampled_by(writer)
    wanted = [round((each.tokens or e.tokens) * each.machine_share) for each in datasets]
    return Job(
        reads={"model": first_seed(e, datasets[0].generator, datasets[0].generator_dataset)},
        config={"sampling": "sampling", "compute": "compute"},
        values={"tokens": max(wanted) + 2},
    )


@KIND.stage(texts=WRITTEN_FILES, memory=8000, minutes=720, priority=20, gpu=True)
def write_texts(e: Settings, *, writer: str, how: str, corpus: str) -> Job:
    """Texts by a base model from passages of a corpus: as many tokens as the largest data set takes."""
    shares = [(each.tokens or e.tokens, each.written_share) for each in e.made_of(writer, how, corpus)]
    wanted = [tokens if share == 1 else math.ceil(tokens * share) + 1 for tokens, share in shares]  # rounded either way
    return Job(
        reads={
            "passages": TRAIN_PASSAGES(),
            "model": BASE_MODEL_FILES(base_model=writer),
            "tokenizer": TOKENIZER_FILES(),
        },
        config={"writing": "writing"},
        values={
            "corpus": corpus,
            "how": how,
            "tokens": max(wanted),
            "engine": EngineSettings(device=e.compute.device),
        },
        plugins=[ENGINE],
    )


@KIND.stage(costs=COST_FILES, texts=SYNTHESIS_TEXT_FILES, memory=8000, gpu=True)
def compare_synthesis(e: Settings) -> Job:
    """Costs and likeness of texts that one model writes, rephrases and edits."""
    if e.synthesis is None:
        raise KeyError("synthesis")
    return Job(
        reads={"passages": TRAIN_PASSAGES(), "model": BASE_MODEL_FILES(base_model=e.synthesis.model)},
        config={"synthesis": "synthesis", "compute": "compute"},
        values={"engine": EngineSettings()},
        plugins=[ENGINE],
    )


@KIND.stage(edits=EDIT_FILES, counts=EDIT_COUNT_FILES, memory=8000, minutes=240, priority=15, gpu=True)
def edit_texts(e: Settings, *, edit: str, generation: int) -> Job:
    """Texts, or what the generation before has made of them, edited by ToEdit."""
    settings = e.edits[edit]
    if not 1 <= generation <= settings.generations:
        raise KeyError(f"{edit}.{generation}")
    reads: dict[str, File] = {}
    if generation > 1:
        reads["before"] = EDIT_FILES(edit=edit, generation=generation - 1)
        if settings.frozen:
            reads["first"] = EDIT_FILES(edit=edit, generation=1)
    elif settings.corpus is not None:
        reads["passages"] = TRAIN_PASSAGES()
    else:
        reads |= texts(e, settings.dataset or "")
        reads |= {"tokenizer": TOKENIZER_FILES()} if settings.prior_dataset is None else {}
    if settings.prior_dataset is None:
        reads["prior"] = BASE_MODEL_FILES(base_model=settings.prior)
    else:
        reads["prior"] = first_seed(e, settings.prior, settings.prior_dataset)
    if settings.share is not None:
        reads["validation"] = TOKEN_FILES(split="validation")
    if settings.as_many_as is not None:
        reads["like"] = EDIT_FILES(edit=settings.as_many_as, generation=generation)
    config = {name: f"edits.{edit}.{name}" for name in ("editing", "corpus", "passages", "share")}
    return Job(reads=reads, config={**config, "compute": "compute"}, values={"generation": generation})


# data sets and models


@KIND.stage(dataset=MIXTURE_FILES, memory=8000, priority=20)
def select(e: Settings, *, dataset: str) -> Job:
    """A data set of a fixed number of tokens: a mixture, a selection, an edited or a written one, or pairs."""
    settings = e.datasets[dataset]
    if settings.edit is not None:
        edit = e.edits[settings.edit]
        edits = {"edits": EDIT_FILES(edit=settings.edit, generation=edit.generations)}
        edits |= {"tokenizer": TOKENIZER_FILES()} if edit.prior_dataset is None else {}
        return Job(reads={**edits, **texts(e, edit.dataset or "")})
    if settings.instructions:
        return Job(reads={"pairs": TRAIN_PAIRS()})
    config = {
        "tokens": f"datasets.{dataset}.tokens" if settings.tokens else "tokens",
        "part": f"datasets.{dataset}.part",
        "select": f"datasets.{dataset}.select",
        "machine": "data.machine",
    }
    config |= {"compute": "compute"} if dataset in e.selected_by_models() else {}
    by = [module_name(settings.select.by, package="passage_selection.selectors")] if settings.select else []
    return Job(reads=mixed_from(e, settings), config=config, values={"shares": e.shares(dataset)}, plugins=by)


KIND.variant("select_by_model", of="select", only=("dataset", Settings.selected_by_models), gpu=True)


@KIND.stage(weights=WEIGHT_FILES, curve=CURVE_FILES, memory=8000, minutes=1440, priority=10, gpu=True)
def train(e: Settings, *, model: str) -> Job:
    """A language model on one data set, from scratch or from where another one ended."""
    trained = Model.parse(model)
    name, dataset = e.parts_of(trained)
    reads = texts(e, dataset) | {"validation": TOKEN_FILES(split="validation"), "tokenizer": TOKENIZER_FILES()}
    settings = e.models[name]
    if settings.initial is not None:
        reads["initial"] = first_seed(e, settings.initial, settings.initial_dataset)
    return Job(
        reads=reads,
        config={
            "architecture": f"models.{e.ancestry(name)[-1]}.architecture",
            "training": f"models.{name}.training",
            "compute": "compute",
        },
        values={"seed": trained.seed},
    )


# measurements


@KIND.stage(perplexities=PERPLEXITY_FILES, minutes=120, priority=20, gpu=True)
def measure_perplexity(e: Settings, *, model: str) -> Job:
    """Perplexity of a model on the test passages of every corpus, and of answers where it is about instructions."""
    name, dataset = e.parts_of(Model.parse(model))
    reads = {"tokens": TOKEN_FILES(split="test"), "model": WEIGHT_FILES(model=model)}
    tuned = [one for each, one in e.models.items() if any(map(e.of_pairs, e.trained_on(each)))]
    if e.of_pairs(dataset) or any((one.initial, one.initial_dataset) == (name, dataset) for one in tuned):
        reads["pairs"] = TEST_PAIRS()
    return Job(reads=reads, config={"held_out": "data.held_out", "compute": "compute"})


@KIND.stage(measurements=MEASUREMENT_FILES, details=DETAIL_FILES, memory=8000, minutes=120, priority=15, gpu=True)
def diagnose_texts(e: Settings, *, diagnostic: str) -> Job:
    """Differences of human and machine-written texts: in n-grams, in embeddings, or to a model that judges them."""
    chosen = e.diagnostics
    if chosen is None or diagnostic not in chosen.names:
        raise KeyError(diagnostic)
    reads = {"passages": TRAIN_PASSAGES()} | {
        f"dataset_{each}": MIXTURE_FILES(dataset=each) for each in chosen.datasets
    }
    if diagnostic == "embeddings":
        reads["encoder"] = encoder()
    elif diagnostic != "ngrams":
        prior = chosen.priors[diagnostic]
        if prior.base is not None:
            reads["prior"] = BASE_MODEL_FILES(base_model=prior.base)
        else:
            reads["prior"] = first_seed(e, prior.model, prior.dataset)
    return Job(
        reads=reads,
        config={
            "passages": f"diagnostics.{'counted' if diagnostic == 'ngrams' else 'passages'}",
            "datasets": "diagnostics.datasets",
            "seed": "diagnostics.seed",
            "compute": "compute",
        },
        values={"diagnostic": diagnostic, "encoder": ENCODER},
    )


# downstream tasks


def _tasks(e: Settings) -> TaskSettings:
    if e.tasks is None:
        raise KeyError("tasks")
    return e.tasks


@KIND.stage(task_items=ITEM_FILES)
def make_task_items(e: Settings, *, task: str) -> Job:
    """Items of one downstream task, made from test passages."""
    chosen = _tasks(e)
    if task not in chosen.names or not has_made_items(task):
        raise KeyError(task)
    limited = {"corpora": "tasks.corpora"} if chosen.corpora is not None else {}
    return Job(
        reads={"passages": TEST_PASSAGES()},
        config={"items": "tasks.items", "seed": "tasks.seed", **limited},
        values={"task": task},
    )


@KIND.stage(scores=TASK_SCORE_FILES, memory=8000, minutes=240, priority=20, gpu=True)
def evaluate_tasks(e: Settings, *, model: str) -> Job:
    """Scores of a model in the downstream tasks; definitions are files of the checkout or of the user."""
    chosen = _tasks(e)
    if not e.has_tasks(Model.parse(model)):
        raise KeyError(model)
    reads: dict[str, Read | list[str]] = {"model": WEIGHT_FILES(model=model)}
    for number, task in enumerate(chosen.names):
        if (definition := definition_of(task)) is not None:
            reads[f"definition_{number}"] = definition
            reads[f"data_{number}"] = list(local_data(definition))
        if has_made_items(task):
            reads[f"items_{number}"] = ITEM_FILES(task=task)
    config = {key: f"tasks.{key}" for key in ("names", "limit", "shots", "batch_size", "seed")}
    return Job(reads=reads, config={**config, "compute": "compute"})


@KIND.accounts
def accounted(e: Settings) -> Iterator[File]:
    """Passages, pairs, and the data sets that models are trained on."""
    yield from (artifact() for artifact in PASSAGES.values())
    if e.instructions is not None:
        yield from (TRAIN_PAIRS(), TEST_PAIRS())
    trained = {name for model in e.models for name in e.trained_on(model)}
    yield from (MIXTURE_FILES(dataset=name) for name in e.datasets if name in trained)
