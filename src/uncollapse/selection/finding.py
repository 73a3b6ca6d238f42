"""Selectors by the name that config gives them."""

from types import ModuleType
from typing import Literal

from uncollapse.settings.finding import load_plugin


def load_selector(select: str, *, of: Literal["sequences", "texts"]) -> ModuleType:
    """The selector of such data, or the user's .py file; see :func:`uncollapse.settings.finding.load_plugin`."""
    return load_plugin(select, package=f"selection.{of}", offers="choose")
