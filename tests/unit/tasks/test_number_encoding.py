"""P1000: what a number becomes, and that three significant digits survive."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from uncollapse.tasks import number_encoding
from uncollapse.tasks.number_encoding import CHOICES, EXPONENTS, LOWEST_EXPONENT, MANTISSAS, SIGNS, decode, encode

# numbers whose exponent certainly fits: three digits of 1e-97 ... 1e102
MAGNITUDES = st.floats(min_value=1e-97, max_value=9e101)
NUMBERS = st.one_of(
    st.just(0.0), MAGNITUDES, MAGNITUDES.map(lambda x: -x), st.floats(-10, 10).filter(lambda x: abs(x) > 1e-90)
)


def _shown(value: float) -> str:
    sign, mantissa, exponent = encode(np.array([value])).tolist()
    mark = "+" if sign == SIGNS[0] else "-"
    return f"{mark} {mantissa - MANTISSAS[0]} E{exponent - EXPONENTS[0] + LOWEST_EXPONENT}"


@given(arrays(np.float64, (3, 2), elements=NUMBERS))
def test_round_trip_keeps_three_significant_digits(values: np.ndarray) -> None:
    tokens = encode(values)
    assert tokens.shape == (3, 6)
    assert tokens.dtype == np.int16
    back = decode(tokens)
    unit = 10.0 ** (np.floor(np.log10(np.where(values == 0, 1, np.abs(values)))) - 2)
    assert (np.abs(back - values) <= 0.5 * unit * (1 + 1e-9)).all()
    assert (np.signbit(back) == (values < 0)).all()


@given(arrays(np.float64, (4,), elements=NUMBERS))
def test_tokens_lie_in_their_ranges_and_mantissas_have_three_digits(values: np.ndarray) -> None:
    triplets = encode(values).reshape(-1, 3)
    for column, (start, stop) in enumerate(CHOICES):
        assert (triplets[:, column] >= start).all()
        assert (triplets[:, column] < stop).all()
    mantissa = triplets[:, 1] - number_encoding.MANTISSAS[0]
    assert (np.where(values == 0, mantissa == 0, (mantissa >= 100) & (mantissa <= 999))).all()


@given(st.sampled_from([-1, 1]), st.integers(100, 999), st.integers(-22, 20))
def test_every_token_triplet_decodes_to_the_nearest_float_and_encodes_back(
    sign: int, mantissa: int, exponent: int
) -> None:
    value = float(f"{sign * mantissa}e{exponent}")
    tokens = [1 if sign > 0 else 2, 3 + mantissa, 1003 + 100 + exponent]
    assert decode(np.array(tokens)).tolist() == [value]
    assert encode(np.array([value])).tolist() == tokens


@pytest.mark.parametrize(
    ("value", "shown"),
    [
        (0.0, "+ 0 E0"),
        (-0.0, "+ 0 E0"),
        (2.3, "+ 230 E-2"),
        (-3.141, "- 314 E-2"),
        (9.994, "+ 999 E-2"),
        (9.996, "+ 100 E-1"),
        (-9.999, "- 100 E-1"),
        (999.4, "+ 999 E0"),
        (999.6, "+ 100 E1"),
        (99_960.0, "+ 100 E3"),
        (0.09996, "+ 100 E-3"),
        (999.9999999999999, "+ 100 E1"),
        (1e100, "+ 100 E98"),
        (9.99e102, "+ 999 E100"),
        (1e-98, "+ 100 E-100"),
        (9.999e-99, "+ 100 E-100"),  # carries into the range
    ],
)
def test_written_by_hand(value: float, shown: str) -> None:
    assert _shown(value) == shown


@pytest.mark.parametrize("power", [*range(-22, 23), -98, 102])
def test_powers_of_ten_have_mantissa_100(power: int) -> None:
    assert _shown(float(f"1e{power}")) == f"+ 100 E{power - 2}"


@pytest.mark.parametrize("power", range(-22, 23))
def test_neighbours_of_powers_of_ten_round_to_them(power: int) -> None:
    """log10 of the float below a power of ten may round up to the power itself."""
    value = float(f"1e{power}")
    for neighbour in (np.nextafter(value, 0), np.nextafter(value, np.inf)):
        assert _shown(neighbour) == f"+ 100 E{power - 2}"


@pytest.mark.parametrize("value", [np.nan, np.inf, -np.inf])
def test_numbers_that_are_not_finite_are_refused(value: float) -> None:
    with pytest.raises(ValueError, match="finite"):
        encode(np.array([1.0, value]))


@pytest.mark.filterwarnings("ignore::RuntimeWarning")
@pytest.mark.parametrize("value", [1e103, 9.999e102, -1e200, 1.7e308, 9.99e-99, 1e-150, 5e-324])
def test_numbers_outside_the_exponents_are_refused(value: float) -> None:
    with pytest.raises(ValueError, match="E-100"):
        encode(np.array([1.0, value]))


def test_ranges_of_tokens_share_the_vocabulary_without_gap_or_overlap() -> None:
    ids = [number_encoding.START_TOKEN] + [token for start, stop in CHOICES for token in range(start, stop)]
    assert ids == list(range(number_encoding.VOCABULARY_SIZE))
