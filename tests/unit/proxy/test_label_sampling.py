"""Labels that were not drawn at random are no ground for a GO of a selection that they do not show."""

from __future__ import annotations

import numpy as np
import pytest

from uncollapse.proxy.command import run
from uncollapse.proxy.label_sampling import label_sampling_warnings
from uncollapse.proxy.standing import Asked
from uncollapse.proxy.tally import Candidates

HANGS = "it hangs on labels that were not drawn at random: by column 'score'"


def world(seed: int, number: int = 2000):
    """A tenth that scores best is right in nine of ten, the rest in two of ten."""
    rng = np.random.default_rng(seed)
    score = rng.normal(size=number)
    best = score > np.quantile(score, 0.9)
    return rng, score, best, rng.random(number) < np.where(best, 0.9, 0.2)


def drawn(rng, among, number):
    found = np.zeros(len(among), dtype=bool)
    found[rng.choice(np.flatnonzero(among), number, replace=False)] = True
    return found


def write(path, score, right, labelled):
    rows = zip(score, right, labelled, strict=True)
    text = "".join(f"{one},{int(is_right) if seen else ''}\n" for one, is_right, seen in rows)
    path.write_text("score,correct\n" + text)
    return str(path)


@pytest.mark.parametrize("seed", range(3))
def test_as_many_labels_of_kept_as_of_dropped_say_nothing_of_looser_thresholds(tmp_path, capsys, seed) -> None:
    rng, score, best, right = world(seed)
    labelled = drawn(rng, best, 100) | drawn(rng, ~best, 100)
    table = write(tmp_path / "t.csv", score, right, labelled)
    assert run([table, "--independent", "--score", "score"]) == 3
    assert HANGS in capsys.readouterr().out
    # of the threshold that they were drawn for they tell
    assert run([table, "--independent", "--score", "score", f"--threshold={float(score[best].min())!r}"]) == 0
    assert HANGS not in capsys.readouterr().out


def test_labels_of_the_best_of_what_is_kept(tmp_path, capsys) -> None:
    rng, score, best, right = world(5)
    table = write(tmp_path / "t.csv", score, right, drawn(rng, best, 80) | drawn(rng, score < 0.5, 80))
    assert run([table, "--independent", "--score", "score", "--threshold=0.5"]) == 3
    assert HANGS in capsys.readouterr().out


def test_labels_at_random_are_seldom_warned_of() -> None:
    found = 0
    for seed in range(200):
        rng, score, _, right = world(seed)
        given = Candidates(score > 0.9, right, drawn(rng, score > -9, 200), prompts=np.arange(2000) // 4)
        found += bool(label_sampling_warnings(given, score, Asked(least=0.3), name="score"))
    assert found <= 8  # two comparisons at 1% each: more have a chance of 2%


def test_labels_of_whole_prompts_are_labels_at_random() -> None:
    """Prompts have scores of their own, so that rows of a labelled one are no further evidence of another draw."""
    found = 0
    for seed in range(200):
        rng = np.random.default_rng(seed)
        prompt = np.arange(1600) // 16
        score = rng.normal(size=100)[prompt] + 0.1 * rng.normal(size=1600)
        given = Candidates(score > 0, rng.random(1600) < 0.5, (rng.random(100) < 0.4)[prompt], prompts=prompt)
        found += bool(label_sampling_warnings(given, score, Asked(), name="score"))
    assert found <= 10  # none of these is a GO, so each that differs is one: 2% of 200, more than ten in 0.3%


def test_labels_at_random_of_scores_of_two_values_are_labels_at_random() -> None:
    """A prompt's many rows without a label have a mean between the values, and the one with a label has either."""
    found = 0
    for seed in range(200):
        rng = np.random.default_rng(seed)
        score = np.where(rng.random(4000) < 0.6, 1.0, 0.9)
        labelled = drawn(rng, score > 0, 300)
        given = Candidates(score > 0, rng.random(4000) < 0.5, labelled, prompts=np.arange(4000) // 8)
        found += bool(label_sampling_warnings(given, score, Asked(), name="score"))
    assert found <= 8  # none of these is a GO, so each that differs is one: 1% of 200, more than eight in 0.03%


def test_labels_of_the_best_of_prompts_of_several_rows() -> None:
    rng, score, best, right = world(5)
    labelled = drawn(rng, best, 80) | drawn(rng, score < 0.5, 80)
    given = Candidates(score >= 0.5, right, labelled, prompts=np.arange(2000) // 8)
    assert label_sampling_warnings(given, score, Asked(), name="score")[0].startswith(HANGS)


@pytest.mark.parametrize("weight", [None, np.ones(50)])
def test_labels_of_all_and_weighed_ones_are_not_looked_at(weight) -> None:
    labelled = None if weight is None else np.arange(50) > 25
    given = Candidates(np.arange(50) > 9, np.arange(50) > 9, labelled, weight=weight)
    assert label_sampling_warnings(given, np.arange(50.0), Asked(), name="score") == []
