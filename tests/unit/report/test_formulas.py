"""Formulas of the claims as MathML: what is one, what is prose, and that nothing is lost."""

import csv
import re
from pathlib import Path
from xml.etree import ElementTree

import pytest

from uncollapse.report.formulas import with_formulas

CLAIMS = Path(__file__).parents[3] / "workflow/reported/claims.csv"


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("d/T", "<mfrac><mi>d</mi><mi>T</mi></mfrac>"),
        ("sigma^2", "<msup><mi>σ</mi><mn>2</mn></msup>"),
        ("phi0", "<msub><mi>φ</mi><mn>0</mn></msub>"),
        ("theta_gen", "<msub><mi>θ</mi><mi>gen</mi></msub>"),
        ("p*=0.5", "<msup><mi>p</mi><mo>*</mo></msup><mo>=</mo><mn>0.5</mn>"),
        ("1/(1-eta)", "<mfrac><mn>1</mn><mrow><mn>1</mn><mo>−</mo><mi>η</mi></mrow></mfrac>"),
        ("T^(-l)", "<msup><mi>T</mi><mrow><mo>−</mo><mi>l</mi></mrow></msup>"),
        ("T < d+2", "<mi>T</mi><mo>&lt;</mo><mi>d</mi><mo>+</mo><mn>2</mn>"),
        ("sqrt(d)", "<msqrt><mi>d</mi></msqrt>"),
        ("m*T", "<mi>m</mi><mo>⁢</mo><mi>T</mi>"),
    ],
)
def test_a_formula_is_set(text: str, expected: str) -> None:
    assert with_formulas(text) == f"<math>{expected}</math>"


@pytest.mark.parametrize(
    "text",
    [
        "a rise at T and N",
        "0-14 vs 1 to 100+",
        "60.5 vs 66.9 (2%)",
        "news (or proxy) runs",
        "x = y%",
        "n-prime",
        "-",
        "(",
    ],
)
def test_prose_is_left_alone(text: str) -> None:
    assert with_formulas(text) == text


def test_what_stands_around_a_formula_is_escaped() -> None:
    assert with_formulas("R&D: p*") == "R&amp;D: <math><msup><mi>p</mi><mo>*</mo></msup></math>"


def test_every_claim_is_well_formed_and_none_shows_a_power_or_a_greek_name_in_ascii() -> None:
    seen = 0
    with CLAIMS.open(encoding="utf-8") as file:
        for row in csv.DictReader(file):
            for text in (row["statement"], row["expected"]):
                page = str(with_formulas(text))
                seen += page.count("<math>")
                ElementTree.fromstring(f"<p>{page}</p>")
                prose = re.sub(r"<math>.*?</math>", "", page)
                assert not re.search(r"\^|\b(sigma|phi|psi|eta|beta|pi)\d*\b|p\*", prose), (row["id"], prose)
    assert seen > 30
