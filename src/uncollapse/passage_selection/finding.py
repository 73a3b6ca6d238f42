"""Selectors of passages by the name that config gives them."""

from types import ModuleType

from uncollapse.settings.finding import load_plugin


def load_passage_selector(by: str) -> ModuleType:
    """The selector of that name, or the user's .py file; see :func:`uncollapse.settings.finding.load_plugin`."""
    return load_plugin(by, package="passage_selection.selectors", offers="choose")
