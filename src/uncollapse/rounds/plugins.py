"""Blocks of config that name a task or a filter of this package, or a user's .py file with one."""

from collections.abc import Mapping
from types import ModuleType
from typing import Annotated, Any

from pydantic import BaseModel, SerializeAsAny, WithJsonSchema

from uncollapse.rounds.filtering import PACKAGE as FILTERS
from uncollapse.settings.finding import load_plugin
from uncollapse.settings.plugins import settings_of

TASKS = "rounds.tasks"
_TASK = ("symbols", "ask", "is_right", "longest", "spoken", "bounds")

DifficultTask = Annotated[
    SerializeAsAny[BaseModel],
    settings_of(TASKS, "name", _TASK, described="rounds/tasks"),
    WithJsonSchema({"x-plugins": [TASKS, "name"]}),
]
Filter = Annotated[
    SerializeAsAny[BaseModel],
    settings_of(FILTERS, "kind", ("keep",), described="rounds/filters"),
    WithJsonSchema({"x-plugins": [FILTERS, "kind"]}),
]


def task_of(block: Mapping[str, Any]) -> tuple[ModuleType, Any]:
    """The module of a task and its settings, from the task's block of config."""
    task = load_plugin(block["name"], package=TASKS)
    return task, task.Settings(**block)
