"""Blocks of config that name a generative model, its data or a verifier, or a user's .py file with one."""

from collections.abc import Mapping
from types import ModuleType
from typing import Annotated, Any

from pydantic import BaseModel, SerializeAsAny, WithJsonSchema

from uncollapse.settings.finding import load_plugin
from uncollapse.settings.plugins import settings_of

MODELS, DATA, VERIFIERS = "generations.models", "generations.data", "generations.verifiers"
_MODEL = ("ROWS", "LOSS", "fit", "sample", "losses", "features")
_DATA = ("ROWS", "size", "read")

ModelSettings = Annotated[
    SerializeAsAny[BaseModel],
    settings_of(MODELS, "name", _MODEL, described="generations/models"),
    WithJsonSchema({"x-plugins": [MODELS, "name"]}),
]
DataSettings = Annotated[
    SerializeAsAny[BaseModel],
    settings_of(DATA, "name", _DATA, described="generations/data"),
    WithJsonSchema({"x-plugins": [DATA, "name"]}),
]
VerifierSettings = Annotated[
    SerializeAsAny[BaseModel],
    settings_of(VERIFIERS, "kind", ("ROWS", "learn", "scores"), described="generations/verifiers"),
    WithJsonSchema({"x-plugins": [VERIFIERS, "kind"]}),
]


def plugin_of(block: Mapping[str, Any], *, package: str) -> tuple[ModuleType, Any]:
    """The module that a block names and its settings, from the block as a job's spec has it."""
    module = load_plugin(block.get("name") or block["kind"], package=package)
    return module, module.Settings(**block)
