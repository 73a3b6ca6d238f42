"""The benchmark of coverage in its small form: a judge makes intervals narrower, and they hold the truth as often."""

import importlib.util
from pathlib import Path

import numpy as np
import pytest

BENCHMARK = Path(__file__).parents[3] / "benchmarks" / "audit_coverage.py"


@pytest.fixture(scope="module")
def audits():
    specification = importlib.util.spec_from_file_location("audit_coverage", BENCHMARK)
    module = importlib.util.module_from_spec(specification)
    specification.loader.exec_module(module)
    cells = [module.cell(*case, 160, audits=60, seed=number, draws=400)
             for number, case in enumerate([(0.4, 0.6, 0.2), (0.65, 0.6, 0.45), (0.4, 0.9, 0.45)])]  # fmt: skip
    held, width = ({way: np.concatenate([one[part][way] for one in cells]) for way in module.WAYS} for part in (0, 1))
    return module, held, width


def test_every_way_holds_the_truth_as_often(audits):
    module, held, _ = audits
    for way in module.WAYS:
        # 180 audits of five quantities that go together: 95% have a standard deviation of 1.6 points at most
        assert 0.905 <= np.nanmean(held[way]) <= 0.985, way


def test_strata_and_a_judge_make_them_narrower(audits):
    module, _, width = audits
    means = {way: np.nanmean(width[way], axis=0) for way in module.WAYS}
    assert (means["in strata"] < 0.98 * means["labels alone"]).all()
    assert (means["with a judge"] < 0.9 * means["in strata"]).all()
