"""Verifiers on a list of texts, for notebooks."""

from collections.abc import Sequence
from typing import Any

from uncollapse.errors import DataError
from uncollapse.verification.judging import opened_verifier
from uncollapse.verification.named import from_texts
from uncollapse.verifiers.candidate import Candidate, Verdict


def verify(
    texts: Sequence[str],
    verifier: str,
    *,
    answers: Sequence[str] | None = None,
    prompts: Sequence[Any] | None = None,
    threads: int = 1,
    **columns: Sequence[Any],
) -> list[Verdict]:
    """Verdicts of a verifier, named as on the command line of ``uncollapse verify``, on N texts.

    Parameters
    ----------
    answers, prompts : (N,) true answers, and what was asked; texts of equal prompts are those of one prompt
    columns : (N,) values of whatever further columns the verifier reads, by name

    Raises
    ------
    ConfigError
        For a verifier that is none.
    DataError
        For answers, prompts or columns of another length, and without those that the verifier needs.

    >>> [verdict.accepted for verdict in verify(["ab", "ba"], "format:regex=a.")]
    [True, False]
    """
    (named,) = from_texts([verifier])
    given = {"answer": answers, "prompt": prompts}
    for name, values in [*given.items(), *columns.items()]:
        if values is not None and len(values) != len(texts):
            raise DataError(f"{len(values)} values of {name} for {len(texts)} texts")
    for need in named.needs:
        if given["prompt" if need == "prompt_id" else need] is None:
            raise DataError(f"verifier {named.name} needs {'prompts' if need.startswith('prompt') else 'answers'}")
    candidates = [
        Candidate(
            text,
            prompt=None if prompts is None else prompts[number],
            answer=None if answers is None else str(answers[number]),
            prompt_id="" if prompts is None else str(prompts[number]),
            columns={name: values[number] for name, values in columns.items()},
        )
        for number, text in enumerate(texts)
    ]
    with opened_verifier(named, threads=threads) as opened:
        if hasattr(opened, "survey"):
            opened.survey(candidates)
        return opened.judge(candidates)
