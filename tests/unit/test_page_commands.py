"""Command lines that pages show: each is run, planned, tested elsewhere, or not run for a reason that is told.

tests/page_commands.yaml says which. Pages that other tests follow to the letter have no place in it.
"""

from __future__ import annotations

import json
import re
import shlex
import subprocess
import sys
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
import tiny_models
import yaml
from own_candidates import write_candidates

from uncollapse.commands.entry import run as uncollapse
from uncollapse.config.files import read
from uncollapse.planning.plan import Plan

ROOT = Path(__file__).parents[2]
FOLLOWED = ("own_data.md", "library.md", "stages.md")  # test_own_data_page, test_library_page; lists no commands
PAGES = [
    *(ROOT / name for name in ("README.md", "CONTRIBUTING.md")),
    *(path for path in sorted((ROOT / "docs").glob("*.md")) if path.name not in FOLLOWED),
]
HELD: dict[str, dict[str, dict[str, Any]]] = yaml.safe_load((ROOT / "tests/page_commands.yaml").read_text())
PROGRAM = r"make|python3?|pytest|pip|snakemake|uncollapse|conda|apptainer|docker|git|\.|\.venv/bin/\w+"
COMMAND = re.compile(rf"^ {{4}}(?:\$ )?((?:{PROGRAM})(?: .*)?)$", re.MULTILINE)


def commands(page: Path) -> list[str]:
    """Command lines of a page's blocks, without remarks behind them."""
    found = COMMAND.findall(page.read_text(encoding="utf-8"))
    return [re.split(r" +# |\s{2,}# ", line)[0].strip() for line in found]


def held(how: str) -> list[Any]:
    return [
        pytest.param(command, ways[how], id=f"{page}: {command}")
        for page, lines in HELD.items()
        for command, ways in lines.items()
        if how in ways
    ]


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_every_command_of_a_page_has_its_line(page: Path) -> None:
    lines = HELD.get(page.relative_to(ROOT).as_posix(), {})
    assert sorted(set(commands(page))) == sorted(lines)
    assert all(len(ways) == 1 for ways in lines.values())


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The files that commands of the pages name."""
    tmp_path = tmp_path_factory.mktemp("pages")
    rng = np.random.default_rng(0)
    correct = rng.random(600) < 0.4
    kept = rng.random(600) < np.where(correct, 0.8, 0.2)
    columns = {"prompt_id": np.arange(600) // 2, "correct": correct, "kept": kept}
    table = pd.DataFrame(columns | {"log_prob": rng.normal(correct)})
    table.to_csv(tmp_path / "candidates.csv", index=False)
    table = table.assign(perplexity=-table["log_prob"], sum=np.arange(600) // 2 % 7)
    table.assign(smallest=np.arange(600) // 2 % 5).to_parquet(tmp_path / "candidates.parquet")
    (tmp_path / "self.parquet").write_bytes((tmp_path / "candidates.parquet").read_bytes())
    write_candidates(tmp_path / "candidates.jsonl", prompts=3)
    rows = [json.loads(line) | {"answer": "2"} for line in (tmp_path / "candidates.jsonl").read_text().splitlines()]
    rows = [{name: value for name, value in row.items() if name not in ("accepted", "score")} for row in rows]
    for name in ("candidates.jsonl", "math.jsonl"):
        (tmp_path / name).write_text("".join(json.dumps(row) + "\n" for row in rows))
    named = re.search(r"^    verifiers:\n(?:    .+\n)+", (ROOT / "docs/verifiers.md").read_text(), re.MULTILINE)
    assert named is not None
    (tmp_path / "verifiers.yaml").write_text(re.sub(r"^    ", "", named[0], flags=re.MULTILINE))
    program = {
        "prompt": "Twice x.",
        "text": "```python\ndef f(x):\n    return 2 * x\n```",
        "tests": ["assert f(2) == 4"],
    }
    (tmp_path / "programs.jsonl").write_text(json.dumps(program) + "\n")
    pd.DataFrame({"text": [tiny_models.TEXT] * 3}).to_parquet(tmp_path / "IN.parquet")
    tokenizer = tiny_models.tokenizer()
    for saved in (tiny_models.model(vocabulary=len(tokenizer), context=64, spread=0.3), tokenizer):
        saved.save_pretrained(tmp_path / "PATH_OR_ID")
    return tmp_path


@pytest.mark.parametrize(("command", "statuses"), held("run"))
def test_a_command_that_is_run(
    command: str, statuses: list[int], folder: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(folder)
    program, *words = shlex.split(command)
    if program == "python":
        words[0] = re.fullmatch(r"scripts/(\w+)\.py", words[0])[1]  # type: ignore[index]
    assert (uncollapse(words) or 0) in statuses
    assert capsys.readouterr().out


@pytest.mark.parametrize(("command", "statuses"), held("after_smoke"))
def test_a_command_on_results(command: str, statuses: list[int]) -> None:
    if not (ROOT / "results/.store").is_dir():
        pytest.skip("no results here: make smoke first")
    _, *words = shlex.split(command)
    program = "import sys; from uncollapse.commands.entry import run; sys.exit(run(sys.argv[1:]))"
    done = subprocess.run([sys.executable, "-c", program, *words], cwd=ROOT, capture_output=True, text=True)
    assert done.returncode in statuses, done.stderr
    assert done.stdout


@pytest.mark.parametrize(("command", "yes"), held("planned"))
def test_a_command_of_snakemake(command: str, yes: bool) -> None:
    given: dict[str, list[str]] = {"targets": []}
    last = "targets"
    for word in shlex.split(command)[1:]:
        if word.startswith("--"):
            last = word[2:] or "targets"
            given.setdefault(last, [])
        else:
            given[last].append(word)
    assert all((ROOT / profile / "config.yaml").is_file() for profile in given.get("profile", []))
    plan = plan_of(*given.get("configfile", []))
    known = {*plan.rules, *plan.products.targets(), "all", "theory", "tables", "figures", "report"}
    assert [target for target in given["targets"] if target not in known and plan.recipe_of(target) is None] == []
    rules = [
        word.partition(":")[0].partition("=")[0]
        for name in ("set-resources", "set-threads")
        for word in given.get(name, [])
    ]
    assert [rule for rule in rules if rule not in plan.rules] == []


@cache
def plan_of(*overlays: str) -> Plan:
    return Plan(read(ROOT / "config.yaml", [ROOT / file for file in overlays]))


@pytest.mark.parametrize(("command", "test"), held("tested_by"))
def test_a_command_that_another_test_holds(command: str, test: str) -> None:
    path, _, name = test.partition("::")
    assert re.search(rf"^def {name}\(", (ROOT / path).read_text(encoding="utf-8"), re.MULTILINE), test
