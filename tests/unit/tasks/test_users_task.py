"""A user's own task is one file, which config names and jobs run."""

from __future__ import annotations

from pathlib import Path

import pytest

from uncollapse.config.files import read
from uncollapse.planning.plan import Plan
from uncollapse.tasks import eigenvalues, sampling
from uncollapse.tasks.finding import load_task

ROOT = Path(__file__).parents[3]


@pytest.fixture
def own(tmp_path: Path) -> str:
    """The task of eigenvalues in a file of the user's."""
    source = Path(str(eigenvalues.__file__)).read_text(encoding="utf-8")
    path = tmp_path / "my_task.py"
    path.write_text(source.replace('name: Literal["eigenvalues"] = "eigenvalues"', "name: str"), encoding="utf-8")
    return str(path)


def test_its_prompts_are_those_that_it_draws(own: str) -> None:
    task = load_task(own)
    drawn = [
        next(sampling.sample(module, settings, split="test", count=20, seed=0, threads=1))
        for module, settings in ((task, task.Settings(name=own)), (eigenvalues, eigenvalues.Settings()))
    ]
    assert drawn[0].equals(drawn[1])


def test_jobs_run_it_and_no_other(own: str) -> None:
    values = [f"experiments={{eigenvalues: {{task: {{name: {own}}}}}}}"]
    code = Plan(read(ROOT / "config.yaml", values=values)).recipe("sample", experiment="eigenvalues", split="test").code
    names = [entry.partition("@")[0] for entry in code]
    assert own in names
    assert "uncollapse.tasks.eigenvalues" not in names
