"""Verifiers that go by another one's word, or by log-probabilities that came with candidates."""

import math

import pytest

from uncollapse.errors import DataError
from uncollapse.prompts.reasoning_gym import QuestionSettings, TaskSettings, drawn
from uncollapse.verification.call import verify

RIGHT = [True, False] * 2000


def noisy(*, phi: float, psi: float, sample: list[int] | None = None) -> list[bool | None]:
    number = len(RIGHT)
    columns = {"truth": RIGHT, "sample": sample or list(range(number))}
    found = verify(["x"] * number, f"noisy:truth=truth,phi={phi},psi={psi}", prompts=["p"] * number, **columns)
    return [one.accepted for one in found]


def test_errors_have_the_rates_asked_for_and_are_the_same_each_time() -> None:
    accepted = noisy(phi=0.8, psi=0.3)
    phi, psi = (sum(accepted[first::2]) / 2000 for first in (0, 1))
    assert abs(phi - 0.8) < 4 * math.sqrt(0.8 * 0.2 / 2000)
    assert abs(psi - 0.3) < 4 * math.sqrt(0.3 * 0.7 / 2000)
    assert accepted == noisy(phi=0.8, psi=0.3)
    assert noisy(phi=1.0, psi=0.0) == RIGHT


def test_candidates_that_nothing_tells_apart_have_one_error() -> None:
    assert len(set(noisy(phi=0.5, psi=0.5, sample=[0] * len(RIGHT)))) == 1


def test_a_missing_truth_is_no_verdict() -> None:
    (found,) = verify(["x"], "noisy:truth=truth,phi=1,psi=0", prompts=["p"], truth=[None], sample=[0])
    assert found.failed


@pytest.mark.parametrize(
    ("beyond", "expected"),
    [
        ("reject", [True, False, False, False]),
        ("accept", [True, False, True, True]),
        ("invert", [True, False, False, True]),
    ],
)
def test_beyond_its_limit_a_prejudice_decides(beyond: str, expected: list[bool]) -> None:
    texts, truth = ["ab", "ab", "abc", "abc"], [True, False, True, False]
    found = verify(texts, f"biased:truth=truth,feature=length,limit=2,beyond={beyond}", truth=truth)
    assert [one.accepted for one in found] == expected


def test_perplexity_is_that_of_the_answer() -> None:
    given = {"log_prob": [-4 * math.log(2), -4 * math.log(8), None], "completion_tokens": [4, 4, 4]}
    found = verify(["a", "b", "c"], "perplexity:highest=4", **given)
    assert [one.accepted for one in found] == [True, False, None]
    assert found[0].score == pytest.approx(-2)
    assert found[2].failed
    assert verify(["a", "b", "c"], "perplexity", **given)[1].accepted is None


# questions


class Package:
    """A stand-in for reasoning-gym: two digits' sum, of which there are few."""

    def __init__(self, name: str, size: int, seed: int, most: int) -> None:
        self.name, self.most = name, most

    def __getitem__(self, number: int) -> dict:
        question = f"{self.name} {number * 7 % self.most} "
        return {"question": question, "answer": "1", "metadata": {"source_dataset": self.name}}


def settings(**changes: int) -> QuestionSettings:
    tasks = {name: TaskSettings(dataset=name, options={"most": 20}) for name in ("sums", "words")}
    given = {"tasks": tasks, "train": 12, "test": 7, "seed": 0, "template": "Q: {question}", "system": None} | changes
    return QuestionSettings.model_construct(**given)


def asked(split: str, **changes: int) -> list:
    return list(drawn(settings(**changes), split, create=Package))


def test_no_question_is_there_twice_and_more_training_leaves_the_test_as_it_is() -> None:
    train, test = asked("train"), asked("test")
    assert (len(train), len(test)) == (12, 7)
    assert len({prompt.asked for prompt in train + test}) == 19
    assert test == asked("test", train=20)
    assert [prompt.further["task"] for prompt in train[:4]] == ["sums", "words", "sums", "words"]
    assert test[0].asked.startswith("Q: ")
    assert test[0].further["metadata"] == f'{{"source_dataset": "{test[0].further["task"]}"}}'


def test_a_task_with_too_few_questions_is_told() -> None:
    with pytest.raises(DataError, match=r"gave 20 different questions of the 2\d asked for"):
        asked("train", train=40)
