"""Who judges candidates: one module per verifier, each with two things.

- ``Settings``: a pydantic model of its keys in config (``kind: str`` names the module, or a user's .py file); one
  that only ranks says so by a property ``gives_verdict`` that is False;
- ``score(candidates, prompts, *, task, task_settings, settings)``: for N prompts with W candidates each, ``scores``
  (N, W), higher is better, and ``accepted`` (N, W) of bool, or None where the verifier ranks without a verdict.

``candidates`` is a :class:`~uncollapse.candidates.sequences.Candidates`; ``prompts`` the table of the N prompts.
"""

from types import ModuleType

from uncollapse.settings.finding import load_plugin


def load_verifier(kind: str) -> ModuleType:
    """The verifier module of that name, or the user's .py file; see :func:`uncollapse.settings.finding.load_plugin`."""
    return load_plugin(kind, package="verifiers")
