"""P1000: a real number as three tokens, sign, mantissa of three significant digits, exponent of ten.

Charton 2022, *Linear algebra with transformers*, Table 1; used by Feng et al. 2024, appendix B. The mantissa is kept
at three digits (2.3 is ``+ 230 E-2``; Feng et al. print one example with its trailing zero dropped, ``+ 23 E-1``, which
decodes to the same number).

    3.14159  ->  + 314 E-2        -0.6035  ->  - 604 E-3 (half to even on the third digit)        0  ->  + 0 E0
"""

import numpy as np
from numpy.typing import NDArray

from uncollapse.errors import DataError

START_TOKEN = 0
SIGNS = (1, 3)
MANTISSAS = (3, 1003)
EXPONENTS = (1003, 1204)
VOCABULARY_SIZE = 1204
TOKENS_PER_NUMBER = 3
LOWEST_EXPONENT = -100
HIGHEST_EXPONENT = 100
CHOICES = (SIGNS, MANTISSAS, EXPONENTS)


def encode(values: NDArray[np.float64]) -> NDArray[np.int16]:
    """Round finite numbers (..., n) to three significant digits and write them as tokens (..., 3 n).

    The tokens are sign, mantissa and exponent of each number in turn.

    Raises
    ------
    DataError
        For NaN, infinities and numbers whose exponent falls outside E-100 ... E100.

    >>> encode(np.array([3.14159, -0.6035])).tolist() == [1, 3 + 314, 1003 + 98, 2, 3 + 604, 1003 + 97]
    True
    """
    values = np.asarray(values, dtype=np.float64)
    if not np.isfinite(values).all():
        raise DataError("P1000 encodes finite numbers only; found NaN or infinity")
    magnitude = np.abs(values)
    zero = magnitude == 0
    leading = np.floor(np.log10(np.where(zero, 1.0, magnitude))).astype(np.int64)
    # log10 may land one off beside a power of ten; the mantissa must come out as 100 ... 999
    mantissa = np.rint(magnitude * 10.0 ** (2 - leading)).astype(np.int64)
    carried = mantissa >= 1000
    mantissa = np.where(carried, 100, mantissa)
    exponent = np.where(zero, 0, leading - 2 + carried)
    if (exponent < LOWEST_EXPONENT).any() or (exponent > HIGHEST_EXPONENT).any():
        raise DataError(f"P1000 holds exponents E{LOWEST_EXPONENT} ... E{HIGHEST_EXPONENT} only")
    sign = SIGNS[0] + (values < 0)
    tokens = np.stack([sign, MANTISSAS[0] + mantissa, EXPONENTS[0] + exponent - LOWEST_EXPONENT], axis=-1)
    return tokens.reshape(*values.shape[:-1], -1).astype(np.int16)


def decode(tokens: NDArray[np.integer]) -> NDArray[np.float64]:
    """Read tokens back as numbers: array (..., 3 n) of ids to array (..., n) of float64.

    >>> decode(encode(np.array([3.14159, 0.0]))).tolist()
    [3.14, 0.0]
    """
    tokens = np.asarray(tokens, dtype=np.int64)
    triplets = tokens.reshape(*tokens.shape[:-1], -1, TOKENS_PER_NUMBER)
    sign = np.where(triplets[..., 0] == SIGNS[0], 1.0, -1.0)
    mantissa = triplets[..., 1] - MANTISSAS[0]
    exponent = triplets[..., 2] - EXPONENTS[0] + LOWEST_EXPONENT
    # dividing by a positive power is exact to the last bit where multiplying by 10**-2 is not
    scaled = np.where(
        exponent < 0, mantissa / 10.0 ** np.maximum(-exponent, 0), mantissa * 10.0 ** np.maximum(exponent, 0)
    )
    return sign * scaled
