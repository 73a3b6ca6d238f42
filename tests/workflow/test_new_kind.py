"""A kind of experiment is a package of its own: added beside ours, without a change of any file of ours."""

import re
import shutil
import subprocess
import sys
from pathlib import Path

import pandas as pd
import pytest
from checkout import BESIDE, SCALE, Checkout, environment

from conftest import ROOT

pytestmark = pytest.mark.workflow

DICE = BESIDE / "dice"
OVERLAY = "tests/workflow/dice/config.yaml"
COUNT = "src/uncollapse/experiments/dice/stages/count.py"
COUNTS = "results/fair/counts/0.parquet"


@pytest.fixture(scope="module")
def checkout(tmp_path_factory: pytest.TempPathFactory) -> Checkout:
    """A checkout with dice, whose results are complete."""
    made = Checkout(tmp_path_factory.mktemp("new_kind"))
    for package in ("experiments", "products"):
        shutil.copytree(DICE / package, made.folder / "src/uncollapse" / package, dirs_exist_ok=True)
    made.run(overlays=(OVERLAY,))
    return made


def ran(printed: str) -> list[str]:
    """Rules of the jobs that ran, sorted."""
    return sorted(re.findall(r"^Finished jobid: \d+ \(Rule: (\w+)\)", printed, re.MULTILINE))


def why(checkout: Checkout, path: str) -> subprocess.CompletedProcess[str]:
    """What scripts/why.py says of a result."""
    command = [sys.executable, "scripts/why.py", path, "--configfile", *SCALE, OVERLAY, "--config", "results=results"]
    variables = environment() | {"PYTHONPATH": str(checkout.folder / "src")}
    return subprocess.run(command, cwd=checkout.folder, env=variables, capture_output=True, text=True, timeout=120)


def test_no_file_of_ours_names_it() -> None:
    files = [ROOT / name for name in ("Snakefile", "config.yaml")]
    for folder in ("src", "scripts", "workflow", "profiles", "scales"):
        files += [path for path in (ROOT / folder).rglob("*") if path.suffix in (".py", ".smk", ".yaml", ".j2")]
    assert len(files) > 400
    assert [path for path in files if re.search(r"\bdice\b", path.read_text())] == []


def test_its_stages_run(checkout: Checkout) -> None:
    made = set(checkout.artifacts())
    assert {f"fair/{folder}/{seed}.parquet" for folder in ("rolls", "counts") for seed in (0, 1)} < made
    assert {name.partition("/")[0] for name in made} == {
        "fair", "figures", "claims.parquet", "claims_by_scale.parquet", "report.html",
    }  # fmt: skip
    counted = pd.read_parquet(checkout.folder / COUNTS)
    rolled = pd.read_parquet(checkout.folder / "results/fair/rolls/0.parquet")
    assert counted["face"].tolist() == [1, 2, 3, 4, 5, 6]
    assert counted["rolls"].tolist() == rolled["face"].value_counts().sort_index().tolist()
    assert counted["rolls"].sum() == 600


def test_why_tells_what_a_result_came_from(checkout: Checkout) -> None:
    done = why(checkout, COUNTS)
    assert done.returncode == 0, done.stdout + done.stderr
    for expected in ("up to date", "made by stage dice.count", "experiments.fair.sides) = 6", "fair/rolls/0.parquet"):
        assert expected in done.stdout


def test_its_figure_and_the_report_show_it(checkout: Checkout) -> None:
    assert (checkout.folder / "results/figures/dice_counts.png").read_bytes().startswith(b"\x89PNG")
    page = (checkout.folder / "results/report.html").read_text()
    settings = 'data-label="setting">seeds</th><td data-label="here">0, 1</td>'
    for expected in ("Faces of a die", "fair/rolls/0", "uncollapse.products.figures.dice_counts", settings):
        assert expected in page


def test_logs_and_targets_are_like_those_of_all_kinds(checkout: Checkout) -> None:
    assert (checkout.folder / "results/logs/fair/roll/1.log").is_file()
    assert ran(checkout.run("fair", overlays=(OVERLAY,))) == []


def test_an_edit_of_one_stage_reruns_it_alone(checkout: Checkout) -> None:
    """The faces are counted otherwise with the same result, so that what is made of it comes from the store."""
    with checkout.edited(COUNT) as (path,):
        path.write_text(path.read_text().replace("[1:]", "[1 : sides + 1]"))
        stale = why(checkout, COUNTS)
        assert stale.returncode == 1
        assert "module uncollapse.experiments.dice.stages.count was edited" in stale.stdout
        printed = checkout.run(overlays=(OVERLAY,))
    assert [rule for rule in ran(printed) if rule in ("roll", "count")] == ["count", "count"]
    assert "draw_figure dice_counts: taken from the store" in printed


def test_settings_are_checked(checkout: Checkout, tmp_path: Path) -> None:
    overlay = tmp_path / "wrong.yaml"
    overlay.write_text("experiments: {fair: {sides: 1}}\n")
    with pytest.raises(AssertionError, match=r"experiments\.fair\.sides"):
        checkout.run(overlays=(OVERLAY, str(overlay)))
