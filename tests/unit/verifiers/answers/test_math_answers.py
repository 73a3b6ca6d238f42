"""Mathematical answers: right values by hand, and what math-verify takes for right that is not."""

import pytest
from pydantic import ValidationError

from uncollapse.verifiers.answers import math
from uncollapse.verifiers.candidate import Candidate
from uncollapse.verifiers.children.pool import Children
from uncollapse.verifiers.mathematics.comparing import compare

pytest.importorskip("math_verify")

RIGHT = [
    ("0.5", r"\frac12"), ("0.5", r"50\%"), ("0.5", "½"), ("1.5", r"1\frac12"), ("1/2", "2/4"), ("10", "10.0"),
    ("1000", "1,000"), ("1000", "1{,}000"), ("1000", r"\$1,000"), ("300000", r"3\times10^5"), ("0.0000001", "1e-7"),
    ("5", "x=5"), ("x=5", "5"), ("5", "x=2+3=5"), ("5", "\u0665"), ("5", "\uff15"), ("-5", "\u22125"), ("5", "((5))"),
    ("5", r"\text{5}"), ("5", "**5**"), ("5", "5 apples"), ("50", r"50\text{ cm}"), ("5 cm", "5"),
    ("5 centimeters", r"5\text{ cm}"), ("90", r"90^\circ"), ("x+1", "1+x"), ("(x+1)^2", "x^2+2x+1"),
    (r"\sqrt 2", r"\frac{2}{\sqrt2}"), (r"\frac{\pi}{2}", r"0.5\pi"), ("16\\pi", "16π"), ("x>5", "5<x"),
    ("1,2", r"\{2, 1\}"), (r"\pm 2", "2,-2"), ("x=1 or x=2", "2, 1"), ("(1, 234)", "(1,234)"), ("[1,2)", "[1, 2)"),
    (r"\emptyset", r"\{\}"), (r"(1,2] \cup [3,4)", r"[3,4)\cup(1,2]"), ("10^6", "1000000"), ("y=2x+1", "2x-y+1=0"),
    ("B", r"\text{(B)}"), (r"\text{Paris}", "paris"), ("2\\frac12", r"\frac52"),
    ("1000000", r"1\,000\,000"), ("500%", "5"),
    ("2,3", "x=2, y=3"), ("11/2", "5 1/2"),
    (r"\begin{pmatrix}1\\2\end{pmatrix}", r"\begin{pmatrix}1\\ 2\end{pmatrix}"), ("x \\le 5", "x≤5"),
]  # fmt: skip
WRONG = [
    ("50", r"50\%"), ("0.5", r"5\%"), ("50%", "50"), ("5 cm", r"5\text{ m}"), (r"5\text{ cm}^2", r"5\text{ cm}"),
    ("5", "5m"), ("5", "5x"), ("(1,2)", r"\{1,2\}"), ("(1,2)", "1,2"), ("(1,2)", "[1,2]"), ("(1,2)", "(2,1)"),
    ("[1,2)", "(1,2]"), ("12", "1,2"), ("1,234", "1, 234"), ("(1,234)", "1234"), ("1,2", "1,2,2"), ("2", r"\pm 2"),
    ("5", r"5 \text{ or } 6"), ("x=5", "y=5"), ("5", "1=2=5"), ("5", "x=4=5"), ("x^2+y^2=1", "1"), ("y=2x+1", "2x+2"),
    ("120", "5!"), ("25", "5^2"), ("5", "2+3"), ("4", "8/2"), ("2", r"\sqrt4"), ("0", "1e-8"),
    ("0.0000001", "0.0000002"), (r"\frac13", "0.333333"), ("2", "2.0000001"), (r"\sqrt{2}", "1.41421356"),
    ("1000000000000", "1000000000001"), ("4", "2²"), ("101_2", "101"), ("101_2", "5"), ("12:30", "2/5"), ("3:4", "3/4"),
    ("Paris", "riasP"), (r"\text{yes}", r"\text{no}"), ("A", "B"), ("X", "x"), ("5", ""), ("5", "nan"),
    ("5", r"\infty"), (r"\infty", r"-\infty"), ("5", r"\frac{3}{0}"), (r"\frac{1}{2}", r"\frac{1}{2"),
    ("x \\le 5", "x<5"), ("-5", "5"), (r"\emptyset", "0"),
    ("x^2+1", "X^2+1"), ("5", "not 5"), ("5", "x<5"),
    ("2,3", "x=3, y=2"), (r"\begin{pmatrix}1\\2\end{pmatrix}", "(1,2)"),
    ("7", r"7 \mod 10"), ("1.000,5", "1000.5"),
]  # fmt: skip


@pytest.mark.parametrize(("true", "given"), RIGHT)
def test_equal_answers(true, given):
    assert compare(true, given)[0] is True


@pytest.mark.parametrize(("true", "given"), WRONG)
def test_answers_that_differ(true, given):
    assert compare(true, given)[0] is False


def test_a_true_answer_that_cannot_be_read_gives_no_verdict_but_for_the_same_text():
    assert compare(r"\frac{", "5")[0] is None
    assert compare(r"\frac{", r"\frac{")[0] is True


def test_percent_can_be_ignored_but_is_never_both():
    assert compare("50", r"50\%", percent="ignored")[0] is True
    assert compare("0.5", r"50\%", percent="ignored")[0] is False


def test_tolerance_is_relative():
    assert compare("200", "201", tolerance=0.005)[0] is True
    assert compare("200", "201.1", tolerance=0.005)[0] is False
    assert compare(r"\sqrt{2}", "1.414", tolerance=1e-3)[0] is True
    assert compare("0", "0.001", tolerance=0.5)[0] is False


def verdicts(*texts, answer="5", **settings):
    with Children("math", math.Settings(**settings), threads=2) as children:
        return children.judge([Candidate(text, answer=answer) for text in texts])


def test_weird_texts_are_judged_and_the_children_live_on():
    long = "words " * 200_000
    found = verdicts(
        r"\boxed{4}, no: \boxed{5}", r"\boxed{5} and then \boxed{5", "", "\0\ud800 5", long + r"\boxed{5}", long,
        r"\boxed{\frac{10}{\sqrt{4}}}", "<think>5</think> 6", "<think> it is 5", "The answer is 5.", "#### 5\n",
        r"\boxed{\text{5}}", r"\boxed{4} or \boxed{5}", r"\boxed{" + "(" * 500 + "5" + ")" * 500 + "}",
    )  # fmt: skip
    assert [verdict.accepted for verdict in found] == [
        True, False, False, True, True, False, False, False, False, True, True, True, False, True,
    ]  # fmt: skip
    assert not any(verdict.failed for verdict in found)
    assert found[1].reason == "no final answer found"


def test_time_limit_counts_the_check_and_the_next_candidate_is_judged():
    found = verdicts(r"\boxed{9^{9^{9^{9}}}}", r"\boxed{10^{6}}", answer=r"10^{6}", seconds=1.0)
    assert [verdict.failed for verdict in found] == [True, False]
    assert found[0].reason == "no verdict within 1 s of processor time"
    assert found[1].accepted


@pytest.mark.parametrize("true", ["x+1", "10^6", r"\{x, y\}"])
def test_no_code_of_an_answer_is_run(tmp_path, true):
    target = tmp_path / "made"
    for code in (
        f"open('{target}','w')",
        f"__import__('os').system('touch {target}')",
        f"1 if open('{target}','w') else 2",
    ):
        for given in (code, f"x+{code}", rf"\frac{{{code}}}{{2}}", rf"\text{{{code}}}", f"({code}, {code})"):
            assert not compare(true, given)[0]
    assert not target.exists()


def test_a_worked_solution_can_be_the_true_answer():
    (found,) = verdicts("it is 12", answer="3 * 4 = <<3*4=12>>12 and 5\n#### 12")
    assert found.accepted
    (found,) = verdicts(r"\boxed{x+1}", answer=r"We get \boxed{1+x}. It is not 5.")
    assert found.accepted


def test_no_true_answer_is_no_verdict():
    (found,) = verdicts("5", answer=None)
    assert (found.failed, found.accepted, found.score) == (True, None, None)


def test_an_expression_of_ones_own_finds_the_answer():
    (found, none) = verdicts("<a>5</a> 6", "5", answer_regex="<a>(.*?)</a>")
    assert (found.accepted, none.reason) == (True, "no final answer found")
    with pytest.raises(ValidationError, match="no regular expression"):
        math.Settings(answer_regex="(")
