"""Give every version of requirements.lock and envs/torch.lock the hashes of its files.

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
from pathlib import Path

PROJECT = Path(__file__).resolve().parents[1]
LOCK = PROJECT / "requirements.lock"
TORCH = PROJECT / "envs/torch.lock"


def main() -> int:
    """Always 0; a failure of uv is raised."""
    pinned = [versions(path.read_text(encoding="utf-8")) for path in (LOCK, TORCH)]
    command = ["uv", "pip", "compile", "-", "--quiet", "--no-config", "--universal", "--python-version=3.11"]
    command += ["--generate-hashes", "--no-annotate", "--no-header"]
    given = "\n".join(pinned[0] + pinned[1])
    answer = subprocess.run(command, input=given, stdout=subprocess.PIPE, text=True, check=True).stdout
    own, torch = divided(answer, *pinned)
    _write(LOCK, own)
    _write(TORCH, torch)
    print(f"{len(own)} packages in {LOCK.name}, {len(torch)} in {TORCH.name}")
    return 0


def versions(lock: str) -> list[str]:
    """Requirements of a lock without their hashes: ``name==version``, with a marker where there is one."""
    return [line.rstrip(" \\") for line in lock.splitlines() if line[:1].isalnum()]


def divided(answer: str, pinned: Sequence[str], torch: Sequence[str]) -> tuple[list[str], list[str]]:
    """Requirements with their hashes: those pinned in requirements.lock, and torch's with what Linux needs for them.

    What a package asks for and neither lock has is left out, as is what Windows needs: pip follows no dependency.
    """
    blocks = re.findall(r"^\S.*(?:\n .*)*", answer, flags=re.MULTILINE)
    names = [{name_of(line) for line in lines} for lines in (pinned, torch)]
    own = [block for block in blocks if name_of(block) in names[0]]
    rest = [block for block in blocks if block not in own]
    return own, [block for block in rest if name_of(block) in names[1] or "sys_platform == 'linux'" in block]


def name_of(requirement: str) -> str:
    """Name of a package as registries compare it."""
    return re.sub(r"[-_.]+", "-", re.split(r"[ =]", requirement)[0]).lower()


def _write(path: Path, blocks: Sequence[str]) -> None:
    comments = [line for line in path.read_text(encoding="utf-8").splitlines() if line.startswith("#")]
    path.write_text("\n".join([*comments, *blocks]) + "\n", encoding="utf-8")


if __name__ == "__main__":
    sys.exit(main())
