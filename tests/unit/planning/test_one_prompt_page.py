"""The page that follows one prompt: its matrix is the one that is drawn, its files are those of the default plan."""

import re
from pathlib import Path

import numpy as np
import pyarrow as pa
import pytest

from uncollapse.config.files import read
from uncollapse.planning.plan import Plan
from uncollapse.tasks import eigenvalues
from uncollapse.tasks.sampling import sample

ROOT = Path(__file__).parents[3]
PAGE = (ROOT / "docs/one_prompt.md").read_text()
FILES = re.compile(r'(?:rows|path)\("([^"]+)"')
RESULTS = re.compile(r'"(results/[^"{]+\.parquet)"')


@pytest.fixture(scope="module")
def plan() -> Plan:
    return Plan(read(ROOT / "config.yaml"))


def test_every_file_of_the_page_is_one_that_the_default_makes(plan: Plan) -> None:
    named = [f"results/eigenvalues/{name}.parquet" for name in FILES.findall(PAGE)] + RESULTS.findall(PAGE)
    assert len(named) > 10
    assert [path for path in named if plan.recipe_of(path) is None] == []


def test_prompt_16_is_drawn_as_the_page_has_it(plan: Plan) -> None:
    spec = plan.recipe_of("results/eigenvalues/prompts/synthesize.parquet").spec
    settings = eigenvalues.Settings(**spec["task"])
    table = pa.concat_tables(sample(eigenvalues, settings, split="synthesize", count=17, seed=spec["seed"]))
    row = table.slice(16)
    (values,) = row["eigenvalues"].to_pylist()
    assert f"->  {values[0]:.4f}, {values[1]:.4f}" in PAGE
    first, second, third = (f"{each:.4f}" for each in np.ravel(row["entries"].to_pylist()))
    assert f"[[{first}, {second}], [{second}, {third}]]" in PAGE
    for tokens in (eigenvalues.prompt_tokens(row, settings), eigenvalues.answer_tokens(row, settings)):
        assert "ids  " + "   ".join(" ".join(map(str, each)) for each in tokens.reshape(-1, 3).tolist()) in PAGE
