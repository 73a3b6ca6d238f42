"""Columns of a table of candidates by what they are, as options name them or as their names suggest."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from uncollapse.corpora.tables import column_names, told_columns
from uncollapse.errors import DataError

SUFFIXES = (".parquet", ".jsonl", ".ndjson", ".csv", ".tsv")
VERDICTS, SCORES = ("accepted", "kept"), ("score",)  # what a verifier's columns are called, alone or behind its name
_JOINTS = (".", "_", ":", "/")
_DEFAULTS = (("id", "id"), ("prompt", "messages"), ("prompt", "prompt"), ("text", "text"))  # the last one counts


@dataclass(frozen=True, kw_only=True)
class Roles:
    """Names of columns; None where there is none, or none is named yet.

    id : tells candidates apart; without one, ``prompt_id`` and ``sample`` do together
    prompt_id : tells prompts apart; without one, their texts do
    prompt, text : the prompt, as text or as a list of messages, and the candidate
    kept, score : the verifier's verdict and its score
    threshold : of the score, where it decides what is kept
    lower : whether lower scores are better
    """

    id: str | None = None
    prompt_id: str | None = None
    sample: str | None = None
    prompt: str | None = None
    text: str | None = None
    kept: str | None = None
    score: str | None = None
    threshold: float | None = None
    lower: bool = False

    @property
    def columns(self) -> list[str]:
        """Every column that has a role, once."""
        named = (self.id, self.prompt_id, self.sample, self.prompt, self.text, self.kept, self.score)
        return list(dict.fromkeys(name for name in named if name is not None))

    @property
    def id_columns(self) -> list[str]:
        """Columns that tell candidates apart: the id's, or the prompt's id and the sample's number."""
        named = (self.id,) if self.id is not None else (self.prompt_id, self.sample)
        return [name for name in named if name is not None]

    def decides(self, score: float) -> bool:
        """Whether a candidate with this score is kept, where a threshold decides."""
        assert self.threshold is not None
        return score <= self.threshold if self.lower else score >= self.threshold


def known_columns(path: Path) -> list[str]:
    """Columns of a file of candidates, see :func:`~uncollapse.corpora.tables.column_names`."""
    return column_names(path, suffixes=SUFFIXES)


def resolved(path: Path, roles: Roles, *, verifier: str | None = None, judged: bool = True) -> Roles:
    """Roles with the columns that the file has: those named must be there, the others are found by their names.

    Parameters
    ----------
    verifier : the name before ``accepted`` and ``score``, where the table holds verdicts of several
    judged : whether a verdict, or a score with a threshold, has to be there

    Raises
    ------
    DataError
        For a column that is named and not there, and where what is needed is found under no name; with what there is.
    """
    names = known_columns(path)
    there = told_columns(path, names)
    options = {"id": "--id", "prompt_id": "--prompt-id", "prompt": "--prompt", "text": "--text", "kept": "--kept"}
    for role, option in (options | {"score": "--score"}).items():
        if (name := getattr(roles, role)) is not None and name not in names:
            raise DataError(f"{path}: no column {name!r}; there are {there}: name one with {option}")
    found = {role: name for role, name in _DEFAULTS if getattr(roles, role) is None and name in names}
    if roles.prompt_id is None and "prompt_id" in names:
        found["prompt_id"] = "prompt_id"
    if "sample" in names:
        found["sample"] = "sample"
    if roles.kept is None and roles.threshold is None:
        found |= _named(path, names, "kept", VERDICTS, verifier)
    if roles.score is None:
        found |= _named(path, names, "score", SCORES, verifier)
    roles = replace(roles, **found)
    if verifier is not None and roles.kept is None and roles.score is None:
        raise DataError(
            f"{path}: no columns {verifier}.accepted or {verifier}.score; there are {there}: name others"
            " with --kept or --score"
        )
    if roles.threshold is not None and roles.score is None:
        raise DataError(f"{path}: a threshold is of a score; there are {there}: name its column with --score")
    if judged and roles.kept is None and roles.threshold is None:
        score = f"of {roles.score}" if roles.score else "of a column named with --score"
        raise DataError(
            f"{path}: no column says what the verifier keeps; there are {there}: name it with --kept, or"
            f" give a --threshold {score}"
        )
    return _identified(path, roles, names)


def _identified(path: Path, roles: Roles, names: Sequence[str]) -> Roles:
    """Roles whose id tells candidates apart, as far as names go."""
    there = told_columns(path, names)
    if roles.id is None and (roles.prompt_id is None or roles.sample is None):
        raise DataError(
            f"{path}: no column tells candidates apart; there are {there}: name one with --id (each value once)"
        )
    if roles.id is not None:
        roles = replace(roles, sample=None)
    if roles.text is None:
        raise DataError(f"{path}: no column 'text'; there are {there}: name the column of candidates with --text")
    if roles.prompt is None and roles.prompt_id is None:
        raise DataError(f"{path}: no column 'prompt'; there are {there}: name the column of prompts with --prompt")
    return roles


def _named(path: Path, names: Sequence[str], role: str, endings: Sequence[str], verifier: str | None) -> dict[str, str]:
    """The column of a role by its name; nothing where there is none."""
    if verifier is not None:
        found = [n for n in names for end in endings if n in {f"{verifier}{joint}{end}" for joint in _JOINTS}]
        return {role: found[0]} if found else {}
    if plain := [name for name in endings if name in names]:
        return {role: plain[0]}
    several = [name for name in names if name.endswith(tuple(f"{joint}{end}" for joint in _JOINTS for end in endings))]
    if len(several) > 1 and role == "kept":
        known = ", ".join(name[: -1 - len(next(e for e in endings if name.endswith(e)))] for name in several)
        raise DataError(f"{path}: verdicts of several verifiers ({known}): name one with --verifier")
    return {role: several[0]} if len(several) == 1 else {}
