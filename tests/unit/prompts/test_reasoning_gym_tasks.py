"""Tasks of reasoning-gym by their groups: what is loaded, and what is said where something is not installed."""

import subprocess
import sys

import pytest
from pydantic import ValidationError

from uncollapse.errors import ConfigError
from uncollapse.prompts import reasoning_gym, reasoning_gym_tasks
from uncollapse.prompts.reasoning_gym import QuestionSettings, drawn

SUMS = {"dataset": "chain_sum", "options": {"min_terms": 2, "max_terms": 2, "min_digits": 1, "max_digits": 1}}
QUESTIONS = {"tasks": {"sums": SUMS}, "train": 3, "test": 2}
LOADED = """
import sys
from uncollapse.prompts.reasoning_gym_tasks import create_dataset, score_function
entry = create_dataset("chain_sum", size=1, seed=1)[0]
assert score_function("chain_sum")(answer=entry["answer"], entry=entry) == 1
print(*(name.split(".")[1] for name in sys.modules if name.startswith("reasoning_gym.")), "sympy" in sys.modules)
"""

IMPORTED_LATER = """
import sys
from uncollapse.prompts.reasoning_gym_tasks import score_function
score_function("chain_sum")
import reasoning_gym, reasoning_gym.arithmetic.chain_sum
from reasoning_gym import coaching
assert reasoning_gym.factory is sys.modules["reasoning_gym.factory"]
assert reasoning_gym.arithmetic is sys.modules["reasoning_gym.arithmetic"]
assert not hasattr(reasoning_gym, "__warningregistry__")
print("reasoning_gym.games" in sys.modules)
try:
    print(reasoning_gym.create_dataset is reasoning_gym.factory.create_dataset, reasoning_gym.__version__)
    print("games" in dir(reasoning_gym), len(reasoning_gym.factory.DATASETS) > 50)
except ModuleNotFoundError as error:  # the compiled one, which the lock leaves out
    print(error.name, hasattr(reasoning_gym, "factory"))
"""


@pytest.fixture(autouse=True)
def _forgotten():
    reasoning_gym_tasks._registry.cache_clear()
    yield
    reasoning_gym_tasks._registry.cache_clear()


def test_a_task_loads_its_group_and_no_other() -> None:
    told = subprocess.run([sys.executable, "-c", LOADED], capture_output=True, text=True, check=True).stdout.split()
    assert told.pop() == "False"
    assert set(told) & {"arithmetic", "algebra", "algorithmic", "logic", "games"} == {"arithmetic"}


def test_who_imports_the_package_later_finds_it_as_it_is() -> None:
    told = subprocess.run([sys.executable, "-c", IMPORTED_LATER], capture_output=True, text=True, check=False)
    assert told.returncode == 0, told.stderr
    first, *rest = told.stdout.splitlines()
    assert first == "False"
    known = subprocess.run([sys.executable, "-c", "import reasoning_gym as r; print(r.__version__)"],
                           capture_output=True, text=True, check=False)  # fmt: skip
    if known.returncode == 0:
        assert rest == [f"True {known.stdout.strip()}", "True True"]
    else:
        assert rest[0].endswith(" True")


def test_questions_are_drawn_with_their_answers() -> None:
    prompts = list(drawn(QuestionSettings(**QUESTIONS), "train"))
    assert len({prompt.asked for prompt in prompts}) == 3
    sums = [(prompt.asked.split(": ")[1].rstrip("= "), prompt.further["answer"]) for prompt in prompts]
    assert all(eval(asked) == int(answer) for asked, answer in sums)


def test_a_question_of_two_tasks_is_drawn_once_and_in_one_split() -> None:
    tasks = {"sums": SUMS, "again": SUMS}
    few = QuestionSettings(tasks=tasks, train=60, test=40)
    train, test = (list(drawn(few, split)) for split in ("train", "test"))
    assert len({prompt.asked for prompt in train + test}) == 100
    assert test == list(drawn(few.model_copy(update={"train": 90}), "test"))


def test_what_the_package_refuses_is_told_before_any_job() -> None:
    with pytest.raises(ValidationError, match=r"tasks\.sums: reasoning-gym refuses 'sums'"):
        QuestionSettings(**(QUESTIONS | {"tasks": {"sums": {"dataset": "sums"}}}))


def test_without_the_package_all_but_the_draw_can_be_planned(monkeypatch: pytest.MonkeyPatch) -> None:
    for module in (reasoning_gym, reasoning_gym_tasks):
        monkeypatch.setattr(module, "is_installed", lambda: False)
    questions = QuestionSettings(**QUESTIONS)
    with pytest.raises(ConfigError, match=r"pip install 'uncollapse\[reasoning\]'"):
        list(drawn(questions, "train"))


def test_a_package_that_a_group_lacks_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(reasoning_gym_tasks, "_module_of", lambda name: "no_such_package_at_all.tasks")
    with pytest.raises(ConfigError, match="'cubes' needs the package no_such_package_at_all, which is not installed"):
        reasoning_gym_tasks.has_task("cubes")
