"""Verifiers by the name that config gives them."""

from types import ModuleType
from typing import Literal

from uncollapse.settings.finding import load_plugin


def load_verifier(kind: str, *, of: Literal["sequences", "texts"]) -> ModuleType:
    """The verifier of such candidates, or the user's .py file; see :func:`uncollapse.settings.finding.load_plugin`."""
    return load_plugin(kind, package=f"verifiers.{of}")
