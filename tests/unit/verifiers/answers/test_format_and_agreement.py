"""Form of texts, and agreement of a prompt's candidates: right values by hand."""

import contextlib
import os
import time

import pytest
from pydantic import ValidationError

from uncollapse.verifiers.answers import agreement
from uncollapse.verifiers.answers import format as form
from uncollapse.verifiers.candidate import Candidate
from uncollapse.verifiers.children.pool import Children
from uncollapse.verifiers.final_answer import final_answer


def formed(*texts, **settings):
    with Children("format", form.Settings(**settings), threads=2) as children:
        return children.judge([Candidate(text) for text in texts])


def test_an_expression_matches_the_whole_text_or_some_of_it():
    assert [one.accepted for one in formed("ab", "xab", "ab\n", "", regex="ab")] == [True, False, False, False]
    assert [one.accepted for one in formed("ab", "xab", "a", regex="ab", match="anywhere")] == [True, True, False]


def test_an_expression_that_takes_for_ever_is_stopped_and_the_next_text_is_judged():
    found = formed("a" * 60 + "b", "aaa", regex="(a+)+$", seconds=0.5)
    assert [one.failed for one in found] == [True, False]
    assert found[1].accepted


SCHEMA = {"type": "object", "properties": {"n": {"type": "integer", "minimum": 1}}, "required": ["n"]}


def test_json_has_to_obey_the_schema():
    texts = ['{"n": 2}', '{"n": 0}', '{"m": 2}', '{"n": NaN}', '{"n": 0, "n": 2}', '{"n": 2', "[" * 100_000, ""]
    found = formed(*texts, schema=SCHEMA)
    assert [one.accepted for one in found] == [True] + [False] * 7
    assert found[1].reason == "n: 0 is less than the minimum of 1"
    assert "a key stands twice" in found[4].reason
    fenced = 'It is\n```json\n{"n": 2}\n```\n'
    assert [one.accepted for one in formed(fenced, '{"n": 2}', schema=SCHEMA, json_from="fenced")] == [True, False]


@pytest.mark.parametrize(
    ("settings", "words"),
    [
        ({}, "give regex, schema"),
        ({"regex": "("}, "no regular expression"),
        ({"schema": {"type": "number!"}}, "is no JSON schema"),
        ({"schema": {"$ref": "https://example.org/a.json"}}, "refers to another file"),
    ],
)
def test_settings_that_cannot_be(settings, words):
    with pytest.raises(ValidationError, match=words):
        form.Settings(**settings)


def agreed(rows, **settings):
    """Verdicts on (prompt, text) pairs, surveyed two by two."""
    candidates = [Candidate(text, prompt_id=prompt) for prompt, text in rows]
    with agreement.open_verifier(agreement.Settings(**settings), threads=1) as verifier:
        for start in range(0, len(candidates), 2):
            verifier.survey(candidates[start : start + 2])
        return verifier.judge(candidates)


def test_share_of_candidates_with_the_same_answer_wherever_they_stand():
    rows = [("a", "it is 5"), ("b", "7"), ("a", r"\boxed{5.0}"), ("a", "6"), ("b", "8"), ("a", "no idea"), ("b", "7.")]
    found = agreed(rows)
    assert [one.score for one in found] == pytest.approx([2 / 4, 2 / 3, 2 / 4, 1 / 4, 1 / 3, 0, 2 / 3])
    assert [one.accepted for one in found] == [True, True, True, False, False, False, True]


def test_ties_are_decided():
    rows = [("a", "1"), ("a", "2"), ("a", "2"), ("a", "1"), ("a", "3")]
    assert [one.accepted for one in agreed(rows)] == [False] * 5
    assert [one.accepted for one in agreed(rows, ties="first")] == [True, False, False, True, False]


def test_missing_answers_agree_with_none_and_count():
    rows = [("a", "?"), ("a", "?"), ("a", "4")]
    assert [one.accepted for one in agreed(rows)] == [False, False, True]
    assert [one.accepted for one in agreed(rows, accept="lowest", lowest=0.5)] == [False, False, False]


def test_one_candidate_has_nobody_to_agree_with():
    assert agreed([("a", "4")])[0].failed


def test_share_and_rule_go_together():
    with pytest.raises(ValidationError, match="go together"):
        agreement.Settings(accept="lowest")


@pytest.mark.parametrize(
    ("text", "where", "answer"),
    [
        ("5 of 12 is 1,250.50", "last_number", "1,250.50"), ("v2.x", "last_number", None), ("-3", "last_number", "-3"),
        (r"\boxed{\{1, 2\}}", "boxed", r"\{1, 2\}"), (r"\fboxed{1}", "boxed", "1"), ("\\boxed{}", "boxed", None),
        ("The final answer is: $\\frac{1}{2}$.", "auto", r"\frac{1}{2}"), ("answer: B", "auto", "B"),
        ("The answer is that which one finds with 7", "auto", "7"),
        ("answer:\n7", "auto", "7"),
        ("<answer>7</answer> ok", "auto", "7"), ("答案是7", "auto", "7"), ("**Answer:** 7", "auto", "7"),
        ("x" * 3000, "whole", None), (" 5 ", "whole", "5"),
    ],
)  # fmt: skip
def test_final_answers(text, where, answer):
    assert final_answer(text, where) == answer


def test_texts_made_to_take_long_do_not():
    began = time.process_time()
    for text in (
        "<answer>" * 12_000,
        "answer" + " " * 99_000,
        r"\boxed{" * 15_000,
        "answer is " * 10_000,
        "9," * 50_000,
    ):
        final_answer(text, "auto")
    assert time.process_time() - began < 5


def write_plugin(folder, body):
    path = folder / "mine.py"
    path.write_text(
        "import os, sys, time\nfrom pydantic import BaseModel\n"
        "from uncollapse.verifiers.candidate import scored\n"
        "class Settings(BaseModel):\n    kind: str\n    seconds: float = 1.0\n"
        f"def check(candidate, settings):\n    {body}\n    return scored(len(candidate.text), lowest=2)\n"
    )
    return str(path)


@pytest.mark.parametrize(
    ("body", "reason"),
    [
        ("if candidate.text == 'bad': raise KeyError('x')", "KeyError: 'x'"),
        ("if candidate.text == 'bad': sys.exit(0)", "SystemExit: 0"),
        ("if candidate.text == 'bad': os._exit(3)", "exit status 3"),
        ("if candidate.text == 'bad': os.kill(os.getpid(), 11)", "signal SIGSEGV"),
        ("if candidate.text == 'bad': bytearray(10 ** 13)", "MemoryError"),
        ("if candidate.text == 'bad': return 1.0", "float instead of a Verdict"),
        ("if candidate.text == 'bad': return scored(float('nan'))", "score is nan"),
        ("os.write(1, b'noise'); print('x' * 100000)\n    if candidate.text == 'bad': 1 / 0", "ZeroDivisionError"),
    ],
)
def test_a_verifier_of_ones_own_may_crash_on_a_candidate(tmp_path, body, reason):
    path = write_plugin(tmp_path, body)
    from uncollapse.settings.finding import load_plugin

    settings = load_plugin(path, package="verifiers.answers").Settings(kind=path)
    with Children(path, settings, threads=1) as children:
        found = children.judge([Candidate("good"), Candidate("bad"), Candidate("a"), Candidate("good")])
    assert [one.failed for one in found] == [False, True, False, False]
    assert reason in found[1].reason
    assert [one.accepted for one in found] == [True, None, False, True]


def test_waiting_does_not_count_as_time_of_the_check(tmp_path):
    path = write_plugin(tmp_path, "time.sleep(1.5)")
    from uncollapse.settings.finding import load_plugin

    settings = load_plugin(path, package="verifiers.answers").Settings(kind=path)
    with Children(path, settings, threads=1) as children:
        assert children.judge([Candidate("good")])[0].accepted
    assert not any("uncollapse.verifiers.children" in line for line in _children_of(os.getpid()))


def _children_of(process):
    import psutil

    lines = []
    for child in psutil.Process(process).children(recursive=True):
        with contextlib.suppress(psutil.NoSuchProcess):  # it ended since: a zombie of another test has no command line
            lines.append(" ".join(child.cmdline()))
    return lines
