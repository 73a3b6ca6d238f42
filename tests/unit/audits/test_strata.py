"""Every candidate of a verdict is drawn with one chance, in an order that the file does not decide."""

from types import SimpleNamespace

import numpy as np
import pytest

from uncollapse.audits.strata import drawn, halves, shared, strata_of


def pool(number=400, kept_share=0.3, seed=0):
    rng = np.random.default_rng(seed)
    kept = rng.random(number) < kept_share
    ids = rng.permutation(10 * number)[:number].astype(np.uint64)
    return SimpleNamespace(kept=kept, score=rng.standard_normal(number) + kept, id=ids, __len__=lambda self: number)


class Pool(SimpleNamespace):
    def __len__(self):
        return len(self.kept)


def test_rounding_at_random_gives_every_candidate_the_same_chance():
    sizes = [70, 20, 7, 3]
    starts = (np.arange(2000) + 0.5) / 2000
    counts = np.mean([shared(sizes, 9, start=start) for start in starts], axis=0)
    assert counts == pytest.approx(np.array(sizes) * 0.09, abs=0.002)
    assert all(shared(sizes, 9, start=start).sum() == 9 for start in starts)
    assert shared(sizes, 100, start=0.7).tolist() == sizes


def test_a_draw_is_of_the_ids_and_not_of_their_order():
    one = Pool(**vars(pool()))
    turned = Pool(kept=one.kept[::-1], score=one.score[::-1], id=one.id[::-1])
    chosen = []
    for of in (one, turned):
        stratum, _ = strata_of(of, 80)
        chosen.append(of.id[drawn(of, stratum, (40, 40), seed=3)].tolist())
    assert chosen[0] == chosen[1]
    assert len(set(chosen[0])) == 80


def test_drawing_more_goes_on_and_never_repeats():
    of = Pool(**vars(pool()))
    stratum, cut = strata_of(of, 80)
    first = drawn(of, stratum, (40, 40), seed=3)
    before = np.bincount(stratum[first], minlength=len(cut))
    more = drawn(of, stratum, (20, 5), seed=3, before=before)
    assert not set(first.tolist()) & set(more.tolist())
    assert of.kept[first].sum() == 40
    assert (of.kept[more].sum(), len(more)) == (20, 25)


def test_each_score_has_its_share_of_the_sheet():
    of = Pool(**vars(pool(4000)))
    stratum, cut = strata_of(of, 200)
    assert [one[0] for one in cut] == [True] * 5 + [False] * 5
    counts = np.bincount(stratum[drawn(of, stratum, (100, 100), seed=1)])
    assert counts.min() >= 19
    assert counts.max() <= 21


def test_the_rows_are_a_random_sample_of_each_verdict():
    """Over seeds each candidate is drawn about as often as any other: a chi-square test over 120 kept ones."""
    of = Pool(**vars(pool(400)))
    stratum, _ = strata_of(of, 60)
    times = np.zeros(400)
    for seed in range(300):
        times[drawn(of, stratum, (30, 30), seed=seed)] += 1
    kept = times[of.kept]
    expected = kept.mean()
    spread = ((kept - expected) ** 2).sum() / (expected * (1 - 30 / len(kept)))
    freedom = len(kept)
    assert abs(spread - freedom) < 4 * np.sqrt(2 * freedom)


def test_halves_fill_up():
    assert halves(1000, 3, 100) == (97, 3)
    assert halves(0, 50, 20) == (0, 20)


def test_without_a_score_verdicts_are_the_strata():
    of = Pool(kept=np.array([True, False, True]), score=None, id=np.arange(3, dtype=np.uint64))
    stratum, cut = strata_of(of, 2)
    assert (stratum.tolist(), cut) == ([0, 1, 0], [(True, None, None), (False, None, None)])


def test_a_go_is_false_no_more_often_than_said():
    """Half of what is kept is right, the more the higher the score; the exact test takes labels as independent."""
    from uncollapse.proxy.exact import ERROR, Share

    rng = np.random.default_rng(0)
    false, runs = 0, 1000
    for seed in range(runs):
        score = rng.random(1000)
        right = np.zeros(1000, dtype=bool)
        right[np.argsort(score + 0.6 * rng.standard_normal(1000))[500:]] = True
        of = Pool(kept=np.ones(1000, dtype=bool), score=score, id=rng.integers(2**60, size=1000, dtype=np.uint64))
        stratum, _ = strata_of(of, 120)
        labels = right[drawn(of, stratum, (60, 0), seed=seed)]
        share = Share(np.array([1, 0]), np.array([0, 1]), np.array([labels.sum(), 60 - labels.sum()]), 1)
        false += share.chance_of_at_most(0.5) <= ERROR
    assert false <= 0.025 * runs + 10
