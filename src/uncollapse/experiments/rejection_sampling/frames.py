"""Frames and values of experiments in rejection sampling."""

from typing import Any

from uncollapse.experiments.frames import Frame, Value
from uncollapse.experiments.rejection_sampling.artifacts import AUDIT_FILES, DECISION_FILES, PASSED_FILES

FRAMES = {
    "selection_audits": Frame(
        artifact=AUDIT_FILES,
        files=lambda e: [AUDIT_FILES(selection=name) for name in e.selections],
        about=("selection",),
    ),
    "selection_decisions": Frame(
        artifact=DECISION_FILES,
        files=lambda e: [DECISION_FILES(selection=name) for name in e.selections],
        about=("selection",),
    ),
    "passed": Frame(
        artifact=PASSED_FILES,
        files=lambda e: [PASSED_FILES(selection=name, arm=arm, seed=seed) for name, arm, seed in e.tested()],
        about=("selection", "arm", "seed"),
    ),
}


def _selection_rows(e: Any) -> list[dict[str, Any]]:
    """A row for each selection: its verifier, that one's kind, its rule, and how many rows of each seed it asks for."""
    rows = []
    for name, one in e.selections.items():
        verifier = one.verifier or ""
        rows.append(
            {
                "selection": name,
                "verifier": verifier,
                "verifier_kind": e.verifiers[verifier].kind if verifier else "",
                "is_reference": verifier == e.reference,
                "rule": one.rule,
                "n": one.n or 0,
            }
        )
    return rows


VALUES = {"answer_selections": Value(_selection_rows, rows=True)}
