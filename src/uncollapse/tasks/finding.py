"""A task's module by the name that config gives it."""

from types import ModuleType

from uncollapse.settings.finding import load_plugin


def load_task(name: str) -> ModuleType:
    """The task module of that name, or the user's .py file; see :func:`uncollapse.settings.finding.load_plugin`."""
    return load_plugin(name, package="tasks")
