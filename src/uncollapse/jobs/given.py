"""Values of a job's command line, and words on one that is not there or that the job's body refuses.

The workflow makes these command lines from a config that was checked whole, so that a mistake is of whoever calls a job
by hand.
"""

import re
import traceback
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, NoReturn

from uncollapse.errors import ConfigError
from uncollapse.settings.nested import at, is_there
from uncollapse.settings.problems import location_of, words_of

BY_HAND = "the workflow makes a job's command line: ask for the file that you want, snakemake --cores 2 FILE"
_TOLD = 5  # problems of one refusal
_SHOWN = 300  # characters of one
_NO_BLOCK = re.compile(r"argument after \*\* must be a mapping, not (\w+)$")


class Given(dict[str, Any]):
    """Values of an option of a job's command line, by name; one that is not there is an error of whoever called it.

    So it is in blocks within.
    """

    def __init__(self, option: str, values: Mapping[str, Any]) -> None:
        for name, value in values.items():
            self[name] = Given(f"{option} {name}", value) if isinstance(value, dict) else value
        self.option = option

    def __missing__(self, name: str) -> NoReturn:
        there = ", ".join(self) or "none"
        raise ConfigError(f"{self.option} has no {name!r}, which the job reads; there are {there} ({BY_HAND})")


def refused(error: BaseException, spec: Mapping[str, Any]) -> str | None:
    """Words on parts of a spec that the settings of a body refused; None where the error is another one.

    An error of pydantic's says where it is in the block that was validated, and what stood there: the parts of the spec
    that have the same there are those it may be about. No import of pydantic: most jobs end without an error.

    >>> print(refused(TypeError("Settings() argument after ** must be a mapping, not int"), {"data": 3, "split": "a"}))
    --spec: data: a block of keys is expected, got 3; change it
    """
    problems = list(_problems(error, spec))
    if not problems:
        return None
    more = [f"and {len(problems) - _TOLD} more"] if len(problems) > _TOLD else []
    return "\n".join([f"--spec: {problem}" for problem in problems[:_TOLD]] + more)


def doubted(error: BaseException, spec: Mapping[str, Any]) -> str | None:
    """Words on an error in the work itself, and on the values of a spec that a person gave and that may be its cause.

    None where it is no error of a value. The parts that are blocks of keys have been checked by then.

    >>> print(doubted(KeyError("nope"), {"split": "nope", "seed": 0}))
    KeyError: 'nope'
    --spec: split: the job does not take 'nope'; change it
    """
    plain = {name: value for name, value in spec.items() if not isinstance(value, dict)}
    if not plain or not isinstance(error, TypeError | ValueError | LookupError | AttributeError):
        return None
    at = next((f" ({frame.filename}, line {frame.lineno})" for frame in reversed(_frames(error))), "")
    told = f"{type(error).__name__}: {_short(str(error))}{at}\n--spec: "
    if named := [name for name, value in plain.items() if value in error.args]:
        return f"{told}{' or '.join(named)}: the job does not take {plain[named[0]]!r}; change it"
    values = _short(", ".join(f"{name} {value!r}" for name, value in plain.items()))
    return f"{told}one of these may be another than the workflow gives it, change it: {values}"


def _frames(error: BaseException) -> list[traceback.FrameSummary]:
    """Places in the project's own modules, the innermost last."""
    return [one for one in traceback.extract_tb(error.__traceback__) if "uncollapse" in one.filename]


def _problems(error: BaseException, spec: Mapping[str, Any]) -> Iterator[str]:
    if isinstance(error, TypeError) and (found := _NO_BLOCK.search(str(error))):
        for part, value in spec.items():
            if type(value).__name__ == found[1]:
                yield f"{part}: a block of keys is expected, got {_short(repr(value))}; change it"
    if type(error).__name__ != "ValidationError" or not type(error).__module__.startswith("pydantic"):
        return
    for problem in error.errors(include_url=False):  # type: ignore[attr-defined]
        places = [(path, block) for path, block in _blocks(spec) if _is_about(problem, block)]
        if not places:
            return  # of something else than the spec, whose traceback tells more
        location = location_of(problem, places[0][1])
        key = ".".join([*([" or ".join(".".join(path) for path, _ in places)] if places[0][0] else []), *location])
        yield f"{key}: {_short(words_of(problem, [*places[0][0], *location]))}"


def _blocks(block: Mapping[str, Any], path: Sequence[str] = ()) -> Iterator[tuple[Sequence[str], Mapping[str, Any]]]:
    """A block and all blocks within, each with the keys that lead to it."""
    yield path, block
    for key, within in block.items():
        if isinstance(within, dict):
            yield from _blocks(within, (*path, key))


def _is_about(problem: Any, block: Mapping[str, Any]) -> bool:
    """Whether a block has at the place of a problem what pydantic found there; of a key that is missing, around it."""
    place = [str(part) for part in problem["loc"]]
    if problem["type"] == "missing":
        place = place[:-1]
    if not is_there(place, block):  # with the kind of a block on the way, which is no key
        place = location_of({**problem, "ctx": {}, "loc": place}, block)
    if not is_there(place, block):
        return False
    found, given = at(place, block), problem["input"]
    if isinstance(found, dict) and isinstance(given, dict) and found:  # a body may add keys of its own
        return all(key in given and given[key] == value for key, value in found.items())
    return bool(found == given)


def _short(text: str) -> str:
    """A text in one line, cut where it is long."""
    line = " ".join(text.split())
    return line if len(line) <= _SHOWN else f"{line[:_SHOWN]} ..."
