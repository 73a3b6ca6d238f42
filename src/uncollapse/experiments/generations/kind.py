"""Experiments over generations: a job for each generation and stage, so that further generations recompute none."""

from collections.abc import Iterator
from typing import Any

from uncollapse.artifacts.artifact import File
from uncollapse.artifacts.base_models import BASE_MODEL_FILES
from uncollapse.artifacts.corpora import CORPUS_FILES, PACKAGE_FILES
from uncollapse.corpora.packages import package_named
from uncollapse.experiments.generations.artifacts import (
    EDIT_SHARE_FILES,
    EDITED_FILES,
    JUDGED_FILES,
    LEARNED_FILES,
    MEASURED_FILES,
    POSITION_FILES,
    QUALITY_FILES,
    REAL_FILES,
    SHOWN_FILES,
    STATE_FILES,
    VERIFIER_FILES,
    WRITTEN_FILES,
    YARDSTICK_FILES,
)
from uncollapse.experiments.generations.frames import FRAMES, VALUES
from uncollapse.experiments.generations.settings import GenerationsSettings as Settings
from uncollapse.experiments.generations.settings import Run, first_writer
from uncollapse.experiments.kind import Job, Kind, Reads, own_files
from uncollapse.generations.plugins import DATA, MODELS, VERIFIERS
from uncollapse.generations.regimes import origins, real_rows
from uncollapse.settings.finding import load_plugin, module_name

KIND = Kind("generations", Settings, frames=FRAMES, values=VALUES)


def _model(e: Settings, learner: str) -> list[str]:
    return [module_name(e.learners[learner].model.name, package=MODELS)]  # type: ignore[attr-defined]


def _verifier(e: Settings, name: str) -> list[str]:
    return [module_name(e.verifiers[name].kind, package=VERIFIERS)]  # type: ignore[attr-defined]


def _learner_of(e: Settings, run: str, generation: int) -> str:
    """Learner of a model's files; KeyError where config has no such model."""
    if generation:
        return e.run(run, generation).learner
    if run not in e.used_learners():
        raise KeyError(run)
    return run


# real rows


def _source(data: Any) -> Reads:
    """Files that rows are read from, by the settings of their source."""
    module = load_plugin(data.name, package=DATA)
    if hasattr(module, "PACKAGE"):
        return {"package": PACKAGE_FILES(file=package_named(module.PACKAGE).file)}
    if getattr(data, "corpus", None) is not None:
        return {"corpus": CORPUS_FILES(corpus=data.corpus)}
    return {"files": own_files(data)}


@KIND.stage(real=REAL_FILES, minutes=240)
def read_rows(e: Settings, *, learner: str) -> Job:
    """Real rows to learn from, and others to measure by."""
    data = e.learners[learner].data
    return Job(
        reads=_source(data),
        config={
            "data": f"learners.{learner}.data",
            "held_out": f"learners.{learner}.held_out",
            "seed": "sample_seed",
        },
        values={"train": e.learners[learner].training_rows, "learner": learner},
        plugins=[module_name(data.name, package=DATA)],  # type: ignore[attr-defined]
    )


@KIND.stage(yardstick=YARDSTICK_FILES, memory=8000)
def measure_real(e: Settings, *, learner: str) -> Job:
    """Collapse's measures of real rows themselves: what they are when nothing has collapsed."""
    return Job(
        reads={"real": REAL_FILES(learner=learner)},
        config={"model": f"learners.{learner}.model", "rows": f"learners.{learner}.rows"},
        plugins=_model(e, learner),
    )


@KIND.stage(verifier=VERIFIER_FILES, memory=8000, minutes=240, gpu=True)
def learn_verifier(e: Settings, *, verifier: str, learner: str) -> Job:
    """Verifier of generations, from real rows."""
    data = getattr(e.verifiers[verifier], "data", None)
    own: Reads = {"real": REAL_FILES(learner=learner)}
    return Job(
        reads=own if data is None else _source(data),
        config={"verifier": f"verifiers.{verifier}", "seed": "sample_seed", "compute": "compute"},
        plugins=_verifier(e, verifier) + ([] if data is None else [module_name(data.name, package=DATA)]),
    )


# generations


def _files(artifact: Any, e: Settings, run: str, generation: int, shard: int) -> File:
    return artifact(run=run, generation=generation, shard=shard, shards=e.shards)


def _written(e: Settings, run: Run, generation: int, shard: int) -> File:
    """Rows that the generation after this one learns from."""
    if run.editing is not None:
        return _files(EDITED_FILES, e, run.name, generation, shard)
    return WRITTEN_FILES(writer=run.writer(generation), generation=generation, shard=shard, shards=e.shards)


@KIND.stage(model=STATE_FILES, learned=LEARNED_FILES, memory=8000, minutes=1440, priority=20, gpu=True)
def fit_generation(e: Settings, *, run: str, generation: int, shard: int, shards: int) -> Job:
    """Models of a generation, one for each seed of the shard, and which rows they learn from."""
    learner = _learner_of(e, run, generation)
    seeds = e.shard_seeds(shard, shards)
    settings = e.learners[learner]
    reads: dict[str, Any] = {"real": REAL_FILES(learner=learner)}
    config = {"model": f"learners.{learner}.model", "compute": "compute"}
    values: dict[str, Any] = {"seeds": seeds, "generation": generation, "rows": settings.rows}
    if generation:
        mine = e.run(run, generation)
        earlier = origins(mine.regime, generation)
        if not real_rows(mine.regime, generation, rows=mine.rows):
            del reads["real"]
        reads["first"] = _files(STATE_FILES, e, learner, 0, shard)
        reads["written"] = [_written(e, mine, k, shard) for k in earlier]
        if mine.verification is not None:
            reads["judged"] = [_files(JUDGED_FILES, e, run, k, shard) for k in earlier]
        values |= {"origins": earlier, "regime": mine.regime.model_dump()}
    return Job(reads=reads, config=config, values=values, plugins=_model(e, learner))


@KIND.stage(written=WRITTEN_FILES, memory=8000, minutes=1440, priority=20, gpu=True)
def write_generation(e: Settings, *, writer: str, generation: int, shard: int, shards: int) -> Job:
    """Rows that a generation's models write."""
    if generation:
        run = e.run(writer, generation)
        model, learner, rows = writer, run.learner, run.needed(generation)
    else:
        learner, rows = e.first_writers()[writer]
        model = learner
    return Job(
        reads={"model": _files(STATE_FILES, e, model, generation, shard)},
        config={"model": f"learners.{learner}.model", "compute": "compute"},
        values={"seeds": e.shard_seeds(shard, shards), "rows": rows, "generation": generation},
        plugins=_model(e, learner),
    )


@KIND.stage(
    rows=EDITED_FILES,
    positions=POSITION_FILES,
    shares=EDIT_SHARE_FILES,
    memory=8000,
    minutes=720,
    priority=20,
    gpu=True,
)
def edit_generation(e: Settings, *, run: str, generation: int, shard: int, shards: int) -> Job:
    """Texts that a generation learned from, edited by ToEdit for the next one."""
    mine = e.run(run, generation + 1)
    chosen = mine.editing
    if chosen is None:
        raise KeyError(run, generation)
    reads: dict[str, Any] = {}
    if generation:
        reads["rows"] = _files(EDITED_FILES, e, run, generation - 1, shard)
        reads["before"] = _files(POSITION_FILES, e, run, generation - 1, shard)
        if chosen.frozen:
            reads["first"] = _files(POSITION_FILES, e, run, 0, shard)
    elif chosen.written:
        writer = first_writer(mine.learner, mine.rows)
        reads["written"] = WRITTEN_FILES(writer=writer, generation=0, shard=shard, shards=e.shards)
    if not generation or chosen.share is not None:
        reads["real"] = REAL_FILES(learner=mine.learner)
    config = {key: f"runs.{run}.editing.{key}" for key in ("editing", "share")} | {"compute": "compute"}
    plugins = []
    if chosen.base is not None:
        reads["prior"] = BASE_MODEL_FILES(base_model=chosen.base)
    else:
        reads["prior"] = VERIFIER_FILES(verifier=chosen.verifier, learner=mine.learner)
        config["verifier"] = f"verifiers.{chosen.verifier}"
        plugins = _verifier(e, chosen.verifier or "")
    return Job(
        reads=reads,
        config=config,
        values={
            "seeds": e.shard_seeds(shard, shards),
            "generation": generation,
            "number": mine.rows,
            "synthetic": chosen.written,
        },
        plugins=plugins,
    )


@KIND.stage(judged=JUDGED_FILES, quality=QUALITY_FILES, memory=8000, minutes=240, priority=20, gpu=True)
def verify_generation(e: Settings, *, run: str, generation: int, shard: int, shards: int) -> Job:
    """Rows of a generation that the next one may learn from, and p* of the verifier that says so."""
    mine = e.runs[run]
    if mine.verification is None or not 0 <= generation < mine.generations:
        raise KeyError(run, generation)
    whole = e.run(run, 1)
    truth, verifier = mine.verification.truth, mine.verification.verifier
    return Job(
        reads={
            "written": _written(e, whole, generation, shard),
            "verifier": VERIFIER_FILES(verifier=verifier, learner=mine.learner),
            "truth": VERIFIER_FILES(verifier=truth, learner=mine.learner),
        },
        config={
            "verifier": f"verifiers.{verifier}",
            "truth": f"verifiers.{truth}",
            "at_random": f"runs.{run}.verification.at_random",
            "compute": "compute",
        },
        values={
            "seeds": e.shard_seeds(shard, shards),
            "generation": generation,
            "run": run,
            "most": whole.needed_after_verification(generation),
        },
        plugins=[*_verifier(e, verifier), *_verifier(e, truth)],
    )


@KIND.stage(measured=MEASURED_FILES, shown=SHOWN_FILES, memory=8000, minutes=240, priority=10, gpu=True)
def measure_generation(e: Settings, *, run: str, generation: int, shard: int, shards: int) -> Job:
    """Loss of a generation's models on held-out rows, and collapse's measures of what they write."""
    learner = _learner_of(e, run, generation)
    writer = run if generation else first_writer(learner, e.learners[learner].rows)
    return Job(
        reads={
            "real": REAL_FILES(learner=learner),
            "model": _files(STATE_FILES, e, run, generation, shard),
            "written": WRITTEN_FILES(writer=writer, generation=generation, shard=shard, shards=e.shards),
        },
        config={
            "model": f"learners.{learner}.model",
            "rows": f"learners.{learner}.rows",
            "shown": f"learners.{learner}.shown",
            "compute": "compute",
        },
        values={"seeds": e.shard_seeds(shard, shards)},
        plugins=_model(e, learner),
    )


@KIND.accounts
def accounted(e: Settings) -> Iterator[File]:
    """Every real row, every row that a model learns from, and every judgement."""
    shards = range(1, e.shards + 1)
    yield from (REAL_FILES(learner=learner) for learner in e.used_learners())
    for run, generation in e.learned():
        yield from (_files(LEARNED_FILES, e, run, generation, shard) for shard in shards)
    for name, run in e.runs.items():
        if run.verification is not None:
            yield from (
                _files(JUDGED_FILES, e, name, generation, shard)
                for generation in range(run.generations)
                for shard in shards
            )
