"""Environment of every job: the interpreter and library of its checkout, the store, one thread; and its software."""

import os
import sys
from collections.abc import Mapping
from pathlib import Path

from uncollapse.config.settings import Settings
from uncollapse.errors import ConfigError

APPTAINER = "--sdm apptainer"


def variables(settings: Settings, checkout: Path, now: Mapping[str, str]) -> dict[str, str]:
    """Environment variables of all jobs' commands, from those that are set ``now``.

    Commands run the interpreter that runs this process (an activated environment of --sdm still comes before it), and
    one thread each unless they or the user say otherwise: small models on many threads are slower than one job a core.
    """
    found = {
        "PATH": f"{Path(sys.executable).parent}{os.pathsep}{now.get('PATH', os.defpath)}",
        "PYTHONPATH": os.pathsep.join(filter(None, [str(checkout / "src"), now.get("PYTHONPATH")])),
        "OMP_NUM_THREADS": now.get("OMP_NUM_THREADS", "1"),
        "UNCOLLAPSE_STORE": str(Path(settings.store).absolute()),
    }
    if settings.packages_folder is not None:
        found["UNCOLLAPSE_PACKAGES"] = str(Path(settings.packages_folder).absolute())
    return found


def image(container: str, checkout: Path) -> str:
    """The image of ``software.container`` as Snakemake takes it: a file by its whole path, an address as it stands.

    >>> image("docker://example.org/uncollapse:1", Path("/checkout"))
    'docker://example.org/uncollapse:1'
    >>> image("jobs.sif", Path("/checkout"))
    '/checkout/jobs.sif'
    """
    return container if "://" in container else str(checkout / container)


def check_image(container: str, checkout: Path) -> None:
    """Refuse to begin with --sdm apptainer where the image's file is not there, or Snakemake cannot take its path.

    Raises
    ------
    ConfigError
        With the command that makes it, or where else it may be.
    """
    found = image(container, checkout)
    if any(letter.isspace() for letter in found):
        raise ConfigError(
            f"{APPTAINER}: {found}: Snakemake takes no image whose path has blanks in it; move the checkout, or set"
            " software.container to an image elsewhere"
        )
    if "://" not in found and not Path(found).is_file():
        raise ConfigError(
            f"{APPTAINER}: there is no {found}. Make it with `apptainer build {container} envs/jobs.def` in"
            f" {checkout}, or set software.container to another image"
        )
