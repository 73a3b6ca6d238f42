"""The page of promises names tests that are there."""

import re
from pathlib import Path

ROOT = Path(__file__).parents[2]


def test_every_promise_has_its_test() -> None:
    rows = re.findall(r"^\| (?!promise |---)(.+) \| (.+) \|$", (ROOT / "docs/promises.md").read_text(), re.MULTILINE)
    assert len(rows) > 30
    for promise, test in rows:
        found = re.fullmatch(r"`(tests/[\w/]+\.py)::(test_\w+)`", test)
        assert found, promise
        assert f"def {found[2]}(" in (ROOT / found[1]).read_text(), test
