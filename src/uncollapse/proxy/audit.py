"""The whole audit of a selection: what its labels say of it, from candidates as arrays to a decision."""

import math
from collections.abc import Sequence
from dataclasses import asdict, dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from uncollapse.errors import DataError
from uncollapse.proxy.agreement import agreement_notes
from uncollapse.proxy.coverage import LEAST as LEAST_SHARE
from uncollapse.proxy.coverage import effective_share, share_if_half_were_lost, thin_share
from uncollapse.proxy.decision import Decision, decide
from uncollapse.proxy.exact import Gap, kept_precision, labelled_precision
from uncollapse.proxy.fullest import fullest_warnings
from uncollapse.proxy.kept_prompts import KeptPrompts, few_warnings, kept_prompts, lost_warnings
from uncollapse.proxy.noisy_labels import LabelErrors, corrected
from uncollapse.proxy.population import random_selection, rates
from uncollapse.proxy.prediction_powered import Powered, prediction_powered
from uncollapse.proxy.slices import Slice, slices
from uncollapse.proxy.tally import Candidates, Counts, tally
from uncollapse.statistics.estimate import Estimate

Column = tuple[str, NDArray[np.int64], Sequence[Any]]  # a name, (N,) numbers of its values, and the values


@dataclass(frozen=True)
class Coverage:
    """Coverage of all prompts by the kept ones, see :mod:`uncollapse.proxy.coverage`.

    thin : share of all that lies in cells of which less than a quarter of their part is kept
    if_half_were_lost : effective share that as many kept prompts would show with nothing kept in half of the pool
    """

    features: tuple[str, ...]
    cells: int
    effective_share: float
    thin: float
    if_half_were_lost: float

    @property
    def tells(self) -> bool:
        """Whether so many kept prompts could show over so many cells that half of the pool is lost."""
        return self.cells < 2 or self.if_half_were_lost < LEAST_SHARE


@dataclass(frozen=True)
class Audit:
    """All that is known of a selection.

    rates : p, phi, psi, psi/phi, kept_precision, p_star
    gap : kept precision minus that of what is dropped; its interval is exact
    lift : kept precision minus that of all, with a bootstrap interval; it is above zero where the gap is
    random : precision of a random selection of as many, with the range of 95% of such selections
    kept_prompts : prompts behind what is kept; None where they are judged elsewhere, or nothing is kept
    notes : what counts cannot tell
    """

    candidates: int
    prompts: int
    kept: float
    dropped: float
    labels: float
    kept_labels: float
    least: float
    rates: dict[str, Estimate]
    gap: Estimate
    lift: Estimate
    random: Estimate
    decision: Decision
    slices: list[Slice]
    coverage: Coverage | None
    powered: dict[str, Powered]
    kept_prompts: KeptPrompts | None = None
    notes: tuple[str, ...] = ()

    @property
    def kept_share(self) -> float:
        """Share of the population that is kept."""
        return self.kept / (self.kept + self.dropped)

    def as_json(self) -> dict[str, Any]:
        """The audit in lists, dictionaries, texts and numbers; null where a number is not known."""
        return plain(asdict(self) | {"kept_share": self.kept_share})


def audit(
    candidates: Candidates,
    *,
    least: float = 0.5,
    population: tuple[float, float] | None = None,
    most_kept: float = math.inf,
    errors: LabelErrors | None = None,
    sliced: Sequence[Column] = (),
    features: Sequence[str] = (),
    cells: NDArray[np.int64] | None = None,
    prediction: NDArray[np.float64] | None = None,
    resamples: int = 1000,
    seed: int = 0,
    sweep_failed: bool = False,
    judge_prompts: bool = True,
    warnings: Sequence[str] = (),
) -> Audit:
    """Audit a selection.

    Parameters
    ----------
    candidates : with what is kept of them and what is known of them; without labels they count for what is kept
    least : the kept precision that is asked for. One half is where training breaks down in theory, and no target
    population : candidates kept and dropped where the labels are an audit of a larger population, stratified by verdict
    most_kept : the most candidates that the selection can keep of one prompt, one for best-of-n
    errors : of the labels
    sliced : columns whose values are slices
    features, cells : columns of prompts, and (N,) the cell of each candidate's prompt by them
    prediction : (N,) a cheap judge's of each candidate
    sweep_failed : whether this is the first of a sequence of thresholds that did not pass
    judge_prompts : whether a GO is warned of where what is kept is of few prompts, see
        :mod:`uncollapse.proxy.kept_prompts`
    warnings : what else a GO has to say

    Raises
    ------
    DataError
        Where no candidate has a label, or more of a prompt are kept than ``most_kept``.
    """
    counts = tally(candidates)
    if not counts.labelled.sum():
        raise DataError("no candidate has a label: say of some whether they are correct, and leave the others empty")
    if population is not None:
        _check_population(counts, population)
        counts = counts.in_population(*population)
    _check_most_kept(candidates, most_kept)
    precision = corrected(kept_precision(counts, most_kept=most_kept), errors)
    pool = corrected(labelled_precision(counts), errors)
    gap = Gap(counts, most_kept=most_kept)
    rng = np.random.default_rng(seed)
    found = rates(counts, resamples=resamples, rng=rng, errors=errors, precision=precision)
    of_columns = [
        one for name, groups, values in sliced for one in slices(candidates, groups, values, column=name, errors=errors)
    ]
    coverage = None if cells is None or not counts.kept else covered(candidates, population, tuple(features), cells)
    of_prompts = None
    whole_pool = population is None and candidates.weight is None
    if judge_prompts and counts.kept:
        of_prompts = kept_prompts(candidates.prompts, candidates.kept, candidates.weight)
    decision = decide(
        precision, gap, least=least, kept=counts.kept, dropped=counts.dropped, pool=pool,
        warnings=[
            *warnings,
            *([] if of_prompts is None else few_warnings(of_prompts, least)),
            # a table that is a sample of others says nothing of how many prompts have nothing kept
            *([] if of_prompts is None or not whole_pool else lost_warnings(of_prompts)),
            *coverage_warnings(coverage),
            *(_of_slice(one) for one in of_columns if one.surely_below_a_half),
            *fullest_warnings(counts, candidates, least=least, most_kept=most_kept, errors=errors),
        ],
        sweep_failed=sweep_failed,
    )  # fmt: skip
    stretch = 1.0 if errors is None else 1 / (errors.sensitivity.value + errors.specificity.value - 1)
    between = Estimate(*(stretch * value for value in gap.interval())).within((-1.0, 1.0))
    return Audit(
        candidates=len(candidates.kept),
        prompts=candidates.number_of_prompts(),
        kept=counts.kept,
        dropped=counts.dropped,
        labels=float(counts.labelled.sum()),
        kept_labels=float(counts.labelled[2:].sum()),
        least=least,
        rates=found,
        gap=between,
        lift=found.pop("lift"),
        random=random_selection(counts, 1 - found["p"].value),
        decision=decision,
        slices=of_columns,
        coverage=coverage,
        powered={} if prediction is None else prediction_powered(candidates, prediction),
        kept_prompts=of_prompts,
        notes=agreement_notes(candidates),
    )


def row_weights(candidates: Candidates, population: tuple[float, float] | None) -> NDArray[np.float64]:
    """(N,) how many candidates of the population each row stands for."""
    weights = np.ones(len(candidates.kept)) if candidates.weight is None else candidates.weight.astype(np.float64)
    if population is not None:
        for chosen, size in zip((candidates.kept, ~candidates.kept), population, strict=True):
            if chosen.any():
                weights[chosen] *= size / weights[chosen].sum()
    return weights


def covered(
    candidates: Candidates, population: tuple[float, float] | None, features: tuple[str, ...], cells: NDArray[np.int64]
) -> Coverage:
    """Coverage of all prompts by the kept ones over cells (N,) of some features, see :class:`Coverage`."""
    weights, number = row_weights(candidates, population), int(cells.max()) + 1
    of_all = np.bincount(cells, weights, minlength=number)
    of_kept = np.bincount(cells[candidates.kept], weights[candidates.kept], minlength=number)
    # what is kept of one prompt is one observation: the kept are counted in prompts
    prompts = replace(candidates, weight=None).of(candidates.kept).number_of_prompts()
    of_kept = of_kept * (prompts / of_kept.sum())
    return Coverage(
        features, number, effective_share(of_all, of_kept), thin_share(of_all, of_kept),
        share_if_half_were_lost(of_all, of_kept),
    )  # fmt: skip


def coverage_warnings(coverage: Coverage | None) -> list[str]:
    """Warnings that the kept prompts no longer cover the pool; none where they do, or nothing is known."""
    if coverage is None or not coverage.effective_share < LEAST_SHARE:
        return []
    return [
        f"what is kept no longer covers the prompts: the effective share over {' and '.join(coverage.features)} is"
        f" {coverage.effective_share:.3f}, below {LEAST_SHARE:g}, and {coverage.thin:.0%} of the pool lie where less"
        " than a quarter of its part is kept. A student sees other prompts than it will be asked."
    ]


def _of_slice(one: Slice) -> str:
    return (
        f"where {one.column} is {one.value} ({one.share:.0%} of what is kept), most of it is surely wrong:"
        f" {one.precision.value:.3f} [{one.precision.low:.3f}, {one.precision.high:.3f}]."
    )


def _check_population(counts: Counts, population: tuple[float, float]) -> None:
    for name, size, rows in zip(("kept", "dropped"), population, (counts.kept, counts.dropped), strict=True):
        if size < rows:
            raise DataError(
                f"a population of {size:,.0f} {name} candidates cannot have {rows:,.0f} of them in the table: correct"
                " --population kept=K,dropped=D"
            )


def _check_most_kept(candidates: Candidates, most_kept: float) -> None:
    if math.isinf(most_kept) or not candidates.kept.any():
        return
    most = 1 if candidates.prompts is None else int(np.bincount(candidates.prompts[candidates.kept]).max())
    if most > most_kept:
        raise DataError(f"of one prompt {most} candidates are kept, more than --kept-at-most {most_kept:g}")


def plain(value: Any) -> Any:
    """A value as JSON has it: lists, dictionaries, texts, numbers, null for NaN and infinity."""
    if isinstance(value, Estimate):
        return {"value": plain(value.value), "low": plain(value.low), "high": plain(value.high)}
    if isinstance(value, dict):
        return {str(key): plain(one) for key, one in value.items()}
    if isinstance(value, list | tuple):
        return [plain(one) for one in value]
    if isinstance(value, np.generic):
        value = value.item()
    if isinstance(value, float) and not math.isfinite(value):
        return None
    return value
