import random

import pytest
from pydantic import ValidationError

from uncollapse.prompts import reasoning_gym_tasks
from uncollapse.rounds.tasks import reasoning_gym
from uncollapse.rounds.tasks.reasoning_gym import Settings

SUMS = {"dataset": "chain_sum", "grows": ["min_digits", "max_digits"], "options": {"min_terms": 2, "max_terms": 2}}


def test_questions_and_their_scorer() -> None:
    settings = Settings(name="reasoning_gym", **SUMS)
    question = reasoning_gym.ask(3, settings, random.Random(0))
    assert question == reasoning_gym.ask(3, settings, random.Random(0))
    assert reasoning_gym.is_right(question.answer, question, settings)
    assert not reasoning_gym.is_right(question.answer + "1", question, settings)


def test_what_the_package_refuses_is_told() -> None:
    with pytest.raises(ValidationError, match="nothing"):
        Settings(name="reasoning_gym", dataset="nothing", grows=["size"])
    with pytest.raises(ValidationError, match="correct dataset, grows or options"):
        Settings(name="reasoning_gym", **(SUMS | {"grows": ["digits"]}))


def test_a_missing_package_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(reasoning_gym_tasks, "is_installed", lambda: False)
    reasoning_gym_tasks._registry.cache_clear()
    reasoning_gym._dataset.cache_clear()
    with pytest.raises(ValidationError, match=r"pip install 'uncollapse\[reasoning\]'"):
        Settings(name="reasoning_gym", **SUMS)
