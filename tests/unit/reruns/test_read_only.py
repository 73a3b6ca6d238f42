"""Results that nobody may write to are made anew; what a user protects is not."""

from __future__ import annotations

import asyncio
from types import SimpleNamespace

import pytest

from uncollapse.reruns.read_only import but_for


@pytest.mark.parametrize(("rule", "protected"), [("train", False), ("mine", True)])
def test_outputs_of_our_rules_alone_are_not_protected(rule: str, protected: bool) -> None:
    async def is_read_only(_: object) -> bool:
        return True

    file = SimpleNamespace(rule=SimpleNamespace(name=rule))
    assert asyncio.run(but_for(is_read_only, {"train": "train"})(file)) == protected


def test_this_version_of_snakemake_asks_files_so() -> None:
    from snakemake.io import _IOFile

    assert asyncio.iscoroutinefunction(_IOFile.protected)
    assert "rule" in _IOFile.__slots__
