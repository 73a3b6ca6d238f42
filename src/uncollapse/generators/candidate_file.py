"""Candidates as a table: a row for each prompt and sample, in the prompts' order, with what it cost.

Parquet says in its footer how they came about; JSON lines and CSV, plain or packed, have no place for that.
"""

import csv
import json
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from dataclasses import field as part
from itertools import islice
from pathlib import Path
from typing import Any, TextIO

import pyarrow as pa

from uncollapse.artifacts.columns import field
from uncollapse.artifacts.parquet import ROW_GROUP, ParquetWriter, columns_of
from uncollapse.corpora.formats import DELIMITERS, beside, kind_of
from uncollapse.corpora.written import json_line, writing
from uncollapse.errors import DataError
from uncollapse.generators.answer import NO_ANSWER, STATUSES, Answer
from uncollapse.generators.journal import Journal
from uncollapse.generators.question import Asking
from uncollapse.jobs.partial import whole
from uncollapse.prompts.further_columns import MESSAGES, cell
from uncollapse.prompts.prompt import Prompt
from uncollapse.prompts.prompt_file import PromptFile, Survey

ABOUT = b"uncollapse.sampling"  # in the file's footer: how the candidates came about, as JSON
_PROMPTS = 256  # looked up at once
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
    """Write ``samples`` candidates of each prompt with the answers that are kept; see :func:`write_answers`."""
    answered = _kept_answers(prompts, asking, samples, journal)
    return write_answers(answered, survey, output, path=prompts.path, about=about)


def write_answers(
    answered: Iterable[tuple[Prompt, Sequence[Answer]]],
    survey: Survey,
    output: Path,
    *,
    path: Path,
    about: Mapping[str, Any],
) -> Summary:
    """Write the candidates, and what is no answer of the model to a file of its own beside them.

    That file (:func:`without_answer`) has the same columns; it is there only where there is something to put in. Who
    judges candidates would else count a server's faults as the model's errors. ``answered`` holds every prompt of the
    file ``path`` with the answers to it, numbered from 0; ``about`` is JSON for the files' footer.
    """
    schema = candidate_schema(survey, path=path)
    told = schema.with_metadata({ABOUT: json.dumps(about, sort_keys=True).encode()})
    summary, beside = Summary(), without_answer(output)
    with ExitStack() as stack:
        kept, others = (stack.enter_context(_opened(path, told)) for path in (output, beside))
        for prompt, answers in answered:
            summary.add(answers)
            rows = _rows(prompt, answers, schema)
            kept.add([row for row in rows if row["status"] not in NO_ANSWER], of=len(rows))
            others.add([row for row in rows if row["status"] in NO_ANSWER], of=len(rows))
    if not any(summary.statuses[status] for status in NO_ANSWER):
        beside.unlink()
    return summary


def without_answer(output: Path) -> Path:
    """The file of requests without an answer of the model.

    >>> without_answer(Path("candidates.parquet"))
    PosixPath('candidates.without_answer.parquet')
    """
    return beside(output, "without_answer")


@contextmanager
def _opened(path: Path, schema: pa.Schema) -> Iterator["_Rows | _Lines"]:
    """A file of candidates, whole or not at all."""
    with whole(path) as partial:
        if kind_of(path) == "parquet":
            with ParquetWriter(partial, schema) as writer:
                rows = _Rows(writer)
                yield rows
                rows.flush()
        else:
            with writing(partial) as file:
                yield _Lines(file, schema.names, str(kind_of(path)))


class _Lines:
    """Rows on their way to a file of text."""

    def __init__(self, file: TextIO, names: list[str], kind: str) -> None:
        self._file, self._table = file, None
        if kind != "json":
            self._table = csv.DictWriter(file, names, delimiter=DELIMITERS[kind])
            self._table.writeheader()

    def add(self, rows: list[dict[str, Any]], **_: int) -> None:
        """Write rows."""
        for row in rows:
            if self._table is None:
                self._file.write(json_line(row))
            else:
                self._table.writerow({name: cell(value, pa.string()) for name, value in row.items()})


class _Rows:
    """Rows on their way to a file, in row groups of some thousand."""

    def __init__(self, writer: ParquetWriter) -> None:
        self._writer = writer
        self._waiting: list[dict[str, Any]] = []

    def add(self, rows: list[dict[str, Any]], *, of: int) -> None:
        """Write rows; the rest of the ``of`` that came in go to the other file."""
        self._waiting += rows
        self._writer.count(rows_in=of, kept=len(rows), dropped={"in the other file": of - len(rows)})
        if len(self._waiting) >= ROW_GROUP:
            self.flush()

    def flush(self) -> None:
        """Write what waits."""
        if self._waiting:
            self._writer.write(columns_of(self._waiting, self._writer.schema))
            self._waiting = []


def _kept_answers(
    prompts: PromptFile, asking: Asking, samples: int, journal: Journal
) -> Iterator[tuple[Prompt, list[Answer]]]:
    """Every prompt with its answers, some hundred looked up at once."""
    stream = prompts.prompts()
    while some := list(islice(stream, max(1, _PROMPTS // samples))):
        keys = [[asking.question(prompt, sample).key for sample in range(samples)] for prompt in some]
        answers = journal.answers([key for own in keys for key in own])
        for prompt, own in zip(some, keys, strict=True):
            yield prompt, [answers.get(key, _UNANSWERED) for key in own]


def _rows(prompt: Prompt, answers: Sequence[Answer], schema: pa.Schema) -> list[dict[str, Any]]:
    """The rows of a prompt's candidates."""
    further = {name: cell(value, schema.field(name).type) for name, value in prompt.further.items()}
    asked = {"prompt": prompt.asked, "system": prompt.system, **further}
    return [
        {"prompt_id": prompt.id, "sample": sample, **asked, **vars(answer)} for sample, answer in enumerate(answers)
    ]
