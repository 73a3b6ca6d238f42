"""The report's sections on each paper's theory: how it is simulated, and where the printed theorem differs."""

from dataclasses import dataclass

from uncollapse.report.report import Section
from uncollapse.theory.editing import PRACTICAL_RULE


@dataclass(frozen=True, kw_only=True)
class TheorySection(Section):
    """One paper's part of the theory, without its artifacts and the settings of its simulations.

    ``prefix`` is what names of its figures and tables begin with; ``simulations`` are those behind them; ``notes`` say
    what is printed and what is right, or what was found.
    """

    prefix: str
    simulations: tuple[str, ...]


THEORY_SECTIONS = (
    TheorySection(
        key="theory-feng",
        prefix="feng2024_",
        title="Theory: when does selecting labels work?",
        introduction=(
            "Feng et al. 2024. A generator's labels are wrong with probability p; a verifier keeps right ones with "
            "probability φ and wrong ones with probability ψ; a ridge-logistic student learns from what is kept. "
            "With endless data it learns everything below p* = 1/(1 + ψ/φ) and the exact opposite above. All of it "
            "is simulated here: training sets are drawn and students fitted, batches of them at once, and their "
            "accuracies are exact integrals over the distribution, so that the training set is the only source of "
            "chance."
        ),
        simulations=(
            "mixture_curves",
            "mixture_breakdown",
            "supervised_curves",
            "supervised_breakdown",
            "survivors",
            "margin_gap",
            "finite_sample",
        ),
        notes=(
            "Printed (App. D.6, eq. 23): noise scaled by 1/((1 − |μ|²) d), and a ψ that can exceed 1. Here: noise of "
            "variance (1 − |μ|²)/d, as E|x|² = 1 demands, and ψ = Φ₂(c₁, c₂; cos θ)/Φ(c₂), which Monte Carlo "
            "confirms.",
            "Printed (Figure 5 right): with infinitely many samples the largest p with 90% accuracy equals p*⁻(0.1). "
            "By Theorem 3.2 it tends to p* instead as data grow; the two statements exclude each other.",
            "Labels and verdicts of actual linear models depend on the features. Accuracy then passes one half at "
            "the same p*, but smoothly: the jump belongs to errors that are independent of the features.",
            "In Figure 3, p* ranks verifiers for one generator only as far as they select at all: with an accurate "
            "generator, unselected labels have the lowest p* and yet overtake weak verifiers, since their noise "
            "averages out and a verifier's bias does not.",
        ),
    ),
    TheorySection(
        key="theory-dohmatob",
        prefix="dohmatob2024_",
        title="Theory: regression on its own labels",
        introduction=(
            "Dohmatob et al. 2024. Linear models are fitted to labels that n earlier fits wrote in turn. The error "
            "is a first term that stays plus one that grows with n. Least squares is simulated by its sufficient "
            "statistics, exactly as fits of rows would come out; ridge students, and generators with fewer rows than "
            "dimensions, from rows."
        ),
        simulations=("least_squares", "ridge", "adaptive_ridge", "adaptive_limit"),
        notes=(
            "Printed: φ/(1 − φ) with φ = d/T. Here: d/(T − d − 1), of which it is the limit; at the sizes simulated "
            "the difference is larger than the intervals.",
            "Generators with fewer rows than dimensions have no closed form here. On fresh rows each round they "
            "forget the truth, and the error stops growing for want of anything more to lose: linear growth needs T₀ "
            "> d, or the same rows every round.",
            "The best exponent l* = min((b − a) l_crit, β) of λ = T⁻ˡ is derived, not printed; closed form and "
            "simulation agree with it.",
        ),
    ),
    TheorySection(
        key="theory-gerstgrasser",
        prefix="gerstgrasser2024_",
        title="Theory: replacing or accumulating data",
        introduction=(
            "Gerstgrasser et al. 2024. Each round labels T rows with the last fit. Fitting only the new rows, the "
            "error grows like the number of rounds; fitting all rows so far, it stays below π²/6 times that of one "
            "fit. The grid of dimensions, sizes and noises is the authors'. Gaussians and kernel density "
            "estimates that learn from their own samples are beside it (Kazdan et al. 2024)."
        ),
        simulations=("accumulation", "own_samples"),
        notes=(
            "The bound holds on fresh rows each round as on the same rows; on fresh rows the error is smaller, and "
            "its exact value σ² Σ d/(i(iT − d − 1)) is drawn beside it.",
            "A random subsample of T accumulated rows, the setting of a fixed budget, is not covered by the bound: "
            "its error levels off higher. With as many rows as dimensions it grows exponentially, since a fit of few "
            "rows amplifies where old and new labels disagree.",
        ),
    ),
    TheorySection(
        key="theory-zhu",
        prefix="zhu2024_",
        title="Theory: editing data instead of replacing it",
        introduction=(
            "Zhu et al. 2024. In each round some labels are replaced by the last fit's, and the others are left as "
            "they are. The process itself is simulated, under several rules for which labels may be edited, and the "
            "paper's equations are drawn beside it."
        ),
        simulations=("editing",),
        notes=(
            "Printed (Theorem 1, eq. 5): the fit is the truth plus X⁺ times the first noise and the edited parts of "
            "later noises. Its proof replaces M P e by M e, which drops σ² tr(X⁺M(I − P)MX⁺′) after one edit; with "
            "the dropped terms the expectation agrees with the process under every rule.",
            "Printed (Theorem 2, eq. 6): the error stays below twice that of one fit. Measured: not for sets that "
            "change from round to round, nor for large ones; it does for a small set that is frozen. For sets that "
            "shrink, the bound of eq. 7 is loose enough to hold.",
            f"What to do: {PRACTICAL_RULE}",
        ),
    ),
)
