"""Programs against their tests: what passes, what does not, and what tries to pass without being right."""

import pytest

from system_programs import needs
from uncollapse.errors import ConfigError
from uncollapse.verifiers.answers import unit_tests
from uncollapse.verifiers.candidate import Candidate
from uncollapse.verifiers.sandbox import launch

SQUARE = "assert f(3) == 9\nassert f(-2) == 4"

RIGHT = {
    "values": ("def f(x): return x*x", SQUARE),
    "fenced": ("So:\n```python\ndef f(x):\n    return x*x\n```\nDone.", SQUARE),
    "numpy": ("import numpy as np\ndef f(x): return np.int64(x)**2", SQUARE),
    "test functions": ("def f(x): return x*x", "def test_a():\n    assert f(3) == 9"),
    "unittest": (
        "def f(x): return x*x",
        "import unittest\nclass T(unittest.TestCase):\n    def test(self): self.assertEqual(f(3), 9)",
    ),
    "imported": ("def f(x): return x*x", "from solution import f\n" + SQUARE),
    "in place": ("def f(a): a.sort()", "x = [3, 1, 2]\nf(x)\nassert x == [1, 2, 3]"),
    "callback": ("def f(g, x): return [g(y) for y in x]", "assert f(lambda y: y + 1, [1, 2]) == [2, 3]"),
    "generator": ("def f(n):\n    for i in range(n): yield i", "assert list(f(3)) == [0, 1, 2]"),
    "own error": ("class E(ValueError): pass\ndef f(x): raise E('bad')",
                  "try:\n    f(1)\n    assert False\nexcept E as e:\n    assert str(e) == 'bad'"),
    "own class": ("class S:\n    def __init__(s): s.a = []\n    def push(s, x): s.a.append(x)\n"
                  "    def pop(s): return s.a.pop()\n    def __len__(s): return len(s.a)\n"
                  "    def __contains__(s, x): return x in s.a",
                  "s = S()\ns.push([1, 2])\ns.push(3)\nassert len(s) == 2 and 3 in s and 4 not in s and s.pop() == 3"),
    "operators": ("class V:\n    def __init__(s, x): s.x = x\n    def __add__(s, o): return V(s.x + o.x)\n"
                  "    def __eq__(s, o): return s.x == o.x",
                  "assert V(1) + V(2) == V(3)\nassert V(1) != V(2)\nassert (V(1) + V(2)).x == 3"),
    "objects of the tests": ("def f(n):\n    t = 0\n    while n: t += n.val; n = n.next\n    return t",
                             "class N:\n    def __init__(s, v, n=None): s.val = v; s.next = n\n"
                             "assert f(N(1, N(2))) == 3"),
    "iterators of the tests": ("def f(x): return sum(x)",
                               "assert f(n for n in range(4)) == 6\nassert f(iter([1, 2])) == 3"),
    "big numbers": ("def f(x): return x ** 100", "assert f(7) == 7 ** 100"),
    "asyncio": ("import asyncio\nasync def g(x): return x*x\ndef f(x): return asyncio.run(g(x))", SQUARE),
    "dates": ("import datetime\ndef f(n): return datetime.date(2020, 1, n)",
              "import datetime\nassert f(2) == datetime.date(2020, 1, 2)\nassert f(2) < f(3)"),
    "pytest": ("def f(x): raise ValueError('no')", "import pytest\nwith pytest.raises(ValueError): f(1)"),
    "dataclass": ("from dataclasses import dataclass\n@dataclass\nclass P:\n    x: int\ndef f(x): return P(x*x)",
                  "assert f(3).x == 9\nassert f(2) == P(4)\nassert f(2) != P(5)"),
    "no environment": ("import os\ndef f(x): return x*x if 'SECRET' not in os.environ else 0", SQUARE),
}  # fmt: skip
WRONG = {
    "another value": ("def f(x): return 9", SQUARE),
    "ends before the tests": ("import sys\nsys.exit(0)", SQUARE),
    "ends hard": ("import os\nos._exit(0)", SQUARE),
    "ends in the call": ("import os\ndef f(x): os._exit(0)", SQUARE),
    "equal to everything": ("class A:\n    def __eq__(s, o): return True\ndef f(x): return A()", SQUARE),
    "a number equal to everything": ("class A(int):\n    def __eq__(s, o): return True\n    __hash__ = None\n"
                                     "def f(x): return A(1)", SQUARE),
    "holds everything": ("class A:\n    def __contains__(s, o): return True\n    def __iter__(s): return iter([1])\n"
                         "def f(x): return A()", "assert 9 in f(3)"),
    "no difference": ("class A:\n    def __sub__(s, o): return 0\n    __abs__ = __float__ = lambda s: 0\n"
                      "    def __lt__(s, o): return True\ndef f(x): return A()", "assert abs(f(3) - 9) < 1e-6"),
    "patches builtins": ("import builtins\nbuiltins.AssertionError = Exception\nbuiltins.all = lambda x: True\n"
                         "def f(x): return 1", SQUARE),
    "takes Python's names": ("def abs(x): return 0\ndef f(x): return 1", "assert abs(f(3) - 9) < 1e-6"),
    "takes a module's name": ("class math:\n    isclose = staticmethod(lambda a, b: True)\ndef f(x): return 1",
                              "assert math.isclose(f(3), 9)"),
    "looks for the tests": ("import gc\ndef f(x):\n    return 9 if any('assert f' in o for o in gc.get_objects()"
                            " if isinstance(o, str)) else 1", "assert f(3) == 9"),
    "reads the tests' memory": ("import os\nopen(f'/proc/{os.getppid()}/mem', 'r+b')\ndef f(x): return x*x", SQUARE),
    "looks into what it is given": ("def f(x): return x.gi_frame.f_code.co_consts",
                                    "assert f(n for n in [41, 42]) == (41, 42)"),
    "looks into a function": ("def f(g): return g.__code__.co_consts[1]", "assert f(lambda: 7) == 7"),
    "binds a socket it has": ("import socket\na, b = socket.socketpair()\na.connect('/tmp/x')\ndef f(x): return x*x",
                              SQUARE),
    "ends the process by memory": ("import ctypes\ndef f(x): ctypes.string_at(0)", SQUARE),
    "endless": ("def f(x): return f(x)", SQUARE),
    "loops": ("while True: pass", SQUARE),
    "all memory": ("def f(x): return [0] * 10 ** 10", SQUARE),
    "forks": ("import os\ndef f(x):\n    while True: os.fork()", SQUARE),
    "starts a program": ("import subprocess\nsubprocess.run(['true'])\ndef f(x): return x*x", SQUARE),
    "network": ("import socket\nsocket.socket()\ndef f(x): return x*x", SQUARE),
    "kills": ("import os\nos.kill(os.getppid(), 9)\ndef f(x): return x*x", SQUARE),
    "floods": ("def f(x):\n    while True: print('x' * 10 ** 6)", SQUARE),
    "writes protocol": ("import os\nfor n in range(3, 64):\n    try: os.write(n, b'x' * 100)\n    except OSError: pass",
                        SQUARE),
    "no code": ("", SQUARE),
    "a null byte": ("def f(x):\0 return 1", SQUARE),
    "cut off": ("```python\ndef f(x): return x*x", SQUARE),
    "a failing test function": ("def f(x): return x*x", "def test_a():\n    assert f(3) == 9\ndef test_b():\n"
                                "    assert f(2) == 5"),
    "a failing unittest": ("def f(x): return x*x", "import unittest\nclass T(unittest.TestCase):\n"
                           "    def test(self): self.assertEqual(f(2), 5)"),
    "ending tests": ("def f(x): return 1", "import sys\nsys.exit(0)\nassert f(3) == 9"),
}  # fmt: skip

needs_sandbox = pytest.mark.skipif(not launch.has_filter(), reason="needs seccomp")


def verdicts(rows, **settings):
    with unit_tests.open_verifier(unit_tests.Settings(seconds=1, **settings), threads=2) as verifier:
        return verifier.judge([Candidate(code, columns={"tests": tests, "name": "f"}) for code, tests in rows])


@needs_sandbox
def test_right_programs_pass(monkeypatch):
    monkeypatch.setenv("SECRET", "key")
    found = dict(zip(RIGHT, verdicts(RIGHT.values()), strict=True))
    assert {name: one.reason for name, one in found.items() if not one.accepted} == {}


@needs_sandbox
def test_nothing_else_passes():
    found = dict(zip(WRONG, verdicts(WRONG.values()), strict=True))
    assert {name for name, one in found.items() if one.accepted is not False} == set()
    assert found["loops"].reason == "ended after 1 s of processor time"
    assert found["cut off"].reason == "no closed block of code"
    assert "AssertionError" in found["another value"].reason


@needs_sandbox
def test_without_bubblewrap_nothing_can_be_written(tmp_path, monkeypatch):
    monkeypatch.setattr(unit_tests, "has_bubblewrap", lambda: False)
    target = tmp_path / "evil"
    (found,) = verdicts([(f"open({str(target)!r}, 'w').write('x')\ndef f(x): return x*x", SQUARE)])
    assert not found.accepted
    assert not target.exists()


@needs("bwrap")
def test_bubblewrap_hides_files(tmp_path):
    if not launch.has_bubblewrap():
        pytest.skip("bubblewrap may not make namespaces here")
    (tmp_path / "key").write_text("secret")
    code = f"import os\nassert not os.path.exists({str(tmp_path)!r})\nopen('own', 'w').write('x')\ndef f(x): return x*x"
    (found,) = verdicts([(code, SQUARE)])
    assert found.accepted, found.reason
    assert not (tmp_path / "own").exists()


@needs_sandbox
def test_programs_that_read_and_print():
    cases = [{"input": "3\n", "output": "9"}, {"input": "4\n", "output": "16\n"}]
    programs = [
        "print(int(input()) ** 2)", "print(9)", "print(9", "import sys\nsys.exit(0)",
        "print(int(input()) ** 2)\nraise SystemExit(1)", "while True: print('x' * 10000)",
    ]  # fmt: skip
    found = verdicts([(program, cases) for program in programs], code_from="whole")
    assert [one.accepted for one in found] == [True, False, False, False, False, False]
    assert found[1].reason == "case 2 of 2: other output"


@needs_sandbox
def test_check_gets_the_entry_point():
    tests = "def check(candidate):\n    assert candidate(3) == 9"
    found = verdicts(
        [("def f(x): return x*x", tests), ("def f(x): return 1", tests), ("x = 1", tests)], entry_point="name"
    )
    assert [one.accepted for one in found] == [True, False, False]


@needs_sandbox
def test_tests_as_data_sets_have_them():
    lines = ["assert f(3) == 9", "assert f(2) == 4"]
    pairs = {"inputs": ["3", "4"], "outputs": ["9", "16"]}
    square, program = "def f(x): return x*x", "print(int(input()) ** 2)"
    rows = [(square, lines), (square, str(lines).replace("'", '"')), (program, pairs), ("print(9)", pairs)]
    assert [one.accepted for one in verdicts(rows)] == [True, True, True, False]
    assert verdicts([(program, {"inputs": ["3"], "outputs": []})])[0].failed


@needs_sandbox
def test_tests_that_assert_nothing_give_no_verdict():
    found = verdicts([("def f(x): return 1", tests) for tests in ("print(f(3))", "", None, [], [{"input": "1"}])])
    assert all(one.failed for one in found)


def test_without_isolation_nothing_runs_unless_asked(monkeypatch):
    monkeypatch.setattr(unit_tests, "has_bubblewrap", lambda: False)
    monkeypatch.setattr(unit_tests, "has_filter", lambda: False)
    with pytest.raises(ConfigError, match="install bubblewrap"):
        verdicts([("def f(x): return x*x", SQUARE)])
    assert verdicts([("def f(x): return x*x", SQUARE)], isolation="any")[0].accepted
