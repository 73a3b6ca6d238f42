"""Plans and bad configs: everything that must be known before any job starts."""

import re
import resource
from pathlib import Path

import pytest

from conftest import ROOT, snakemake

pytestmark = pytest.mark.workflow


def _processor_seconds() -> float:
    """Of all processes that ended so far: other work on the machine does not count."""
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


@pytest.mark.parametrize(("scale", "summary_seeds"), [("laptop", 3), ("paper", 1)])
def test_larger_scales_plan_quickly(scale: str, summary_seeds: int, tmp_path: Path) -> None:
    """Students of eight data sets of eigenvalues and four selectors of summaries at three rates; mixtures of text.

    Without the paper's rounds, ten thousand jobs that tests/unit/experiments/test_kind.py looks at without Snakemake.
    """
    overlays = [ROOT / f"scales/{scale}.yaml"]
    if scale == "paper":
        overlays.append(tmp_path / "fewer.yaml")
        overlays[-1].write_text("experiments: {self_improvement: null}\n")
    before = _processor_seconds()
    options = ["-n", "--configfile", *map(str, overlays), "--config", f"results={tmp_path}/r"]
    planned = snakemake(*options, child=True)
    used = _processor_seconds() - before
    jobs = dict(re.findall(r"^(\w+) +(\d+)$", planned.stdout, re.MULTILINE))
    assert used < 15 + 0.008 * int(jobs["total"])
    # of the laptop's labellers (three generators, and one of another length, which is a model more) each has students
    # of its own, of two lengths of training; true labels have one set of students
    students, quality, tuned = {
        "laptop": ((7 * 4 + 1) * 2 + 1 + 3 * 4, 19 * 4, 4 * 6 * 3),
        "paper": (8 * 5, 12 * 5, 4 * 7),
    }[scale]
    # generators, students, groups, and the three models that fine-tuning starts from beside the generator; of each draw
    # of the summaries' pool a generator, two models of more true summaries, and its students
    eigenvalues, summaries = 5 + students + quality + tuned + 3, (3 + 4 * 3) * summary_seeds
    # an architecture on data sets times seeds, the models that judge, another architecture on the mixtures, models that
    # go on with one domain, and with instructions, those that learn from the generation before, further epochs, and
    # models on one corpus as it is and rewritten
    of_laptop = 14 * 3 + 2 + 5 * 3 + 11 * 3 + 2 * 3 + 6 * 2 + 4 * 3 + 4 * 5
    pretrained = {"laptop": of_laptop, "paper": 12 + 1 + 8 + 5 + 2 + 4 * 5}[scale]
    assert int(jobs["train"]) == eigenvalues + summaries + pretrained
    assert int(jobs["label"]) > eigenvalues + summaries


@pytest.mark.parametrize(
    ("overlay", "named"),
    [
        ("experiments: {eigenvalues: {decodings: {beam5: {beams: 0}}}}", "decodings.beam5.beams"),
        ("experiments: {eigenvalues: {verifiers: {oracle: {tolerance: -1}}}}", "verifiers.oracle.tolerance"),
        ("experiments: {eigenvalues: {task: {matrix_size: 0}}}", "task.matrix_size"),
        ("experiments: {eigenvalues: {task: {nmae: x}}}", "task.nmae"),
        ("experiments: {eigenvalues: {sample: {train: many}}}", "sample.train"),
        ("experiments: {eigenvalues: {datasets: {clean: {decoding: beam7}}}}", "datasets.clean"),
        ("experiments: {eigenvalues: {evaluation: {downstream: [beam7]}}}", "beam7"),
        ("experiments: {eigenvalues: {datasets: {best_of_5: {size: 1_000_000}}}}", "datasets.best_of_5.size"),
        ("tables: {feng2024_table9: {experiment: eigenvalues}}", "feng2024_table9"),
        ("colour: blue", "colour"),
    ],
)
def test_a_bad_config_stops_before_any_job(overlay: str, named: str, tmp_path: Path) -> None:
    file = tmp_path / "overlay.yaml"
    file.write_text(overlay + "\n")
    failed = snakemake("--configfile", str(file), "--config", f"results={tmp_path}/r", check=False)
    text = failed.stdout + failed.stderr
    assert failed.returncode != 0
    assert named in text
    assert "overlay.yaml" in text
    assert "Traceback" not in text
    assert not (tmp_path / "r").exists()


def test_a_users_verifier_is_one_file(tmp_path: Path) -> None:
    """A .py file with Settings and score, named in the config, is planned and its code is tracked."""
    verifier = tmp_path / "shortest.py"
    verifier.write_text(
        "from pydantic import BaseModel\n\n\nclass Settings(BaseModel):\n    kind: str\n\n\n"
        "def score(candidates, prompts, *, task, task_settings, settings):\n"
        "    return -candidates.log_prob.astype('float64'), None\n"
    )
    overlay = tmp_path / "overlay.yaml"
    overlay.write_text(
        f"experiments: {{eigenvalues: {{verifiers: {{mine: {{kind: {verifier}}}}},"
        " datasets: {best_of_5: {verifier: mine}}}}\n"
    )
    target = f"{tmp_path}/r/eigenvalues/datasets/best_of_5.parquet"
    planned = snakemake("-n", target, "--configfile", str(overlay), "--config", f"results={tmp_path}/r")
    assert re.search(r"verify +1", planned.stdout)
