"""The checkout whose results a command is about."""

from pathlib import Path

from uncollapse.errors import ConfigError
from uncollapse.settings.checkout import PROJECT


def config_file() -> Path:
    """Path of the checkout's config.yaml: the one this library lies in, else the one that the command is called in.

    Raises
    ------
    ConfigError
        Where neither is a checkout, such as a library installed without one.
    """
    for folder in (PROJECT, Path()):
        if (folder / "config.yaml").is_file() and (folder / "Snakefile").is_file():
            return folder / "config.yaml"
    raise ConfigError(
        "no config.yaml and Snakefile here: results of the workflow belong to a checkout; run this in one"
    )
