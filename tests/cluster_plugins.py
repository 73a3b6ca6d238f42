"""Snakemake's plugins for clusters, which tests of their profiles need and ``make test`` installs."""

import importlib.util
import os

import pytest


def need(*plugins: str) -> None:
    """Skip a test for want of a plugin, but not in CI, where none may be missing without a word."""
    missing = [plugin for plugin in plugins if importlib.util.find_spec(plugin) is None]
    if missing:
        (pytest.fail if os.environ.get("CI") else pytest.skip)(
            f"{', '.join(missing)} missing: pip install --no-deps -r envs/cluster.lock"
        )
