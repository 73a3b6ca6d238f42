"""Definitions in the harness's YAML format, and its results as rows; no model is run here."""

from __future__ import annotations

from pathlib import Path

import pytest

from uncollapse.downstream_tasks import harness
from uncollapse.downstream_tasks.items import BUILDERS
from uncollapse.errors import ConfigError, DataError

ROOT = Path(__file__).parents[3]


def test_every_shipped_task_has_a_definition_and_a_builder() -> None:
    shipped = {path.stem: harness.read_definition(path) for path in (ROOT / "workflow/tasks").glob("*.yaml")}
    assert {name: found["task"] for name, found in shipped.items()} == {name: name for name in BUILDERS}


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("task: mine\ndoc_to_text: !function code.prompt\n", "no YAML without code"),
        ("doc_to_text: x\n", "with its name under task"),
        ("- task: mine\n", "with its name under task"),
    ],
)
def test_a_definition_that_runs_code_or_has_no_name_is_refused(tmp_path: Path, text: str, message: str) -> None:
    path = tmp_path / "mine.yaml"
    path.write_text(text)
    with pytest.raises(ConfigError, match=message):
        harness.read_definition(path)


def test_results_become_rows() -> None:
    results = {"acc,none": 0.25, "acc_stderr,none": 0.05, "em,strict": 0.5, "em_stderr,strict": "N/A", "alias": "mine"}
    found = {"results": {"mine": results}, "versions": {"mine": 2}, "n-samples": {"mine": {"effective": 80}}}
    first, second = harness._rows(found)
    assert first == {
        "task": "mine", "version": "2", "items": 80, "metric": "acc", "value": 0.25, "standard_error": 0.05,
    }  # fmt: skip
    assert (second["metric"], second["value"], second["standard_error"]) == ("em (strict)", 0.5, None)
    with pytest.raises(DataError, match="found no metric"):
        harness._rows({"results": {"mine": {"alias": "mine"}}})


def test_a_missing_harness_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(harness, "find_spec", lambda name: None)
    with pytest.raises(ConfigError, match=r"pip install 'uncollapse\[tasks\]'"):
        harness.require_harness()
