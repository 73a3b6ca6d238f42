"""Scorers of the package ``reasoning-gym`` (Stojanovski et al. 2025): ``pip install 'uncollapse[reasoning]'``.

A candidate's row carries the entry that the package drew: prompt, answer, and its ``metadata`` as an object or as JSON.
A candidate is accepted from the score ``lowest`` on, which is the full one unless said otherwise.

Some scorers (0.1.25) find an answer anywhere in a text, others take any text but "True" for "False". The answer is
therefore taken out of its tag first, and where the true answer is one of two words, so has the given one to be.
"""

import json
import re
from functools import lru_cache
from typing import Literal, Self

from pydantic import Field, field_validator, model_validator

from uncollapse.prompts.reasoning_gym_tasks import has_task, is_installed, score_function
from uncollapse.verifiers.candidate import Candidate, Verdict, failed, is_score, scored, wrong
from uncollapse.verifiers.final_answer import Where, final_answer
from uncollapse.verifiers.limits import Limited

NEEDS = ("answer", "prompt")
_TAG = re.compile(r"<answer>(.*?)</answer>", re.DOTALL)
_TWO_WORDS = ({"true", "false"}, {"yes", "no"})


class Settings(Limited):
    """The task that scores, and the place of the answer."""

    kind: Literal["reasoning_gym"] = "reasoning_gym"
    dataset: str | None = Field(default=None, description="the package's task; default: source_dataset of metadata")
    metadata: str = Field(default="metadata", description="column of the entries' metadata")
    answer_from: Literal["tag"] | Where = Field(default="tag", description="the last <answer> ... </answer>")
    lowest: float = Field(default=1.0, description="score from which on a candidate is accepted")
    reads: list[str] = Field(default=[], description="further columns, metadata among them")

    @field_validator("dataset")
    @classmethod
    def _is_a_task(cls, dataset: str | None) -> str | None:
        if dataset is not None and is_installed() and not has_task(dataset):
            raise ValueError(f"reasoning-gym has no task {dataset!r}; name one of its tasks, or null")
        return dataset

    @model_validator(mode="after")
    def _reads_metadata(self) -> Self:
        if self.metadata not in self.reads:
            self.reads.append(self.metadata)
        return self


def check(candidate: Candidate, settings: Settings) -> Verdict:
    """Score by the task's own scorer."""
    metadata = candidate.columns.get(settings.metadata)
    metadata = json.loads(metadata) if isinstance(metadata, str) else metadata
    if not isinstance(metadata, dict):
        return failed(f"no object in column {settings.metadata!r}")
    given = _given(candidate.text, settings)
    if given is None:
        return wrong("no answer found")
    true = (candidate.answer or "").strip().casefold()
    two = next((words for words in _TWO_WORDS if true in words), None)
    if two is not None and given.strip().casefold() not in two:
        return wrong(f"none of {' and '.join(sorted(two))}")
    entry = {"question": candidate.prompt, "answer": candidate.answer, "metadata": metadata}
    score = _scorer(settings.dataset or str(metadata.get("source_dataset")))(answer=given, entry=entry)
    if not is_score(float(score)):
        return failed(f"the score is {score}")
    return scored(float(score), lowest=settings.lowest, reason=given[:60])


def _given(text: str, settings: Settings) -> str | None:
    if settings.answer_from != "tag":
        return final_answer(text, settings.answer_from)
    found = _TAG.findall(text)
    return found[-1].strip() if found else None


_scorer = lru_cache(maxsize=64)(score_function)
