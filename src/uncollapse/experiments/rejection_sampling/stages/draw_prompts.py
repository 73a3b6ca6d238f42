"""Draw prompts with their true answers, or read those of a file."""

import json
from collections.abc import Iterator
from pathlib import Path

from uncollapse.artifacts.parquet import write_rows
from uncollapse.errors import DataError
from uncollapse.experiments.rejection_sampling.artifacts import ASKED
from uncollapse.jobs.stage import Stage
from uncollapse.prompts.prompt import Prompt
from uncollapse.prompts.prompt_file import PromptColumns, PromptFile, PromptWords
from uncollapse.prompts.reasoning_gym import ANSWER, QuestionSettings, drawn
from uncollapse.verification.reading import answer_of

_KEYS = PromptWords(
    prompt="files.prompt",
    id="files.id",
    system_column="files.system_column",
    system="files.system",
    leave_out="mend it, or take the column out",
)


def run(stage: Stage) -> None:
    """Inputs prompts and other (the other split's), where they are of files; output asked.

    Spec: split, and questions or files (prompt, id, answer, system_column, system).
    """
    spec = stage.spec
    if "questions" in spec:
        prompts, answer = drawn(QuestionSettings(**spec["questions"]), spec["split"]), ANSWER
    else:
        prompts, answer = _of_file(stage), spec["files"]["answer"] or ANSWER
    rows = []
    for prompt in prompts:
        further = dict(prompt.further)
        is_text = isinstance(prompt.asked, str)
        rows.append(
            {
                "prompt_id": prompt.id,
                "prompt": prompt.asked if is_text else None,
                "messages": None if is_text else [dict(one) for one in prompt.asked],
                "system": prompt.system,
                "answer": answer_of(further.pop(answer, None)),
                "further": json.dumps(further, ensure_ascii=False, default=str),
            }
        )
    write_rows(stage.output("asked"), rows, ASKED)


def _of_file(stage: Stage) -> Iterator[Prompt]:
    """Prompts of the split's file, checked: each is there once, and in no other split."""
    own = _file(stage, stage.input("prompts"))
    own.check()
    answer = stage.spec["files"]["answer"]
    seen = {_key(prompt): prompt.id for prompt in _file(stage, stage.input("other")).prompts()}
    for prompt in own.prompts():
        if (other := seen.get(_key(prompt))) is not None:
            raise DataError(
                f"{stage.input('prompts')}: prompt {prompt.id!r} is prompt {other!r} of {stage.input('other')} too:"
                " what is learned from must not be what is tested; take it out of one of them"
            )
        if answer is not None and answer not in prompt.further:
            raise DataError(f"{stage.input('prompts')}: no column {answer!r}; correct files.answer")
        yield prompt


def _file(stage: Stage, path: Path) -> PromptFile:
    files = stage.spec["files"]
    columns = PromptColumns(prompt=files["prompt"], id=files["id"], system=files["system_column"])
    return PromptFile(path, columns, files["system"], _KEYS)


def _key(prompt: Prompt) -> str:
    return json.dumps(prompt.messages, sort_keys=True)
