"""Sample candidates of one shard of the prompts: from a model in process, a server, or a file."""

import sys
from collections import Counter
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from uncollapse.artifacts.parquet import ParquetWriter, columns_of, read_table
from uncollapse.errors import DataError
from uncollapse.experiments.rejection_sampling.artifacts import ASKED, SAMPLED, VERDICTS
from uncollapse.experiments.rejection_sampling.existing import candidates_of_file
from uncollapse.experiments.rejection_sampling.pools import lacking
from uncollapse.experiments.rejection_sampling.tables import write_prompt_file
from uncollapse.generators.answer import NO_ANSWER
from uncollapse.generators.candidate_file import without_answer
from uncollapse.generators.in_process import sample_in_process
from uncollapse.generators.places import Places
from uncollapse.generators.question import Asking
from uncollapse.jobs.sharding import shard_of
from uncollapse.jobs.stage import Stage
from uncollapse.language.engines.choose import load_engine
from uncollapse.language.settings import EngineSettings, SamplingSettings
from uncollapse.prompts.prompt_file import PromptFile

_MODEL = "model"  # every model's name in keys, so that all draw with the same random numbers
_ROUNDS = 1000  # tells the seeds of rounds apart


def run(stage: Stage) -> None:
    """Inputs asked; model, for a student with changed, or candidates (a file); in later rounds sampled and
    verdicts_<name> of those before; output sampled.

    Spec: sampling, asked, seed, round, shard, shards; engine, endpoint or candidates (text, prompt_id); in later rounds
    budgets, parts, cut_off.
    """
    spec = stage.spec
    asked = read_table(stage.input("asked"), ASKED)
    if spec["round"] > 1 and not _lacking(stage, asked):
        with ParquetWriter(stage.output("sampled"), SAMPLED):
            print(f"round {spec['round']}: all selections have the rows that they ask for", file=sys.stderr)
        return
    mine = shard_of(len(asked), spec["shard"], spec["shards"])
    some = asked.slice(mine.start, len(mine))
    samples = spec["sampling"]["candidates"]
    if "candidates" in spec:
        rows, dropped = candidates_of_file(stage.input("candidates"), asked, some, **spec["candidates"])
        asked_for = len(rows)
    elif len(some):
        rows, dropped = _sampled(stage, some)
        asked_for = len(some) * samples
    else:
        rows, dropped, asked_for = [], {}, 0
    first = (spec["round"] - 1) * samples
    rows = [row | {"sample": row["sample"] + first} for row in rows]
    with ParquetWriter(stage.output("sampled"), SAMPLED) as writer:
        if rows:
            writer.write(columns_of(rows, SAMPLED))
        writer.count(rows_in=asked_for, kept=len(rows), dropped=dropped)


def _lacking(stage: Stage, asked: pa.Table) -> list[str]:
    """Selections that still lack rows."""
    verdicts = {
        name.removeprefix("verdicts_"): read_table(paths, VERDICTS)
        for name, paths in stage.inputs.items()
        if name.startswith("verdicts_")
    }
    sampled = read_table(stage.inputs["sampled"], SAMPLED)
    return lacking(
        asked,
        sampled,
        verdicts,
        stage.spec["budgets"],
        parts=stage.spec["parts"],
        cut_off=stage.spec["cut_off"] == "keep",
    )


def _sampled(stage: Stage, some: pa.Table) -> tuple[list[dict[str, Any]], dict[str, int]]:
    """Candidates of some prompts, and how many have no answer of the model, by status."""
    spec = stage.spec
    folder = stage.checkpoint("sampled")
    folder.mkdir(parents=True, exist_ok=True)
    prompts = write_prompt_file(some, folder / "prompts.parquet")
    places = Places(folder / "candidates.parquet", folder / "answers.sqlite")
    if "endpoint" in spec:
        _of_server(spec, prompts, places)
    else:
        _in_process(stage, prompts, places)
    rows = pq.read_table(places.output, columns=SAMPLED.names).to_pylist()
    beside = without_answer(places.output)
    lost = pq.read_table(beside, columns=["status", "reason"]).to_pylist() if beside.exists() else []
    dropped = Counter(row["status"] for row in lost)
    if not rows:
        told = "; ".join(
            f"{reason} ({times:,})" for reason, times in Counter(one["reason"] for one in lost).most_common(3)
        )
        raise DataError(f"no prompt of this shard has an answer of the model: {told}")
    if dropped["unanswered"]:
        raise DataError(
            f"{dropped['unanswered']:,} of {len(rows) + len(lost):,} requests are without a reply; what came is kept,"
            " and the same command asks for the rest"
        )
    return rows, {status: dropped[status] for status in NO_ANSWER if dropped[status]}


def _drawn(spec: dict[str, Any]) -> dict[str, Any]:
    given = spec["sampling"]
    drawn = {"temperature": given["temperature"], "max_tokens": given["max_new_tokens"]}
    return drawn | {name: given[name] for name in ("top_p", "top_k") if given[name] is not None}


def _of_server(spec: dict[str, Any], prompts: PromptFile, places: Places) -> None:
    # here, since the client of servers takes as long to import as most students to answer
    from uncollapse.generators.endpoint import EndpointSettings
    from uncollapse.generators.from_endpoint import sample_from_endpoint

    block = dict(spec["endpoint"])
    model = block.pop("model")
    samples = spec["sampling"]["candidates"]
    seed = spec["seed"] * _ROUNDS + (spec["round"] - 1) * samples
    asking = Asking(model=model, kind=spec["asked"], parameters=_drawn(spec), seed=seed)
    sample_from_endpoint(prompts, asking, samples, EndpointSettings(**block), places)


def _in_process(stage: Stage, prompts: PromptFile, places: Places) -> None:
    spec = stage.spec
    seed = spec["seed"] * _ROUNDS + spec["round"] - 1
    asking = Asking(model=_MODEL, kind=spec["asked"], parameters=_drawn(spec) | {"seed": seed})
    changed = stage.input("changed") if "changed" in stage.inputs else None
    engine = load_engine(stage.input("model"), EngineSettings(**spec["engine"]), threads=stage.threads, changed=changed)
    sample_in_process(prompts, asking, SamplingSettings(**spec["sampling"]), engine, places)
