"""Candidates as a table: a row for each prompt and sample, in the prompts' order, with what it cost.

Parquet says in its footer how they came about; JSON lines and CSV, plain or packed, have no place for that.
"""

import json
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from dataclasses import field as part
from itertools import islice
from pathlib import Path
from typing import Any

import pyarrow as pa

from uncollapse.artifacts.columns import field
from uncollapse.corpora.formats import beside
from uncollapse.errors import DataError
from uncollapse.generators.answer import NO_ANSWER, STATUSES, Answer
from uncollapse.generators.journal import Journal
from uncollapse.generators.question import Asking
from uncollapse.generators.row_file import RowFile, opened
from uncollapse.prompts.further_columns import MESSAGES, cell
from uncollapse.prompts.prompt import Prompt
from uncollapse.prompts.prompt_file import PromptFile, Survey

ABOUT = b"uncollapse.sampling"  # in the file's footer: how the candidates came about, as JSON
_PROMPTS = 256  # looked up at once
WithKeys = tuple[Prompt, list[bytes]]  # a prompt, and the keys of its answers
_UNANSWERED = Answer(status="unanswered", reason="not asked yet", tries=0)

OWN = (
    field("text", pa.string(), "the answer; empty where there is none"),
    field("status", pa.string(), f"of {', '.join(STATUSES)}"),
    field("reason", pa.string(), "why it is not ok; empty where it is"),
    field("finish_reason", pa.string(), "as the generator says it", nullable=True),
    field("model", pa.string(), "that answered, as the generator says it", nullable=True),
    field("prompt_tokens", pa.int32(), "tokens of the prompt", nullable=True),
    field("completion_tokens", pa.int32(), "tokens of the answer", nullable=True),
    field("log_prob", pa.float64(), "of the whole answer under its model, in nats", nullable=True),
    field("token_log_probs", pa.list_(pa.float32()), "of each token of it, in nats", nullable=True),
    field("tries", pa.int32(), "how often it was asked for until there was a reply"),
)


@dataclass
class Summary:
    """Counts of candidates by status, of prompts with several texts, and of those whose texts are all the same."""

    statuses: Counter[str] = part(default_factory=Counter)
    several: int = 0
    alike: int = 0

    def add(self, answers: Sequence[Answer]) -> None:
        """Count the answers to a prompt."""
        self.statuses.update(answer.status for answer in answers)
        texts = [answer.text for answer in answers if answer.text.strip()]
        self.several += len(texts) > 1
        self.alike += len(texts) > 1 and len(set(texts)) == 1

    @property
    def is_greedy(self) -> bool:
        """Whether all texts of every prompt are the same, so that no more than one of each tells anything."""
        return self.several > 0 and self.alike == self.several


def candidate_schema(survey: Survey, *, path: Path) -> pa.Schema:
    """Columns of the candidates of a file of prompts.

    Raises
    ------
    DataError
        For a column of the prompts that has the name of one of the candidates.
    """
    asked = MESSAGES if survey.conversations else pa.string()
    before = [
        field("prompt_id", pa.string(), "id of the prompt"),
        field("sample", pa.int32(), "number of the candidate, from 0"),
        field("prompt", asked, "what was asked: a text, or chat messages"),
        field("system", pa.string(), "instructions before it", nullable=True),
    ]
    own = {one.name for one in (*before, *OWN)}
    taken = [one.name for one in survey.further if one.name in own]
    if taken:
        raise DataError(
            f"{path}: column {taken[0]!r} has the name of a column of candidates; rename it, or leave it out with"
            f" --leave-out {' '.join(taken)}"
        )
    return pa.schema([*before, *survey.further, *OWN])


def write_candidates(
    prompts: PromptFile,
    survey: Survey,
    asking: Asking,
    samples: int,
    journal: Journal,
    output: Path,
    *,
    about: Mapping[str, Any],
) -> Summary:
    """Write ``samples`` candidates of each prompt with the answers that are kept; see :func:`candidate_table`."""
    with candidate_table(survey, output, path=prompts.path, about=about) as table:
        for some in with_keys(prompts, asking, samples):
            table.add_kept(some, journal)
    return table.summary


def write_answers(
    answered: Iterable[tuple[Prompt, Sequence[Answer]]],
    survey: Survey,
    output: Path,
    *,
    path: Path,
    about: Mapping[str, Any],
) -> Summary:
    """Write candidates; ``answered`` holds every prompt with its answers; see :func:`candidate_table`."""
    with candidate_table(survey, output, path=path, about=about) as table:
        for prompt, answers in answered:
            table.add(prompt, answers)
    return table.summary


class CandidateTable:
    """Rows of candidates on their way to their two files, counted."""

    def __init__(self, schema: pa.Schema, kept: RowFile, others: RowFile) -> None:
        self._schema, self._kept, self._others = schema, kept, others
        self.summary = Summary()

    def add(self, prompt: Prompt, answers: Sequence[Answer]) -> None:
        """Write the next prompt's candidates, numbered from 0."""
        self.summary.add(answers)
        rows = _rows(prompt, answers, self._schema)
        self._kept.add([row for row in rows if row["status"] not in NO_ANSWER], of=len(rows))
        self._others.add([row for row in rows if row["status"] in NO_ANSWER], of=len(rows))

    def add_kept(self, some: Sequence[WithKeys], journal: Journal) -> None:
        """Write some prompts' candidates with the answers that are kept."""
        answers = journal.answers([key for _, own in some for key in own])
        for prompt, own in some:
            self.add(prompt, [answers.get(key, _UNANSWERED) for key in own])


@contextmanager
def candidate_table(survey: Survey, output: Path, *, path: Path, about: Mapping[str, Any]) -> Iterator[CandidateTable]:
    """A table of candidates, and what is no answer of the model in a file of its own beside it; whole or not at all.

    That file (:func:`without_answer`) has the same columns; it is there only where there is something to put in. Who
    judges candidates would else count a server's faults as the model's errors. The table wants every prompt of the
    file ``path``; ``about`` is JSON for the files' footer.

    Raises
    ------
    DataError
        Where the file of prompts has been changed since it was surveyed, so that there is no table.
    """
    schema = candidate_schema(survey, path=path)
    told = schema.with_metadata({ABOUT: json.dumps(about, sort_keys=True).encode()})
    beside = without_answer(output)
    with ExitStack() as stack:
        table = CandidateTable(schema, *(stack.enter_context(opened(one, told)) for one in (output, beside)))
        yield table
        survey.check_unchanged(path)
    if not any(table.summary.statuses[status] for status in NO_ANSWER):
        beside.unlink()


def without_answer(output: Path) -> Path:
    """The file of requests without an answer of the model.

    >>> without_answer(Path("candidates.parquet"))
    PosixPath('candidates.without_answer.parquet')
    """
    return beside(output, "without_answer")


def with_keys(prompts: PromptFile, asking: Asking, samples: int) -> Iterator[list[WithKeys]]:
    """All prompts with the keys of their answers, some hundred keys at once."""
    stream = prompts.prompts()
    while some := list(islice(stream, max(1, _PROMPTS // samples))):
        yield [(prompt, [asking.question(prompt, sample).key for sample in range(samples)]) for prompt in some]


def _rows(prompt: Prompt, answers: Sequence[Answer], schema: pa.Schema) -> list[dict[str, Any]]:
    """The rows of a prompt's candidates."""
    further = {name: cell(value, schema.field(name).type) for name, value in prompt.further.items()}
    asked = {"prompt": prompt.asked, "system": prompt.system, **further}
    return [
        {"prompt_id": prompt.id, "sample": sample, **asked, **vars(answer)} for sample, answer in enumerate(answers)
    ]
