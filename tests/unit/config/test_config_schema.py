"""The JSON schema says what the types say."""

from __future__ import annotations

import copy
import json
from pathlib import Path
from typing import Any

import jsonschema
import pytest
import yaml

from uncollapse.config import schema as config_schema

ROOT = Path(__file__).parents[3]
CONFIG = yaml.safe_load((ROOT / "config.yaml").read_text())


@pytest.fixture(scope="module")
def schema() -> dict[str, Any]:
    return config_schema.schema()


@pytest.fixture(scope="module")
def validator(schema: dict[str, Any]) -> jsonschema.Draft202012Validator:
    jsonschema.Draft202012Validator.check_schema(schema)
    return jsonschema.Draft202012Validator(schema)


def test_the_file_is_up_to_date() -> None:
    """``make schema`` writes it."""
    assert (ROOT / "workflow" / "schemas" / "config.schema.json").read_text(encoding="utf-8") == config_schema.text()


def test_every_reference_is_defined(schema: dict[str, Any]) -> None:
    text = json.dumps(schema)
    for part in text.split('"$ref": "')[1:]:
        target: Any = schema
        for name in part.partition('"')[0].removeprefix("#/").split("/"):
            target = target[name]
    assert "x-plugins" not in text


def test_the_default_config_is_valid(validator: jsonschema.Draft202012Validator) -> None:
    validator.validate(CONFIG)


@pytest.mark.parametrize(
    ("path", "value"),
    [
        (["resluts"], "here"),
        (["experiments", "eigenvalues", "decodings", "greedy", "beams"], 0),
        (["experiments", "eigenvalues", "task", "matrix_size"], 0),
        (["experiments", "eigenvalues", "task", "name"], "eigen"),
        (["experiments", "eigenvalues", "task", "size"], 2),
        (["experiments", "eigenvalues", "verifiers", "oracle", "tolerance"], -1),
        (["experiments", "eigenvalues", "verifiers", "oracle"], {"tolerance": 0.02}),
        (["experiments", "eigenvalues", "sample", "train"], "many"),
    ],
)
def test_an_editor_underlines_what_loading_refuses(
    validator: jsonschema.Draft202012Validator, path: list[str], value: Any
) -> None:
    config = copy.deepcopy(CONFIG)
    part = config
    for name in path[:-1]:
        part = part[name]
    part[path[-1]] = value
    assert list(validator.iter_errors(config))


def test_a_users_file_may_have_keys_of_its_own(validator: jsonschema.Draft202012Validator) -> None:
    config = copy.deepcopy(CONFIG)
    config["experiments"]["eigenvalues"]["verifiers"]["mine"] = {"kind": "mine/verifier.py", "sharpness": 3}
    validator.validate(config)
