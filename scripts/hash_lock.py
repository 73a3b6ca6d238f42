"""Give every version of requirements.lock, envs/cluster.lock and envs/torch.lock the hashes of its files.

    make lock                          in an environment of its own, .venv-lock
    python scripts/hash_lock.py        where uv is installed

uv asks PyPI for the sha256 of every file of a version, so that one lock holds for all systems and Pythons. What torch
needs beside the packages of requirements.lock, the libraries of CUDA, is added to envs/torch.lock. Versions are
those that stand in the files, with or without hashes, and comments at their tops stay. envs/torch_cpu.lock is written
by hand: its file is not on PyPI.
"""

import re
import subprocess
import sys
from collections.abc import Sequence
from itertools import chain
from pathlib import Path

PROJECT = Path(__file__).resolve().parents[1]
LOCK = PROJECT / "requirements.lock"
CLUSTER = PROJECT / "envs/cluster.lock"
TORCH = PROJECT / "envs/torch.lock"


def main() -> int:
    """Always 0; a failure of uv is raised."""
    pinned = [versions(path.read_text(encoding="utf-8")) for path in (LOCK, CLUSTER, TORCH)]
    command = ["uv", "pip", "compile", "-", "--quiet", "--no-config", "--universal", "--python-version=3.11"]
    command += ["--generate-hashes", "--no-annotate", "--no-header"]
    given = "\n".join(chain(*pinned))
    answer = subprocess.run(command, input=given, stdout=subprocess.PIPE, text=True, check=True).stdout
    for path, blocks in zip((LOCK, CLUSTER, TORCH), divided(answer, *pinned), strict=True):
        _write(path, blocks)
        print(f"{len(blocks)} packages in {path.name}")
    return 0


def versions(lock: str) -> list[str]:
    """Requirements of a lock without their hashes: ``name==version``, with a marker where there is one."""
    return [line.rstrip(" \\") for line in lock.splitlines() if line[:1].isalnum()]


def divided(
    answer: str, pinned: Sequence[str], cluster: Sequence[str], torch: Sequence[str]
) -> tuple[list[str], list[str], list[str]]:
    """Requirements with their hashes: those of each lock, and with torch's what Linux needs for them.

    What a package asks for and no lock has is left out, as is what Windows needs: pip follows no dependency.
    """
    blocks = re.findall(r"^\S.*(?:\n .*)*", answer, flags=re.MULTILINE)
    names = [{name_of(line) for line in lines} for lines in (pinned, cluster, torch)]
    own = [block for block in blocks if name_of(block) in names[0]]
    plugins = [block for block in blocks if name_of(block) in names[1]]
    rest = [block for block in blocks if name_of(block) not in names[0] | names[1]]
    return own, plugins, [block for block in rest if name_of(block) in names[2] or "sys_platform == 'linux'" in block]


def name_of(requirement: str) -> str:
    """Name of a package as registries compare it."""
    return re.sub(r"[-_.]+", "-", re.split(r"[ =]", requirement)[0]).lower()


def _write(path: Path, blocks: Sequence[str]) -> None:
    comments = [line for line in path.read_text(encoding="utf-8").splitlines() if line.startswith("#")]
    path.write_text("\n".join([*comments, *blocks]) + "\n", encoding="utf-8")


if __name__ == "__main__":
    sys.exit(main())
