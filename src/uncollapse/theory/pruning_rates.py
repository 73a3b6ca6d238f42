"""phi and psi of a linear verifier that keeps the labels it agrees with, from three angles.

theta_gen is the angle between the truth and the generator, theta_prune between the truth and the verifier, theta
between generator and verifier, all in radians, in [0, pi], and such as three vectors can have. "Wrong" means: differs
from the reference label, which is the Bayes classifier's in the isotropic limit and the example's own class in a
mixture of finite dimension.
"""

from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.special import ndtr

from uncollapse.theory.bivariate_normal import bivariate_normal_cdf

_TOLERANCE = 1e-7  # an angle taken from its cosine has half the digits where it is small


class PruningRates(NamedTuple):
    """Error rate p of the generator, and phi = P(keep | correct), psi = P(keep | wrong) of the verifier."""

    error_rate: NDArray[np.float64]
    phi: NDArray[np.float64]
    psi: NDArray[np.float64]


def verifier_angle(theta_gen: ArrayLike, theta_prune: ArrayLike, dihedral: ArrayLike) -> NDArray[np.float64]:
    """theta, the angle between generator and verifier, by the spherical law of cosines.

    Parameters
    ----------
    theta_gen, theta_prune : angles to the truth, in [0, pi].
    dihedral : angle between the two vectors' parts orthogonal to the truth: 0 when both err to the same side, pi / 2
        when their errors have nothing to do with each other (two random vectors in many dimensions), pi on opposite
        sides.

    Examples
    --------
    >>> verifier_angle(0.5, 0.2, [0, np.pi]).round(6).tolist()
    [0.3, 0.7]
    """
    gen, prune = np.asarray(theta_gen, dtype=float), np.asarray(theta_prune, dtype=float)
    cosine = np.cos(gen) * np.cos(prune) + np.sin(gen) * np.sin(prune) * np.cos(dihedral)
    return np.arccos(np.clip(cosine, -1, 1))


def _angles(theta_gen: ArrayLike, theta_prune: ArrayLike, theta: ArrayLike) -> tuple[NDArray, NDArray, NDArray]:
    gen, prune, between = np.broadcast_arrays(*(np.asarray(a, dtype=float) for a in (theta_gen, theta_prune, theta)))
    possible = (
        (between >= np.abs(gen - prune) - _TOLERANCE)
        & (between <= gen + prune + _TOLERANCE)
        & (gen + prune + between <= 2 * np.pi + _TOLERANCE)
    )
    if not possible.all():
        raise ValueError(
            "no three vectors have these angles: theta must lie between |theta_gen - theta_prune| and "
            "min(theta_gen + theta_prune, 2 pi - theta_gen - theta_prune); verifier_angle gives possible ones"
        )
    return gen, prune, between


def isotropic_rates(theta_gen: ArrayLike, theta_prune: ArrayLike, theta: ArrayLike) -> PruningRates:
    """p, phi and psi for isotropic features whose true label is the side of the truth's plane they lie on.

    p = theta_gen / pi, phi = [1 - (theta_gen + theta_prune + theta) / (2 pi)] / (1 - theta_gen / pi),
    psi = (theta_gen + theta_prune - theta) / (2 theta_gen): areas of spherical triangles. The limit of small separation
    of Feng et al. 2024 (v1), Figure 2 and App. D.6. It follows that p < p_* exactly when theta_gen + theta_prune < pi.

    Returns
    -------
    phi is NaN where no label is correct (theta_gen = pi), psi where none is wrong (theta_gen = 0).

    Examples
    --------
    >>> rates = isotropic_rates(np.pi / 2, np.pi / 2, np.pi / 2)
    >>> float(rates.phi), float(rates.psi)
    (0.5, 0.5)
    """
    gen, prune, between = _angles(theta_gen, theta_prune, theta)
    with np.errstate(invalid="ignore", divide="ignore"):
        phi = (1 - (gen + prune + between) / (2 * np.pi)) / (1 - gen / np.pi)
        psi = (gen + prune - between) / (2 * gen)
    return PruningRates(gen / np.pi, np.clip(phi, 0.0, 1.0), np.clip(psi, 0.0, 1.0))


def mixture_rates(
    theta_gen: ArrayLike, theta_prune: ArrayLike, theta: ArrayLike, *, mean_norm: ArrayLike, dimension: ArrayLike
) -> PruningRates:
    """p, phi and psi for the mixture x = (2y - 1) mu + sqrt((1 - |mu|^2) / d) eta, eta ~ N(0, I_d), at finite d.

    With c1 = -|mu| cos(theta_prune) sqrt(d / (1 - |mu|^2)) and c2 the same with theta_gen:
    p = Phi(c2), phi = [1 - Phi(c1) - Phi(c2) + Phi_2(c1, c2; cos theta)] / (1 - Phi(c2)) and
    psi = Phi_2(c1, c2; cos theta) / Phi(c2). Feng et al. 2024 (v1), App. D.6, with two corrections: the printed eq. 23
    scales the noise by 1 / ((1 - |mu|^2) d), which contradicts E|x|^2 = 1, and the printed psi can exceed 1.

    Parameters
    ----------
    mean_norm : |mu|, in [0, 1).
    dimension : d.

    Examples
    --------
    >>> rates = mixture_rates(0.6, 0.0, 0.6, mean_norm=0.1, dimension=100)
    >>> bool(rates.phi > rates.psi)
    True
    """
    gen, prune, between = _angles(theta_gen, theta_prune, theta)
    separation = mixture_separation(mean_norm, dimension)
    c1, c2 = -separation * np.cos(prune), -separation * np.cos(gen)
    both_wrong = bivariate_normal_cdf(c1, c2, np.cos(between))
    both_correct = bivariate_normal_cdf(-c1, -c2, np.cos(between))
    with np.errstate(invalid="ignore", divide="ignore"):
        phi, psi = both_correct / ndtr(-c2), both_wrong / ndtr(c2)
    return PruningRates(ndtr(c2), np.clip(phi, 0.0, 1.0), np.clip(psi, 0.0, 1.0))


def mixture_separation(mean_norm: ArrayLike, dimension: ArrayLike) -> NDArray[np.float64]:
    """|mu| sqrt(d / (1 - |mu|^2)): the distance of a class mean from the boundary, in standard deviations of the noise.

    >>> float(mixture_separation(0.6, 16).round(6))
    3.0
    """
    norm = np.asarray(mean_norm, dtype=float)
    if np.any((norm < 0) | (norm >= 1)):
        raise ValueError(f"|mu| must lie in [0, 1) so that E|x|^2 = 1 leaves room for noise, found {norm}")
    return norm * np.sqrt(np.asarray(dimension, dtype=float) / (1 - norm**2))
