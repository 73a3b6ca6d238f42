"""Default sizes of the theory's simulations. Where a paper leaves a value open, its description says why this one."""

from __future__ import annotations

import math

from pydantic import BaseModel, ConfigDict, Field

from uncollapse.theory.accumulation_rows import Policy as AccumulationPolicy
from uncollapse.theory.editing_sweep import EditingRule
from uncollapse.theory.finite_sample_curves import Labels

Size = tuple[int, int]


class _Settings(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class MixtureSettings(_Settings):
    """Figures 2 and 5 of Feng et al. 2024 (v1)."""

    sizes: tuple[Size, ...] = Field(
        ((25, 500), (50, 1000), (100, 2000), (200, 4000), (400, 8000)),
        description="(d, N). Open in the paper. Both grow, at N / d = 20, so that the transition is seen to sharpen; "
        "d = 200, N = 4000 is where it already looks like a jump.",
    )
    fixed_dimension_sizes: tuple[Size, ...] = Field(
        ((100, 500), (100, 2000), (100, 8000), (100, 32000)),
        description="(d, N) for the growth in N alone that Theorem 3.2 speaks of.",
    )
    mean_square: float = Field(
        0.5, ge=0, lt=1, description="a = |mu|^2. Open in the paper. At 1/2 mean and noise share E|x|^2 = 1 equally."
    )
    penalty: float = Field(
        1e-2,
        gt=0,
        description="lambda of eq. 1. Open in the paper, which needs it fixed while N grows; at 1e-2 lambda N is 40 "
        "at N = 4000, large enough for the proof's limit and small enough not to drown the data (|x| = 1).",
    )
    pruners: tuple[tuple[float, float], ...] = Field(
        ((1.0, 1.0), (1.0, 0.5), (1.0, 0.25), (1.0, 0.1), (1.0, 0.0)),
        description="(phi, psi). Figure 5's grid is open; these are no pruning, the ratios of Sec. 3.4, the oracle.",
    )
    error_rates: tuple[float, ...] = Field(
        tuple(round(0.025 * i, 3) for i in range(41)), description="p of Figure 5 left; its grid is open."
    )
    curve_trials: int = Field(10, ge=2, description="Training sets per curve.")
    levels: tuple[float, ...] = Field(
        (0.9, 0.5, 0.1),
        description="Accuracies whose crossing is measured: 0.9 is the paper's, 0.1 bounds the transition.",
    )
    slack: float = Field(0.1, ge=0, lt=1, description="t of Figure 5 right.")
    bisections: int = Field(
        10, ge=1, description="Crossings are found to 2^-10, far below their spread over training sets."
    )
    breakdown_trials: int = Field(30, ge=2, description="Training sets per measured breakdown point.")


class SupervisedSettings(_Settings):
    """Figure 2 of Feng et al. 2024 (v1), linear generators and verifiers."""

    angle_sizes: tuple[Size, ...] = Field(
        ((50, 1000), (100, 2000), (200, 4000)),
        description="(d, N) with independent flips. Open; as in MixtureSettings.",
    )
    vector_sizes: tuple[Size, ...] = Field(
        ((50, 1000), (50, 4000), (50, 16000)),
        description="(d, N) with labels from actual vectors. d fixed: accuracy tends to 1 - angle / pi as N grows.",
    )
    mean_square: float = Field(0.5, ge=0, lt=1, description="|mu|^2 of the mixture behind independent flips; as above.")
    penalty: float = Field(1e-2, gt=0, description="lambda; as above.")
    theta_prune: tuple[float, ...] = Field(
        (0.0, math.pi / 8, math.pi / 4, 3 * math.pi / 8), description="Angles of the verifiers; open in the paper."
    )
    dihedral: tuple[float, ...] = Field(
        (0.0, math.pi / 2, math.pi),
        description="Which angle triples are realised is open: generator and verifier erring to the same side, to "
        "unrelated sides (two random vectors in high dimension), and to opposite sides.",
    )
    error_rates: tuple[float, ...] = Field(
        tuple(round(0.05 * i, 2) for i in range(21)), description="p = theta_gen / pi; grid open."
    )
    curve_trials: int = Field(10, ge=2, description="Training sets, with vectors of their own, per curve.")
    bisections: int = Field(10, ge=1, description="Crossings of 1/2 are found to 2^-10.")
    breakdown_trials: int = Field(40, ge=2, description="Training sets per crossing.")


class SurvivorSettings(_Settings):
    """Propositions E.3 and E.4 of Feng et al. 2024 (v1)."""

    sizes: tuple[Size, ...] = Field(((50, 1000), (100, 2000), (200, 4000)), description="(d, N); open, as above.")
    mean_square: float = Field(0.5, ge=0, lt=1, description="a; as above.")
    penalty: float = Field(1e-2, gt=0, description="lambda; as above.")
    phi: float = Field(0.9, ge=0, le=1, description="A verifier that is neither absent nor perfect; open in the paper.")
    psi: float = Field(0.5, ge=0, le=1, description="As phi.")
    settings_per_trial: int = Field(40, ge=1, description="Random pairs of error rates (p_0, p_1) per training set.")
    trials: int = Field(25, ge=2, description="Training sets: 25 x 40 = 1000 runs per size and case.")


class GapSettings(_Settings):
    """Remark D.5 of Feng et al. 2024 (v1)."""

    dimension: int = Field(20, ge=1, description="d, fixed while N grows; small, so that N / d covers 12 to 800.")
    sizes: tuple[int, ...] = Field((250, 500, 1000, 2000, 4000, 8000, 16000), description="N.")
    separation: float = Field(
        1.5,
        gt=0,
        description="Distance of a class mean from the boundary in standard deviations. With the |mu|^2 of Figure 5 "
        "both accuracies are 1 and no gap exists; 1.5 gives a Bayes accuracy of 93%, that of Figure 3.",
    )
    penalty: float = Field(1e-3, gt=0, description="lambda; smaller than above, since the signal is weaker.")
    error_rates: tuple[float, ...] = Field((0.0, 0.2, 0.4), description="p.")
    phi: float = Field(0.9, ge=0, le=1, description="As in SurvivorSettings.")
    psi: float = Field(0.5, ge=0, le=1, description="As in SurvivorSettings.")
    trials: int = Field(200, ge=2, description="Training sets per N: at 200 the slope is known to about 0.03.")


class FiniteSampleSettings(_Settings):
    """Section 4 of Feng et al. 2024 (v1), Figure 3."""

    dimension: int = Field(
        107,
        ge=2,
        description="d. Open; the caption's Bayes accuracy of 94% at tau = 0.15 means Phi(0.15 sqrt(d)) = 0.94.",
    )
    tau: float = Field(0.15, gt=0, description="Overlap (Figure 3).")
    n_synthetic: int = Field(1_000_000, ge=1, description="N_1 (Figure 3).")
    n_original: tuple[int, ...] = Field(
        (150, 500, 2000, 20_000),
        description="N_0 > d. Open; generators with 77%, 90%, 93% and 93.9% accuracy, from far below to above what the "
        "verifiers at pi/6 (91%) and pi/12 (93.3%) have.",
    )
    verifier_angles: tuple[float, ...] = Field((0.0, math.pi / 12, math.pi / 6), description="theta_prune (Figure 3).")
    labels: Labels = Field(
        "sampled",
        description="The text says labels come 'with sigmoid', so they are drawn from it; 'thresholded' takes the "
        "likelier label instead.",
    )
    selected: tuple[int, ...] = Field(
        (100, 215, 464, 1000, 2154, 4642, 10_000, 21_544, 46_416, 100_000, 215_443, 464_159),
        description="n'. Open; three per decade up to what the verifiers keep of 10^6.",
    )
    penalty: float = Field(
        1.0,
        gt=0,
        description="lambda N_1 of eq. 1. Open; 1 is scikit-learn's default C. It sets where the sweet spot lies: at "
        "100 the minima move from n' of some 10^3 to some 10^4.",
    )
    tolerance: float = Field(
        3e-4,
        gt=0,
        description="Share of the gradient at zero that is left when a fit stops; 1e-4 changes no error by 1e-4.",
    )
    trials: int = Field(
        10, ge=3, description="Independent pools, verifiers and generators; effects are 10 times the intervals."
    )
    resamples: int = Field(2000, ge=100, description="Bootstrap resamples for the interval of the sweet spot.")


class RegressionSettings(_Settings):
    """Regression on its own labels, Dohmatob et al. 2024."""

    dimension: int = Field(50, ge=1, description="d. The slides have no numbers; fits of tens of parameters.")
    rounds: int = Field(30, ge=1, description="n: long enough to tell linear from logarithmic growth.")
    first_fits: tuple[tuple[int, float], ...] = Field(
        ((200, 1.0), (100, 1.0), (200, 2.0)),
        description="(T, sigma): one fit, one with less data, one with more noise.",
    )
    n_generated: int = Field(200, ge=1, description="T_0; phi_0 = 1/4.")
    generated_noise: float = Field(1.0, gt=0, description="sigma_0, as sigma of the first fit.")
    truth_norm: float = Field(
        1.0, gt=0, description="|w_0|_S, so that SNR = SNR_0 = 1 and the ratio passes 1 after 3 rounds."
    )
    trials: int = Field(1000, ge=2, description="A round costs d + 1 random numbers, so many are free: the mean to 1%.")
    ridge_dimension: int = Field(60, ge=2, description="d of the ridge fits.")
    ridge_beta: float = Field(0.5, ge=0, description="Spectrum j^-beta, mildly anisotropic, so that S matters.")
    ridge_rounds: int = Field(20, ge=4, description="n; twice as long as T_0 < d needs to forget.")
    ridge_n_points: int = Field(240, ge=1, description="T = 4 d.")
    ridge_noise: float = Field(0.5, ge=0, description="sigma, and sigma_0: signal-to-noise 4.")
    ridge_n_generated: tuple[int, ...] = Field((120, 30), description="T_0 = 2 d and d / 2: both regimes.")
    ridge_penalties: tuple[float, ...] = Field(
        (1e-3, 1e-2, 1e-1, 1.0), description="lambda, from none to as large as S."
    )
    ridge_trials: int = Field(200, ge=2, description="Chains per setting.")


class AdaptiveSettings(_Settings):
    """Adaptive ridge under capacity and source conditions, Dohmatob et al. 2024."""

    beta: float = Field(2.0, gt=1, description="Capacity exponent; open, the usual example.")
    source: float = Field(0.5, gt=0, description="r; 1/2 means no more than |w_0| = O(1).")
    noise_growth: float = Field(0.0, description="a of n sigma_0^2 = T^a: rounds and noise do not change with T.")
    size_growth: float = Field(
        0.75, le=1, description="b of T_0 = T^b; below 1, so that the best exponent differs from that for clean data."
    )
    dimension_share: float = Field(
        0.5, gt=0, lt=1, description="d / T_0 = phi_0; the spectrum is long compared to T^(l/beta)."
    )
    noise: float = Field(1.0, ge=0, description="sigma.")
    n_points: tuple[int, ...] = Field((256, 512, 1024, 2048, 4096, 8192), description="T of the simulation.")
    asymptotic_n_points: tuple[int, ...] = Field(
        (2**18, 2**20, 2**22, 2**24), description="T at which the closed form alone shows the limiting slope."
    )
    exponents: tuple[float, ...] = Field(
        (0.0, 0.25, 0.375, 0.5, 2 / 3, 0.8),
        description="l: fixed penalty, values around the best (1/2 here), and 2/3, the best for clean data.",
    )
    trials: int = Field(40, ge=2, description="Training sets per T.")


class AccumulationSettings(_Settings):
    """Replace, accumulate and accumulate-subsample, Gerstgrasser et al. 2024: their grid."""

    policies: tuple[AccumulationPolicy, ...] = Field(
        ("replace", "accumulate", "accumulate-subsample"), description="The three settings of the authors' code."
    )
    dimensions: tuple[int, ...] = Field((1, 3, 10, 32, 100), description="d, of the authors' code.")
    n_points: tuple[int, ...] = Field((10, 32, 100, 316, 1000), description="T, of the authors' code.")
    noise_variances: tuple[float, ...] = Field((0.1, 1.0, 10.0), description="sigma^2, of the authors' code.")
    rounds: tuple[int, ...] = Field(
        (1, 2, 3, 4, 5, 6, 8, 10, 15, 20, 30, 50, 75, 100),
        description="Of 100 rounds (the authors' code), those recorded.",
    )
    trials: int = Field(100, ge=2, description="The authors' number of seeds.")
    row_trials: int = Field(
        10, ge=2, description="For subsamples and T < d + 2, which need the rows: their cost is the rows'."
    )


class EditingSettings(_Settings):
    """The editing process of Zhu et al. 2024, Sec. 3.2."""

    dimension: int = Field(
        20, ge=1, description="d; the paper gives no numbers. With T = 200 the first fit's error is 0.11."
    )
    n_points: int = Field(200, ge=5, description="T.")
    noise: float = Field(1.0, gt=0, description="sigma; all errors are in units of the first fit's.")
    rules: tuple[EditingRule, ...] = Field(
        (
            EditingRule("disjoint", 0.1, 0.5**0.5, 10),
            EditingRule("fresh", 0.125, 0.5**0.5, 30),
            EditingRule("frozen", 0.125, 0.5**0.5, 30),
            EditingRule("frozen", 0.5, 0.5**0.5, 30),
            EditingRule("halving", 0.125, 0.5**0.5, 30),
            EditingRule("replace", 1.0, 0.5**0.5, 30),
        ),
        description="(policy, share, eta, edits). 12.5% is Table 9's share; disjoint sets of 10% exhaust the labels in "
        "10 edits; half of the labels shows that a frozen set must not be large; eta = sqrt(1/2) halves the number of "
        "edits.",
    )
    trials: int = Field(400, ge=2, description="Independent features, masks and noises: ratios to about 2%.")


class TheorySettings(_Settings):
    """All simulations of the theory."""

    seed: int = Field(0, ge=0, description="Root of all random draws.")
    mixture: MixtureSettings = MixtureSettings()
    supervised: SupervisedSettings = SupervisedSettings()
    survivors: SurvivorSettings = SurvivorSettings()
    gap: GapSettings = GapSettings()
    finite_sample: FiniteSampleSettings = FiniteSampleSettings()
    regression: RegressionSettings = RegressionSettings()
    adaptive: AdaptiveSettings = AdaptiveSettings()
    accumulation: AccumulationSettings = AccumulationSettings()
    editing: EditingSettings = EditingSettings()
