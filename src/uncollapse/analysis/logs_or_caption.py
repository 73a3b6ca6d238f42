"""Table 7 of Zhu et al. 2024: its caption says that its rows redraw tokens, the authors' logs that they delete them."""

from uncollapse.analysis.contrasts import Groups, relative
from uncollapse.analysis.edited_scores import UNEDITED, Continued
from uncollapse.analysis.verdict import Part, phrase

# the first row's average score over that of training on the unedited text (Table 2), in percent
PRINTED = 100 * (38.69 / 38.83 - 1)


def logs_or_caption(group: Continued, scores: Groups, redrawn: str) -> str:
    """Sentences on which of the two our models support; empty where no tokens were deleted.

    ``redrawn`` names the edit that redraws tokens; its counterpart deletes all that it may edit, or failing that, as
    many as it changes. The printed row lies next to the unedited text's score, so what our models take for it is the
    one of the two that is nearer to the unedited text, where they can be told apart.
    """
    edits = group.edits
    like = edits[edits["rule"] == redrawn].iloc[0]
    same = (edits[["threshold", "share", "direction"]] == like[["threshold", "share", "direction"]]).all(axis=1)
    found = edits[same & (edits["action"] == "delete")].sort_values("as_many_as", na_position="first")
    if found.empty:
        return ""
    deleted = found["rule"].iloc[0]
    changes = {name: relative(scores, UNEDITED, name) for name in (deleted, redrawn)}
    apart = relative(scores, redrawn, deleted)
    if not (apart.low > 0 or apart.high < 0):  # also where one seed gives no interval
        support = "our models cannot tell the two apart"
    else:
        nearer = min(changes, key=lambda name: abs(changes[name].value))
        support = f"our models support the {'logs' if nearer == deleted else 'caption'}"
    told = "; ".join(phrase(Part(name, change, unit="percent")) for name, change in changes.items())
    return (
        f"In the authors' logs the rows of Table 7 are runs that deleted tokens, the caption speaks of redrawing. "
        f"Below unedited lie {told}. The row itself lies {-PRINTED:.1f} percent below the score of the unedited text: "
        f"by which of the two is nearer to that, {support}. That is weak ground: Table 2's unedited text is another "
        "mixture, and the milder change is nearer whichever was made."
    )
