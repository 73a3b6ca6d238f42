r"""Form of a text: a regular expression that it matches, a JSON schema that it obeys, or both.

Both run in a child process under a limit of processor time: expressions such as ``(a+)+$`` can take for ever, in a
schema's ``pattern`` as well. A text on which the time runs out has no verdict.
"""

import json
import re
from functools import lru_cache
from typing import Any, Literal, Self

from pydantic import Field, field_validator, model_validator

from uncollapse.verifiers.candidate import Candidate, Verdict, right, wrong
from uncollapse.verifiers.code_block import last_block
from uncollapse.verifiers.limits import Limited
from uncollapse.verifiers.pattern import Pattern


class Settings(Limited):
    """Forms that a text has to have."""

    kind: Literal["format"] = "format"
    regex: Pattern | None = Field(default=None, description="regular expression of Python")
    match: Literal["whole", "anywhere"] = Field(default="whole", description="what the expression has to match")
    schema_: dict[str, Any] | None = Field(default=None, alias="schema", description="JSON schema, draft 2020-12")
    json_from: Literal["whole", "fenced"] = Field(default="whole", description="the text, or its last block of code")
    seconds: float = Field(default=1.0, gt=0, le=3600, description="of processor time that one check may take")

    @field_validator("schema_")
    @classmethod
    def _is_schema(cls, schema: dict[str, Any] | None) -> dict[str, Any] | None:
        from jsonschema import Draft202012Validator, SchemaError

        try:
            Draft202012Validator.check_schema(schema or {})
        except SchemaError as error:
            raise ValueError(f"is no JSON schema: {error.message}") from error
        if any("://" in str(reference) for reference in _references(schema)):
            raise ValueError("refers to another file ($ref); put all of it into this one")
        return schema

    @model_validator(mode="after")
    def _asks_something(self) -> Self:
        if self.regex is None and self.schema_ is None:
            raise ValueError("give regex, schema, or both")
        return self


def _references(schema: Any) -> list[Any]:
    if isinstance(schema, dict):
        return [schema.get("$ref", "")] + [found for part in schema.values() for found in _references(part)]
    return [found for part in schema for found in _references(part)] if isinstance(schema, list) else []


def check(candidate: Candidate, settings: Settings) -> Verdict:
    """Match the expression first, and look at JSON where it matches."""
    if settings.regex is not None:
        find = re.compile(settings.regex).fullmatch if settings.match == "whole" else re.compile(settings.regex).search
        if find(candidate.text) is None:
            return wrong("the expression does not match")
    if settings.schema_ is None:
        return right("the expression matches")
    text = candidate.text if settings.json_from == "whole" else last_block(candidate.text)
    if text is None:
        return wrong("no block of code")
    try:
        value = json.loads(text, parse_constant=_no_constant, object_pairs_hook=_object)
    except (ValueError, RecursionError) as error:
        return wrong(f"no JSON: {error}"[:200])
    found = next(iter(_validator(json.dumps(settings.schema_)).iter_errors(value)), None)
    if found is None:
        return right("obeys the schema")
    place = "/".join(map(str, found.absolute_path)) or "the whole"
    return wrong(f"{place}: {found.message}"[:200])


@lru_cache(maxsize=4)
def _validator(schema: str) -> Any:
    from jsonschema import Draft202012Validator

    return Draft202012Validator(json.loads(schema))


def _no_constant(name: str) -> Any:
    raise ValueError(f"{name} is no JSON")


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    """An object whose keys all differ: which of two values counts is up to the reader."""
    found = dict(pairs)
    if len(found) < len(pairs):
        raise ValueError("a key stands twice")
    return found
