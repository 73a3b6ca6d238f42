"""The configuration that a call of snakemake with the same options would see, for commands beside the workflow."""

import copy
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import yaml

from uncollapse.config.load import load
from uncollapse.config.settings import Settings
from uncollapse.config.sources import read_keys
from uncollapse.errors import ConfigError
from uncollapse.settings.readable import parsed


def read(
    base: Path, overlays: Sequence[Path] = (), values: Sequence[str] = (), *, option: str = "--config"
) -> Settings:
    """Settings from ``base``, overlays as for ``--configfile`` and ``key=value`` pairs as for ``--config``.

    ``option`` is what the pairs come from, for errors.

    Raises
    ------
    ConfigError
        Naming the file that is missing, no YAML or no mapping, or the key that is wrong.
    """
    merged: dict[str, Any] = {}
    held = [read_keys(path) for path in [base, *overlays]]
    for keys in held:
        merged = _merge(merged, keys)
    for pair in values:
        key, equals, value = pair.partition("=")
        if not equals:
            raise ConfigError(f"--config {pair}: write it as key=value")
        try:
            found, problem = parsed(value)
        except yaml.YAMLError as error:
            raise ConfigError(f"--config {pair}: the value is no valid YAML: {error}") from error
        if problem:
            raise ConfigError(f"--config {pair}: {problem}")
        merged = _merge(merged, {key: found})
    return load(merged, [base, *overlays], held, beside=option)


def _merge(first: dict[str, Any], second: dict[str, Any]) -> dict[str, Any]:
    """Mappings are merged key by key; anything else in ``second`` replaces what ``first`` has."""
    merged = copy.deepcopy(first)
    for key, value in second.items():
        inner = merged.get(key)
        merged[key] = _merge(inner, value) if isinstance(inner, dict) and isinstance(value, dict) else value
    return merged
