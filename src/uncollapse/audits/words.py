"""A reading in words: the decision first, then the numbers it stands on, then what to do next."""

from collections.abc import Iterator

from uncollapse.audits.reading import Reading
from uncollapse.proxy.report import lines as audit_lines
from uncollapse.statistics.counted import counted
from uncollapse.statistics.estimate import Estimate


def lines(reading: Reading) -> Iterator[str]:
    """Lines of a reading, each quantity with its 95% interval."""
    decision = reading.found.decision.lines()
    yield from decision
    yield ""
    yield from list(audit_lines(reading.found))[: -len(decision)]
    if reading.powered:
        yield "With the prediction for every candidate (approximate; no GO rests on it):"
        for name in ("p", "phi", "psi", "kept_precision", "p_star"):
            yield _line(name, reading.powered[name])
    if reading.labellers is not None:
        both = reading.labellers
        yield (
            f"Two labellers of {counted(both.rows, 'row')} agree on {_short(both.agreement)}, Cohen's kappa"
            f" {_short(both.kappa)}. If both err alike and independently, each is wrong in {both.error:.1%} of rows."
        )
        for name, found in reading.by_labeller.items():
            yield f"  {name:<26} p_star {_short(found['p_star'])}  kept_precision {_short(found['kept_precision'])}"
        if "corrected for their noise" in reading.by_labeller:
            yield "  The decision allows for their noise."
        if both.disagreed:
            shown = ", ".join([*both.disagreed[:10], *["..."] * (len(both.disagreed) > 10)])
            yield f"  They differ on {counted(len(both.disagreed), 'row')}; settle these: {shown}"
    for note in reading.notes:
        yield f"Note: {note}"
    yield reading.more.sentence
    if reading.where:
        yield f"  Where: {'; '.join(f'{number:,} of {name}' for name, number in reading.where)}"


def _line(name: str, found: Estimate) -> str:
    return f"  {name:<15} {found.value:.4f}  [{found.low:.4f}, {found.high:.4f}]"


def _short(found: Estimate) -> str:
    return "unknown" if found.value != found.value else f"{found.value:.3f} [{found.low:.3f}, {found.high:.3f}]"
