"""The schema of every simulation's table, by the simulation's name."""

from uncollapse.theory.schemas.accumulation import ACCUMULATION
from uncollapse.theory.schemas.adaptive import ADAPTIVE_LIMIT, ADAPTIVE_RIDGE
from uncollapse.theory.schemas.editing import EDITING
from uncollapse.theory.schemas.finite_sample import FINITE_SAMPLE
from uncollapse.theory.schemas.linear_verifiers import SUPERVISED_BREAKDOWN, SUPERVISED_CURVES
from uncollapse.theory.schemas.margin_gap import MARGIN_GAP
from uncollapse.theory.schemas.mixture import MIXTURE_BREAKDOWN, MIXTURE_CURVES
from uncollapse.theory.schemas.regression import LEAST_SQUARES, RIDGE
from uncollapse.theory.schemas.survivors import SURVIVORS

THEORY_SCHEMAS = {
    "mixture_curves": MIXTURE_CURVES,
    "mixture_breakdown": MIXTURE_BREAKDOWN,
    "supervised_curves": SUPERVISED_CURVES,
    "supervised_breakdown": SUPERVISED_BREAKDOWN,
    "survivors": SURVIVORS,
    "margin_gap": MARGIN_GAP,
    "finite_sample": FINITE_SAMPLE,
    "least_squares": LEAST_SQUARES,
    "ridge": RIDGE,
    "adaptive_ridge": ADAPTIVE_RIDGE,
    "adaptive_limit": ADAPTIVE_LIMIT,
    "accumulation": ACCUMULATION,
    "editing": EDITING,
}
