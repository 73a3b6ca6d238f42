"""Rules on pools small enough to look at, and their ties."""

import json

import numpy as np
import pytest

from uncollapse.candidate_tables.pool import read_pool
from uncollapse.candidate_tables.roles import Roles, resolved
from uncollapse.errors import DataError
from uncollapse.row_selection.rules import selected
from uncollapse.row_selection.settings import Selecting
from uncollapse.row_selection.twin import in_common, random_twin

#        id    prompt sample accepted score text
ROWS = [
    ("a0", "a", 0, False, 0.9, "xxxxx"),
    ("a1", "a", 1, True, 0.5, "xxx"),
    ("a2", "a", 2, True, 0.7, "xx"),
    ("b0", "b", 0, True, 0.2, "xxxx"),
    ("b1", "b", 1, True, 0.7, "xxxx"),
    ("b2", "b", 2, False, 0.1, "x"),
    ("c0", "c", 0, False, 0.3, "xx"),
    ("c1", "c", 1, False, 0.3, "xx"),
    ("c2", "c", 2, False, 0.0, "xx"),
]


def pool(tmp_path, rows=ROWS, *, order=None, **roles):
    path = tmp_path / "c.jsonl"
    names = ("id", "prompt_id", "sample", "accepted", "score", "text")
    some = rows if order is None else [rows[n] for n in order]
    path.write_text("".join(json.dumps(dict(zip(names, row, strict=True))) + "\n" for row in some))
    return read_pool(path, resolved(path, Roles(**roles), judged=False), features=["sample"], judged=False, told=None)


def ids(of, mask):
    names = [json.loads(line)["id"] for line in of.path.read_text().splitlines()]
    return sorted(names[row] for row in of.row[mask])


CASES = [
    ({"rule": "accepted"}, "a1 a2 b0 b1"),
    ({"rule": "accepted", "at_most": 1}, "a2 b1"),
    ({"rule": "first"}, "a1 b0"),
    ({"rule": "first", "at_most": 2}, "a1 a2 b0 b1"),
    ({"rule": "shortest"}, "a2 b0"),
    ({"rule": "shortest", "at_most": 2}, "a1 a2 b0 b1"),
    ({"rule": "shortest", "pass_rates": (0.0, 0.5)}, ""),
    ({"rule": "best"}, "a0 b1 c0"),
    ({"rule": "best", "n": 1}, "a0 b0 c0"),
    ({"rule": "best", "at_most": 2}, "a0 a2 b0 b1 c0 c1"),
    ({"rule": "top", "n": 3}, "a0 a2 b1"),
    ({"rule": "top", "n": 3, "at_most": 1}, "a0 b1 c0"),
    ({"rule": "budget", "n": 2}, "b0 a1|b1"),
    ({"rule": "budget", "n": 9, "budget": 6}, "a1 b0 b1"),
    ({"rule": "budget", "n": 9, "at_most": 1}, "a1 b0"),
    ({"rule": "top", "n": 9, "pass_rates": (0.0, 0.5)}, "c0 c1 c2"),
    ({"rule": "accepted", "pass_rates": (0.1, 1.0)}, "a1 a2 b0 b1"),
    ({"rule": "best", "pass_rates": (0.0, 0.5)}, "c0"),
]


@pytest.mark.parametrize(("given", "expected"), CASES, ids=[str(case[0]) for case in CASES])
def test_rules(tmp_path, given, expected):
    of = pool(tmp_path)
    sieve = selected(of, Selecting(**given))
    found = ids(of, sieve.kept)
    wanted = [word.split("|") for word in expected.split()]
    assert len(found) == len(wanted)
    assert all(any(one in found for one in among) for among in wanted)
    assert sum(sieve.account().values()) + len(found) == len(ROWS)


@pytest.mark.parametrize("given", [case[0] for case in CASES], ids=str)
def test_the_order_of_the_file_changes_nothing(tmp_path, given):
    settings = Selecting(**given)
    found = []
    for order in (None, range(8, -1, -1), (4, 0, 8, 2, 6, 1, 3, 7, 5)):
        of = pool(tmp_path, order=order)
        kept = selected(of, settings).kept
        found.append((ids(of, kept), ids(of, random_twin(of, kept, seed=3))))
    assert found[0] == found[1] == found[2]


def test_a_threshold_keeps_from_it_on_and_lower_scores_turn_it(tmp_path):
    of = pool(tmp_path, threshold=0.7)
    assert ids(of, selected(of, Selecting(rule="threshold")).kept) == ["a0", "a2", "b1"]
    of = pool(tmp_path, threshold=0.1, lower=True)
    assert ids(of, selected(of, Selecting(rule="threshold")).kept) == ["b2", "c2"]
    of = pool(tmp_path, lower=True)
    assert ids(of, selected(of, Selecting(rule="best")).kept) == ["a1", "b2", "c2"]


def test_candidates_without_a_score_are_never_best(tmp_path):
    rows = [("a0", "a", 0, True, None, "x"), ("a1", "a", 1, True, 0.1, "x"), ("b0", "b", 0, True, None, "x")]
    of = pool(tmp_path, rows)
    sieve = selected(of, Selecting(rule="best"))
    assert ids(of, sieve.kept) == ["a1"]
    assert sieve.account() == {"without a text": 0, "without a score": 2, "not the best of its prompt": 0}


def test_a_rule_of_scores_without_scores(tmp_path):
    path = tmp_path / "c.jsonl"
    path.write_text('{"id": "a", "prompt": "p", "text": "t", "accepted": true}\n')
    of = read_pool(path, resolved(path, Roles()), told=None)
    with pytest.raises(DataError, match="name its column with --score"):
        selected(of, Selecting(rule="best"))


@pytest.mark.parametrize(
    "given",
    [{"rule": "top"}, {"rule": "budget"}, {"rule": "first", "n": 3}, {"rule": "best", "budget": 4},
     {"rule": "first", "pass_rates": (0.5, 0.2)}],
)  # fmt: skip
def test_numbers_that_do_not_belong_to_the_rule(given):
    with pytest.raises(DataError):
        Selecting(**given)


def test_a_twin_has_as_many_of_each_prompt_and_every_candidate_alike(tmp_path):
    of = pool(tmp_path)
    kept = selected(of, Selecting(rule="accepted")).kept
    times = np.zeros(len(of))
    for seed in range(600):
        twin = random_twin(of, kept, seed=seed)
        assert np.bincount(of.prompt, twin).tolist() == np.bincount(of.prompt, kept).tolist()
        times += twin
    assert times[6:].sum() == 0  # prompt c has nothing kept
    # two of three: 400 of 600, with a standard deviation of 11.5
    assert (abs(times[:6] - 400) < 46).all()


def test_candidates_without_a_text_are_neither_kept_nor_in_the_twin(tmp_path):
    rows = [("a0", "a", 0, True, 0.9, ""), ("a1", "a", 1, True, 0.1, "x"), ("a2", "a", 2, False, 0.0, None)]
    of = pool(tmp_path, rows)
    for rule in ("first", "best", "accepted"):
        sieve = selected(of, Selecting(rule=rule))
        assert ids(of, sieve.kept) == ["a1"]
        assert sieve.account()["without a text"] == 2
        assert all(ids(of, random_twin(of, sieve.kept, seed=seed)) == ["a1"] for seed in range(9))


def test_in_common():
    kept = np.array([True, True, False, False])
    assert in_common(kept, np.array([True, False, True, False])) == 0.5
    assert np.isnan(in_common(~kept & kept, kept))
