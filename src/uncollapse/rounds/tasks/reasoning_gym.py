"""Any task of the package ``reasoning-gym`` (Stojanovski et al. 2025), with its own scorer.

A task there is a generator with settings; ``grows`` names those of them that are set to the difficulty, ``options``
gives others. ``tasks: {name: reasoning_gym, dataset: chain_sum, grows: [min_digits, max_digits]}`` counts digits, say.
"""

import functools
import json
import random
from typing import Annotated, Any, Literal

from pydantic import Field, model_validator

from uncollapse.errors import ConfigError, DataError
from uncollapse.prompts.reasoning_gym_tasks import create_dataset
from uncollapse.rounds.question import Question
from uncollapse.settings.values import Strict, Unique

_ENDS = "\n="  # what says that an answer follows
_SYMBOLS = "".join(map(chr, range(32, 127))) + "\n"


class Settings(Strict):
    """One of the package's tasks; its difficulty is a number that some of that task's settings are set to."""

    name: Literal["reasoning_gym"]
    dataset: str = Field(description="the task's name in the package, such as chain_sum")
    grows: Annotated[list[str], Unique] = Field(min_length=1, description="its settings that are the difficulty")
    options: dict[str, Any] = Field(default={}, description="its other settings")
    longest_answer: int = Field(default=64, ge=1, description="characters at which a model is stopped")
    hardest: int | None = Field(default=None, ge=1, description="largest difficulty that its settings allow")

    @model_validator(mode="after")
    def _can_be_drawn(self) -> "Settings":
        """Draw a question of the least difficulty, so that what the package refuses is told before any job."""
        try:
            dataset = _dataset(self.dataset, 1, tuple(self.grows), json.dumps(self.options, sort_keys=True), 0)
        except ConfigError as error:
            raise ValueError(str(error)) from error
        except Exception as error:  # of any kind, as the package's tasks check their settings
            raise ValueError(
                f"reasoning-gym refuses {self.dataset!r}: {error}; correct dataset, grows or options"
            ) from error
        if not callable(getattr(dataset, "score_answer", None)):
            raise ValueError(f"{self.dataset!r} has no scorer; choose another task")
        return self


@functools.lru_cache(maxsize=4096)
def _dataset(name: str, difficulty: int, grows: tuple[str, ...], options: str, seed: int) -> Any:
    settings = json.loads(options) | dict.fromkeys(grows, difficulty)
    return create_dataset(name, size=1, seed=seed, **settings)


def _of(settings: Settings, difficulty: int, seed: int) -> Any:
    options = json.dumps(settings.options, sort_keys=True)
    return _dataset(settings.dataset, difficulty, tuple(settings.grows), options, seed)


def symbols(settings: Settings) -> str:
    """The characters of ASCII that are seen, and the end of a line."""
    return _SYMBOLS


def ask(difficulty: int, settings: Settings, rng: random.Random) -> Question:
    """The first question of a data set of the package; ``about`` is the seed that it is found by again.

    Raises
    ------
    DataError
        For a question with other characters than ASCII's, or with no answer.
    """
    seed = rng.getrandbits(31)
    entry = _of(settings, difficulty, seed)[0]
    if not isinstance(entry["answer"], str):
        raise DataError(
            f"reasoning-gym's {settings.dataset!r} has no answer to {entry['question'][:80]!r}; choose another"
        )
    found = Question(entry["question"].rstrip() + _ENDS, entry["answer"], f"{difficulty} {seed}")
    if strange := sorted(set(found.text + found.answer) - set(_SYMBOLS)):
        raise DataError(f"reasoning-gym's {settings.dataset!r} writes {strange}; only ASCII can be read")
    return found


def is_right(answer: str, question: Question, settings: Settings) -> bool:
    """Whether the task's own scorer gives the full score."""
    difficulty, seed = map(int, question.about.split())
    dataset = _of(settings, difficulty, seed)
    return float(dataset.score_answer(answer=answer, entry=dataset[0])) >= 1.0


def longest(difficulty: int, settings: Settings) -> int:
    """The length that config says."""
    return settings.longest_answer


def spoken(difficulty: int, settings: Settings) -> str:
    """The number that the settings are set to."""
    return str(difficulty)


def bounds(settings: Settings) -> tuple[int, int | None]:
    """One, and what config says."""
    return 1, settings.hardest
