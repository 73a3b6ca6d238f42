import pytest

from uncollapse.rounds.noise import KINDS, noisy

ANSWERS = [f"{number:06d}" for number in range(123456, 123456 + 200)]


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("rate", [0.05, 0.5, 0.9])
def test_a_share_of_the_answers_becomes_another(kind: str, rate: float) -> None:
    found = noisy(ANSWERS, kind=kind, rate=rate, key="a")
    assert sum(new != old for new, old in zip(found, ANSWERS, strict=True)) == round(rate * 200)
    assert found == noisy(ANSWERS, kind=kind, rate=rate, key="a") != noisy(ANSWERS, kind=kind, rate=rate, key="b")


def test_what_each_kind_touches() -> None:
    changed = {kind: noisy(ANSWERS, kind=kind, rate=0.99, key="a") for kind in KINDS}
    pairs = {kind: [(n, o) for n, o in zip(found, ANSWERS, strict=True) if n != o] for kind, found in changed.items()}
    assert all(len(new) == 6 for new, _ in pairs["uniform"])
    assert len({new[0] for new, _ in pairs["uniform"]}) == 10
    assert {6 - len(new) for new, _ in pairs["drop"]} == {1, 2, 3}
    assert all(old.startswith(new) for new, old in pairs["drop"])
    assert all(len(new) == 6 and new[:3] == old[:3] and new[-1] != old[-1] for new, old in pairs["perturb"])
    assert {6 - len(new) for new, _ in pairs["drop_perturb"]} == {1, 2, 3}
    assert all(new not in old for new, old in pairs["drop_perturb"] if len(new) > 3)


@pytest.mark.parametrize("kind", KINDS)
def test_short_answers_stay_answers_and_become_others(kind: str) -> None:
    answers = ["7", "12"] * 20
    found = noisy(answers, kind=kind, rate=0.9, key="a")
    assert all(found)
    assert sum(new != old for new, old in zip(found, answers, strict=True)) == 36
