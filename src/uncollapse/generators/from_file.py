"""Candidates that exist already become the table that sampling writes: in the prompts' order, with statuses."""

import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from tempfile import TemporaryDirectory

from uncollapse.errors import DataError
from uncollapse.generators.answer import Answer
from uncollapse.generators.candidate_file import Summary, candidate_schema, write_answers
from uncollapse.generators.existing import columns_left, read_answers
from uncollapse.prompts.prompt import Prompt
from uncollapse.prompts.prompt_file import PromptFile

_NAMED = ("--text", "--prompt-id")  # the options that name the columns


def sample_from_file(
    prompts: PromptFile, path: Path, output: Path, *, text: str = "text", prompt_id: str = "prompt_id"
) -> tuple[Summary, int, list[str]]:
    """Write the candidates of a file in the prompts' order; counts, how many prompts have none, and columns left.

    A prompt's candidates are numbered in the file's order. They are sorted on disk, so that memory does not grow with
    their number. Columns of the candidates that :func:`~uncollapse.generators.existing.read_answers` does not read
    are left.

    Raises
    ------
    DataError
        For prompts or candidates that cannot be read, prompts without ids, a candidate of a prompt that is not there,
        and a column that is left whose name a column of the prompts has.
    """
    if prompts.numbered:
        raise DataError(
            f"{prompts.path}: no column of ids (id or prompt_id), by which candidates name their prompts: add one,"
            " or name it with --id"
        )
    with TemporaryDirectory(prefix="candidates-") as folder, closing(sqlite3.connect(Path(folder) / "given")) as given:
        given.execute("PRAGMA journal_mode = OFF")
        given.execute("PRAGMA synchronous = OFF")
        given.execute("CREATE TABLE prompts (id TEXT PRIMARY KEY) WITHOUT ROWID")
        given.execute("CREATE TABLE candidates (number INTEGER PRIMARY KEY, place TEXT, prompt TEXT, answer TEXT)")
        survey = prompts.check(lambda prompt: given.execute("INSERT OR IGNORE INTO prompts VALUES (?)", [prompt.id]))
        candidate_schema(survey, path=prompts.path)
        left = columns_left(path, text=text, prompt_id=prompt_id)
        if both := [one.name for one in survey.further if one.name in left]:
            raise DataError(
                f"{path}: column {both[0]!r} is one of the prompts too, and only theirs is carried along: drop it here,"
                f" or rename it there"
            )
        rows = (
            (*place, one.to_json()) for *place, one in read_answers(path, text=text, prompt_id=prompt_id, named=_NAMED)
        )
        given.executemany("INSERT INTO candidates (place, prompt, answer) VALUES (?, ?, ?)", rows)
        _check(given, path, prompts.path)
        given.execute("CREATE INDEX of_prompt ON candidates (prompt, number)")
        about = {"from": path.name, "text": text, "prompt_id": prompt_id}
        summary = write_answers(_answered(prompts, given), survey, output, path=prompts.path, about=about)
        (without,) = given.execute(
            "SELECT count(*) FROM prompts WHERE id NOT IN (SELECT prompt FROM candidates)"
        ).fetchone()
    return summary, without, left


def _check(given: sqlite3.Connection, path: Path, prompts: Path) -> None:
    query = "SELECT place, prompt FROM candidates WHERE prompt NOT IN (SELECT id FROM prompts) ORDER BY number LIMIT 1"
    if (lost := given.execute(query).fetchone()) is not None:
        raise DataError(
            f"{path}: {lost[0]} is of prompt {lost[1]!r}, which is none of {prompts}: drop it, or name the columns of"
            f" ids with {_NAMED[1]} (candidates) and --id (prompts)"
        )


def _answered(prompts: PromptFile, given: sqlite3.Connection) -> Iterator[tuple[Prompt, list[Answer]]]:
    """Every prompt with its candidates."""
    for prompt in prompts.prompts():
        found = given.execute("SELECT answer FROM candidates WHERE prompt = ? ORDER BY number", [prompt.id])
        yield prompt, [Answer.from_json(text) for (text,) in found]
