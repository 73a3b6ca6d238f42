"""The schema of every simulation's table, by the simulation's name."""

from uncollapse.theory.schemas import (
    accumulation,
    adaptive_limit,
    adaptive_ridge,
    editing,
    finite_sample,
    least_squares,
    margin_gap,
    mixture_breakdown,
    mixture_curves,
    ridge,
    supervised_breakdown,
    supervised_curves,
    survivors,
)

THEORY_SCHEMAS = {
    module.__name__.rpartition(".")[2]: module.SCHEMA
    for module in (
        accumulation, adaptive_limit, adaptive_ridge, editing, finite_sample, least_squares, margin_gap,
        mixture_breakdown, mixture_curves, ridge, supervised_breakdown, supervised_curves, survivors,
    )
}  # fmt: skip
