"""Modules found by the name that a config gives them."""

from __future__ import annotations

from pathlib import Path

import pytest

from uncollapse.errors import ConfigError
from uncollapse.settings.finding import available, load_plugin, module_name
from uncollapse.tasks import eigenvalues
from uncollapse.tasks.finding import load_task


def test_one_of_ours() -> None:
    assert load_task("eigenvalues") is eigenvalues


def test_those_with_settings_are_available() -> None:
    assert available("verifiers.sequences") == ["biased", "noisy", "perplexity", "tolerance"]
    assert "eigenvalues" in available("tasks")
    assert "number_encoding" not in available("tasks")


@pytest.mark.parametrize("name", ["eigenvalue", "", "eigenvalues.Settings", "..tasks", "tasks/eigenvalues", "os"])
def test_an_unknown_name_is_told_which_there_are(name: str) -> None:
    with pytest.raises(ConfigError, match="eigenvalues") as caught:
        load_plugin(name, package="tasks")
    assert repr(name) in str(caught.value)


def test_a_file_that_is_not_there(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="no such file"):
        load_plugin(str(tmp_path / "mine.py"), package="tasks")


def test_a_users_file(tmp_path: Path) -> None:
    path = tmp_path / "my task.py"
    path.write_text("class Settings: ...\n\n\nVALUE = 3\n")
    assert load_plugin(str(path), package="tasks").VALUE == 3


def test_two_users_files_of_the_same_name_are_two_modules(tmp_path: Path) -> None:
    for folder, value in (("a", 1), ("b", 2)):
        (tmp_path / folder).mkdir()
        (tmp_path / folder / "mine.py").write_text(f"class Settings: ...\n\n\nVALUE = {value}\n")
    first, second = (load_plugin(str(tmp_path / folder / "mine.py"), package="tasks") for folder in "ab")
    assert (first.VALUE, second.VALUE) == (1, 2)


def test_a_users_file_may_postpone_its_annotations(tmp_path: Path) -> None:
    """pydantic and dataclasses look them up in the module, under its name."""
    path = tmp_path / "mine.py"
    path.write_text(
        "from __future__ import annotations\n"
        "from dataclasses import dataclass\n"
        "from typing import Literal\n"
        "from pydantic import BaseModel\n"
        "class Settings(BaseModel):\n"
        "    name: Literal['mine.py'] = 'mine.py'\n"
        "@dataclass(kw_only=True)\n"
        "class Answer:\n"
        "    value: int\n"
    )
    module = load_plugin(str(path), package="tasks")
    assert module.Settings(name="mine.py").name == "mine.py"
    assert module.Answer(value=3).value == 3


def test_what_is_fingerprinted() -> None:
    assert module_name("eigenvalues", package="tasks") == "uncollapse.tasks.eigenvalues"
    assert module_name("mine/task.py", package="tasks") == "mine/task.py"
