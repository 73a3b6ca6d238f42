"""Any Parquet file may be put in the place of any input: the stage says what is wrong with it, or does its work right.

Every case is a real stage on small files. One input is changed in some way, and then there are two good ends: an error
that names the file, and outputs with the rows of the undisturbed run. All else would be a traceback from deep inside,
or silent loss.
"""

from __future__ import annotations

import hashlib
import random
import shutil
from collections import defaultdict
from collections.abc import Callable
from dataclasses import dataclass
from importlib import import_module
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from uncollapse.artifacts.candidates import CANDIDATES
from uncollapse.artifacts.datasets import DATASET
from uncollapse.artifacts.evaluations import EVALUATION
from uncollapse.artifacts.findings import FINDINGS
from uncollapse.artifacts.parquet import ROW_GROUP, ParquetWriter, row_account, write_table
from uncollapse.artifacts.prompts import prompts as prompt_schema
from uncollapse.artifacts.scores import SCORES
from uncollapse.errors import ArtifactError, UncollapseError
from uncollapse.jobs.stage import Stage
from uncollapse.jobs.store import content_hash
from uncollapse.models.encoder_decoder import EncoderDecoder
from uncollapse.models.settings import ModelSettings
from uncollapse.models.weights import save_weights
from uncollapse.tasks import eigenvalues, number_encoding

ROOT = Path(__file__).parents[3]
BODIES = "uncollapse.experiments.sequence.stages"
PROMPTS, WIDTH = 12, 2
TASK = {"name": "eigenvalues", "matrix_size": 2}
COMPUTE = {"device": "cpu", "dtype": "float32"}


@dataclass(frozen=True, kw_only=True)
class Case:
    """A stage with its spec; inputs and outputs by name, as files in the folder of good files."""

    body: str
    spec: dict[str, Any]
    inputs: dict[str, list[str]]
    outputs: tuple[str, ...]


def _selection(select: str, *, verifier: str | None = None, size: int | None = None) -> dict[str, Any]:
    dataset = {"select": select, "decoding": None if select == "labels" else "beam2", "verifier": verifier}
    return {"task": TASK, "dataset": dataset | {"size": size}, "available": PROMPTS, "resamples": 100}


JUDGED = {"prompts": ["prompts"], "candidates": ["candidates"], "scores": ["scores"]}
TRAINING = {
    "task": TASK,
    "model": {"dimension": 8, "encoder_layers": 1, "heads": 2},
    "training": {"steps": 2, "batch_size": 4, "log_every": 1, "validate_every": 2},
    "compute": COMPUTE,
    "seed": 0,
    "validation": {"tolerance": 0.1},
}
CASES = {
    "label": Case(
        body=f"{BODIES}.label",
        spec={"task": TASK, "compute": COMPUTE, "beams": 2, "prompts": PROMPTS, "shard": 1, "shards": 1},
        inputs={"prompts": ["prompts"], "weights": ["model"]},
        outputs=("candidates",),
    ),
    "verify": Case(
        body=f"{BODIES}.verify",
        spec={"task": TASK, "verifier": {"kind": "tolerance", "tolerance": 0.1}},
        inputs={"prompts": ["prompts"], "candidates": ["candidates"]},
        outputs=("scores",),
    ),
    **{
        f"select {select}": Case(
            body=f"{BODIES}.select",
            spec=_selection(select, verifier="oracle" if judged else None, size=size),
            inputs=JUDGED if judged else {name: JUDGED[name] for name in names},
            outputs=("dataset",),
        )
        for select, judged, size, names in (
            ("all", False, None, ("prompts", "candidates")),
            ("random", False, 5, ("prompts", "candidates")),
            ("correct", True, None, ()),
            ("best", True, 10, ()),
            ("labels", False, None, ("prompts",)),
        )
    },
    "proxy": Case(
        body=f"{BODIES}.proxy",
        spec=_selection("best", verifier="oracle"),
        inputs={**JUDGED, "truth": ["truth"]},
        outputs=("proxy",),
    ),
    "compare": Case(
        body=f"{BODIES}.compare_kept",
        spec=_selection("correct", verifier="oracle"),
        inputs=JUDGED,
        outputs=("kept",),
    ),
    "evaluate": Case(
        body=f"{BODIES}.evaluate",
        spec={"task": TASK, "tolerances": [0.1, 0.01], "beams": WIDTH},
        inputs={"prompts": ["prompts"], "candidates": ["candidates"]},
        outputs=("outcomes", "evaluation"),
    ),
    "train": Case(
        body=f"{BODIES}.train",
        spec=TRAINING,
        inputs={"dataset": ["dataset"], "validation": ["prompts"]},
        outputs=("weights", "curve"),
    ),
    "table": Case(
        body="uncollapse.products.stages.make_table",
        spec={"product": "feng2024_table1", "frames": {"generator_evaluations": "sequence"}, "values": {}},
        inputs={
            "generator_evaluations": [f"evaluations/generator-seed{seed}.greedy" for seed in (0, 1)],
            "reported": ["table1"],
        },
        outputs=("parquet", "csv", "markdown"),
    ),
    "claims": Case(
        body="uncollapse.report.stages.gather_claims",
        # files of any name: the fuzzed ones have others
        spec={"fresh_since": None, "scale": "default", "experiments": defaultdict(lambda: "eigenvalues")},
        inputs={"findings": ["findings"], "reported": ["claims"], "limits": ["limits"]},
        outputs=("claims", "by_scale"),
    ),
}
# inputs whose rows are one each for prompts that are known: none may be lost, doubled or out of order
COUNTED = {"prompts", "candidates", "scores", "truth"}
PARQUET = [
    (name, slot, number)
    for name, case in CASES.items()
    for slot, files in case.inputs.items()
    for number in range(len(files))
    if slot not in ("weights", "reported", "limits")
]


# the good files


@pytest.fixture(scope="module")
def good(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with a file for every input."""
    folder = tmp_path_factory.mktemp("good")
    task = eigenvalues.Settings(**TASK)
    rng = np.random.default_rng(0)
    drawn = eigenvalues.draw(task, count=PROMPTS, rng=rng)
    prompts = {"prompt_id": np.arange(PROMPTS), **drawn}
    schema = prompt_schema(eigenvalues.PROMPT_COLUMNS)
    write_table(folder / "prompts.parquet", prompts, schema)
    noise = 1 + rng.normal(0, 0.1, (PROMPTS, WIDTH, 2))
    tokens = number_encoding.encode(drawn["eigenvalues"][:, None, :] * noise).reshape(PROMPTS * WIDTH, -1)
    keys = {
        "prompt_id": np.repeat(np.arange(PROMPTS), WIDTH),
        "rank": np.tile(np.arange(WIDTH, dtype=np.int16), PROMPTS),
    }
    log_prob = -rng.random(PROMPTS * WIDTH).astype(np.float32)
    write_table(folder / "candidates.parquet", {**keys, "tokens": tokens, "log_prob": log_prob}, CANDIDATES)
    score = rng.random(PROMPTS * WIDTH)
    for name in ("scores", "truth"):
        judged = {**keys, "score": score, "accepted": score > 0.4}
        write_table(folder / f"{name}.parquet", judged, SCORES)
    table = pq.read_table(folder / "prompts.parquet").cast(schema)
    dataset = {
        "split": ["train"] * PROMPTS,
        "prompt_id": np.arange(PROMPTS),
        "rank": np.full(PROMPTS, -1, dtype=np.int16),
        "prompt_tokens": eigenvalues.prompt_tokens(table, task),
        "answer_tokens": eigenvalues.answer_tokens(table, task),
    }
    write_table(folder / "dataset.parquet", dataset, DATASET)
    (folder / "evaluations").mkdir()
    for seed in (0, 1):
        evaluation = {
            "selection": ["verify_all", "verify_best"],
            "beams": [1, 1],
            "tolerance": [0.05, 0.05],
            "prompts": [PROMPTS] * 2,
            "correct": [6 + seed, 6],
            "accuracy": [(6 + seed) / PROMPTS, 0.5],
        }
        write_table(folder / f"evaluations/generator-seed{seed}.greedy.parquet", evaluation, EVALUATION)
    findings = {
        "id": ["feng-T1-a", "feng-T1-b"],
        "statistic": ["a", "b"],
        "value": [1.0, None],
        "low": [0.5, None],
        "high": [1.5, None],
        "verdict": ["reproduced", "inconclusive"],
        "explanation": ["", ""],
        "models": [0, 0],
        "reading": [0, 0],
        "needed": ["", ""],
    }
    write_table(folder / "findings.parquet", findings, FINDINGS)
    shutil.copy(ROOT / "workflow/reported/feng2024_table1.csv", folder / "table1.csv")
    for name in ("claims", "limits"):
        shutil.copy(ROOT / f"workflow/reported/{name}.csv", folder / f"{name}.csv")
    model = EncoderDecoder(ModelSettings(dimension=8, encoder_layers=1, heads=2), eigenvalues.layout(task))
    save_weights(model, folder / "model.safetensors", about={})
    return folder


def _file(good: Path, stem: str) -> Path:
    (path,) = (good / f"{stem}{suffix}" for suffix in (".parquet", ".csv", ".safetensors")
               if (good / f"{stem}{suffix}").exists())  # fmt: skip
    return path


def _run(case: Case, good: Path, out: Path, replaced: dict[tuple[str, int], Path] | None = None) -> dict[str, str]:
    """Run the stage; what each output holds, however it is divided into row groups, as a hash."""
    inputs = {
        slot: [(replaced or {}).get((slot, number), _file(good, stem)) for number, stem in enumerate(stems)]
        for slot, stems in case.inputs.items()
    }
    shutil.rmtree(out, ignore_errors=True)
    suffixes = {"weights": "safetensors", "csv": "csv", "markdown": "md"}
    outputs = {name: out / f"{name}.{suffixes.get(name, 'parquet')}" for name in case.outputs}
    stage = Stage(body=case.body, spec=case.spec, code=[], inputs=inputs, outputs=outputs)
    try:
        stage.run(import_module(case.body).run, None)
    except BaseException:
        stage.discard()
        assert not [path for path in out.rglob("*") if path.is_file() and ".checkpoints" not in path.parts]
        raise
    return {name: _content(path) for name, path in outputs.items()}


def _content(path: Path) -> str:
    if path.suffix != ".parquet":
        return content_hash(path)
    rows = repr((row_account(path), pq.read_table(path).to_pydict()))
    return hashlib.sha256(rows.encode()).hexdigest()


def _attempt(
    case: Case, good: Path, out: Path, replaced: dict[tuple[str, int], Path]
) -> tuple[dict[str, str] | None, Exception | None]:
    try:
        return _run(case, good, out, replaced), None
    except Exception as error:
        return None, error


@pytest.fixture(scope="module")
def expected(good: Path, tmp_path_factory: pytest.TempPathFactory) -> dict[str, dict[str, str]]:
    """What every stage makes of the good files."""
    out = tmp_path_factory.mktemp("expected") / "out"
    return {name: _run(case, good, out) for name, case in CASES.items()}


# what is done to them; each returns a table, bytes, or None where it does not apply

Change = Callable[[pa.Table, random.Random], "pa.Table | bytes | None"]


def _loose(table: pa.Table, name: str, values: pa.Array | list[Any]) -> pa.Table:
    """The table with another column of that name, which may hold nulls."""
    place = table.column_names.index(name)
    array = values if isinstance(values, pa.Array) else pa.array(values, type=table.schema.field(name).type)
    return table.set_column(place, pa.field(name, array.type), array)


def _column(table: pa.Table, chance: random.Random, accepts: Callable[[pa.DataType], bool]) -> str | None:
    names = [field.name for field in table.schema if accepts(field.type)]
    return chance.choice(names) if names else None


def _missing(table: pa.Table, chance: random.Random) -> pa.Table:
    return table.drop_columns([chance.choice(table.column_names)])


def _extra(table: pa.Table, chance: random.Random) -> pa.Table:
    return table.append_column(chance.choice(["surprise", table.column_names[0]]), pa.array(range(len(table))))


def _retyped(table: pa.Table, chance: random.Random) -> pa.Table | None:
    name = chance.choice(table.column_names)
    kind = table.schema.field(name).type
    other = {
        pa.int16(): pa.int64(),
        pa.int32(): pa.int64(),
        pa.int64(): chance.choice([pa.int32(), pa.float64(), pa.string()]),
        pa.float32(): pa.float64(),
        pa.float64(): chance.choice([pa.float32(), pa.string()]),
        pa.bool_(): pa.int8(),
        pa.string(): pa.binary(),
        pa.list_(pa.int16()): chance.choice([pa.list_(pa.int64()), pa.large_list(pa.int16())]),
        pa.list_(pa.float64()): pa.list_(pa.float32()),
    }.get(kind)
    return None if other is None else _loose(table, name, table.column(name).combine_chunks().cast(other))


def _null(table: pa.Table, chance: random.Random) -> pa.Table | None:
    name = _column(table, chance, lambda kind: True)
    if name is None or (table.schema.field(name).nullable and name != "accepted"):
        return None  # nulls are allowed there
    values = table.column(name).to_pylist()
    values[chance.randrange(len(values))] = None
    return _loose(table, name, values)


def _null_in_list(table: pa.Table, chance: random.Random) -> pa.Table | None:
    name = _column(table, chance, pa.types.is_list)
    if name is None:
        return None
    values = table.column(name).to_pylist()
    values[chance.randrange(len(values))][0] = None
    return _loose(table, name, values)


def _nan(table: pa.Table, chance: random.Random) -> pa.Table | None:
    name = _column(table, chance, lambda kind: kind in (pa.float32(), pa.float64(), pa.list_(pa.float64())))
    if name is None or table.schema.field(name).nullable:
        return None
    values = table.column(name).to_pylist()
    place = chance.randrange(len(values))
    values[place] = [float("nan"), *values[place][1:]] if isinstance(values[place], list) else float("nan")
    return _loose(table, name, values)


def _ragged(table: pa.Table, chance: random.Random) -> pa.Table | None:
    name = _column(table, chance, pa.types.is_list)
    if name is None:
        return None
    values = table.column(name).to_pylist()
    first, second = chance.sample(range(len(values)), 2)
    values[first], values[second] = values[first][:-1], values[second] + values[first][-1:]
    return _loose(table, name, values)


def _empty(table: pa.Table, chance: random.Random) -> pa.Table:
    return table.slice(0, 0)


def _doubled(table: pa.Table, chance: random.Random) -> pa.Table:
    place = chance.randrange(len(table))
    return pa.concat_tables([table.slice(0, place + 1), table.slice(place)])


def _lost(table: pa.Table, chance: random.Random) -> pa.Table:
    place = chance.choice([0, len(table) - 1, chance.randrange(len(table))])
    return pa.concat_tables([table.slice(0, place), table.slice(place + 1)])


def _lost_prompt(table: pa.Table, chance: random.Random) -> pa.Table:
    lost = chance.choice([0, PROMPTS - 1, chance.randrange(PROMPTS)])
    return table.filter(pa.array(table.column("prompt_id").to_numpy() != lost))


def _swapped(table: pa.Table, chance: random.Random) -> pa.Table:
    order = list(range(len(table)))
    first, second = chance.sample(order, 2)
    order[first], order[second] = second, first
    return table.take(order)


def _renumbered(table: pa.Table, chance: random.Random) -> pa.Table:
    ids = table.column("prompt_id").to_numpy() + chance.choice([-1, 1, 5, 2**40])
    return _loose(table, "prompt_id", pa.array(ids))


def _reversed(table: pa.Table, chance: random.Random) -> pa.Table:
    return table.take(list(range(len(table)))[::-1])


def _wider(table: pa.Table, chance: random.Random) -> pa.Table | None:
    name = _column(table, chance, pa.types.is_list)
    return None if name is None else _loose(table, name, [row + row[-1:] for row in table.column(name).to_pylist()])


def _wild(table: pa.Table, chance: random.Random) -> pa.Table | None:
    """Numbers that a list of that type can hold, but no task means: infinity, and tokens outside the vocabulary."""
    name = _column(table, chance, pa.types.is_list)
    if name is None:
        return None
    values = table.column(name).to_pylist()
    place = chance.randrange(len(values))
    values[place][0] = float("inf") if isinstance(values[place][0], float) else chance.choice([-1, 30_000])
    return _loose(table, name, values)


def _other_columns_order(table: pa.Table, chance: random.Random) -> pa.Table:
    names = list(table.column_names)
    chance.shuffle(names)
    return table.select(names)


def _truncated(table: pa.Table, chance: random.Random) -> bytes:
    content = _as_bytes(table)
    return content[: chance.randrange(len(content))]


def _flipped(table: pa.Table, chance: random.Random) -> bytes:
    content = bytearray(_as_bytes(table))
    content[chance.randrange(len(content))] ^= 1 << chance.randrange(8)
    return bytes(content)


def _no_parquet(table: pa.Table, chance: random.Random) -> bytes:
    return chance.choice([b"", b"prompt_id,rank\n0,0\n", b"PAR1" + bytes(100) + b"PAR1"])


def _foreign(table: pa.Table, chance: random.Random) -> pa.Table:
    return pa.table({"question": ["What is 1 + 1?"] * len(table), "answer": ["2"] * len(table)})


ANY: list[Change] = [
    _missing, _extra, _retyped, _null, _null_in_list, _nan, _ragged, _wider, _wild, _other_columns_order, _truncated,
    _flipped, _no_parquet, _foreign,
]  # fmt: skip
ROWS: list[Change] = [_empty, _doubled]
PROMPT_ROWS: list[Change] = [_lost, _lost_prompt, _swapped, _renumbered, _reversed]


def _as_bytes(table: pa.Table) -> bytes:
    sink = pa.BufferOutputStream()
    pq.write_table(table, sink, compression="zstd", write_page_checksum=True)
    return sink.getvalue().to_pybytes()


def _changes(case: str, slot: str) -> list[Change]:
    if (case, slot) == ("verify", "candidates"):
        return [*ANY, _doubled, _swapped, _renumbered, _reversed]  # one shard of many, which may be empty
    if slot in COUNTED:
        return [*ANY, *ROWS, *PROMPT_ROWS]
    # a data set or findings may hold any number of rows; an evaluation has each once
    return [*ANY, *ROWS] if case == "table" else [*ANY, _empty] if slot == "dataset" else ANY


@pytest.mark.parametrize(("name", "slot", "number"), PARQUET, ids=lambda value: str(value))
def test_the_same_rows_in_other_row_groups_give_the_same_result(
    name: str, slot: str, number: int, good: Path, expected: dict[str, dict[str, str]], tmp_path: Path
) -> None:
    """As a file looks that another program has rewritten; candidates must stay whole prompts."""
    case = CASES[name]
    source = _file(good, case.inputs[slot][number])
    path = tmp_path / source.relative_to(good)
    path.parent.mkdir(exist_ok=True)
    pq.write_table(pq.read_table(source), path, row_group_size=4)
    found, error = _attempt(case, good, tmp_path / "out", {(slot, number): path})
    if error is None:
        assert found == expected[name]
    else:  # scores and candidates are read side by side, group by group
        assert isinstance(error, ArtifactError), repr(error)
        assert slot in ("candidates", "scores", "truth")
        assert "rerun" in str(error)


@settings(max_examples=400, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data(), seed=st.integers(0, 2**32))
def test_any_file_gives_a_typed_error_or_the_right_result(
    data: st.DataObject,
    seed: int,
    good: Path,
    expected: dict[str, dict[str, str]],
) -> None:
    name, slot, number = data.draw(st.sampled_from(PARQUET))
    case = CASES[name]
    change = data.draw(st.sampled_from(_changes(name, slot)))
    source = _file(good, case.inputs[slot][number])
    changed = change(pq.read_table(source), random.Random(seed))
    if changed is None:
        return
    folder = good.parent / "changed"
    path = folder / source.relative_to(good)
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(changed if isinstance(changed, bytes) else _as_bytes(changed))
    about = f"{name}: {slot} {change.__name__} seed {seed}"
    found, error = _attempt(case, good, folder / "out", {(slot, number): path})
    if error is None:
        assert found == expected[name], f"{about}: another result without an error"
    else:
        assert isinstance(error, UncollapseError), f"{about}: {error!r}"
        assert str(path) in str(error) or "rerun" in str(error), f"{about}: {error}"


# rows in = kept + dropped


def test_every_stage_accounts_for_its_rows(good: Path, tmp_path: Path) -> None:
    accounts = {}
    for name, case in CASES.items():
        _run(case, good, tmp_path / name)
        for path in (tmp_path / name).glob("*.parquet"):
            accounts[name, path.stem] = row_account(path)
    expected_rows = {
        ("label", "candidates"): PROMPTS,
        ("verify", "scores"): PROMPTS * WIDTH,
        ("select all", "dataset"): PROMPTS,
        ("select random", "dataset"): PROMPTS,
        ("select correct", "dataset"): PROMPTS,
        ("select best", "dataset"): PROMPTS,
        ("select labels", "dataset"): PROMPTS,
        ("proxy", "proxy"): PROMPTS * WIDTH,
        ("compare", "kept"): PROMPTS,
        ("evaluate", "outcomes"): PROMPTS,
        ("evaluate", "evaluation"): PROMPTS,
        ("train", "curve"): PROMPTS,
    }
    for key, rows in expected_rows.items():
        account = accounts[key]
        assert account is not None, key
        assert account["rows_in"] == rows == account["kept"] + sum(account["dropped"].values()), key
    assert accounts["select random", "dataset"] == {"rows_in": 12, "kept": 5, "dropped": {"not drawn": 7}}


def test_labelling_does_not_depend_on_row_groups(
    good: Path, expected: dict[str, dict[str, str]], tmp_path: Path
) -> None:
    """Prompts are found by their number: a file with many small row groups is labelled whole."""
    path = tmp_path / "prompts.parquet"
    schema = prompt_schema(eigenvalues.PROMPT_COLUMNS)
    table = pq.read_table(good / "prompts.parquet")
    assert ROW_GROUP > PROMPTS
    with ParquetWriter(path, schema) as writer:
        for start in range(0, PROMPTS, 5):
            part = table.slice(start, 5)
            writer.write({name: part.column(name) for name in part.column_names})
    assert _run(CASES["label"], good, tmp_path / "out", {("prompts", 0): path}) == expected["label"]
