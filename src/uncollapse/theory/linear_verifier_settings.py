"""Linear generators and verifiers: Figure 2 of Feng et al. 2024 (v1)."""

import math
from typing import Annotated

from pydantic import Field

from uncollapse.settings.values import Angle, Count, Strict
from uncollapse.theory.table import DIMENSION, N_POINTS, number, word

SETTING = [
    word("mechanism", "angles: flips independent of the features; vectors: labels of actual linear models"),
    DIMENSION,
    N_POINTS,
    number("theta_prune", "angle of the verifier to the truth, radians"),
    number("dihedral", "angle between the errors of generator and verifier, radians"),
]


class LinearVerifierSettings(Strict):
    """Training sets labelled by a linear generator and filtered by a linear verifier."""

    angle_sizes: tuple[tuple[Count, Count], ...] = Field(
        ((50, 1000), (100, 2000), (200, 4000)),
        min_length=1,
        description="(d, N) with independent flips. Open; as for the (phi, psi) verifiers of Figure 5.",
    )
    vector_sizes: tuple[tuple[Annotated[int, Field(ge=3)], Count], ...] = Field(
        ((50, 1000), (50, 4000), (50, 16000)),
        min_length=1,
        description="(d, N) with labels from actual vectors. d fixed: accuracy tends to 1 - angle / pi as N grows.",
    )
    mean_square: float = Field(
        0.5, ge=0, lt=1, description="|mu|^2 of the mixture behind independent flips; as for Figure 5."
    )
    penalty: float = Field(1e-2, gt=0, description="lambda; as for Figure 5.")
    theta_prune: tuple[Angle, ...] = Field(
        (0.0, math.pi / 8, math.pi / 4, 3 * math.pi / 8),
        min_length=1,
        description="Angles of the verifiers; open in the paper.",
    )
    dihedral: tuple[Angle, ...] = Field(
        (0.0, math.pi / 2, math.pi),
        min_length=1,
        description="Which angle triples are realised is open: generator and verifier erring to the same side, to "
        "unrelated sides (two random vectors in high dimension), and to opposite sides.",
    )
