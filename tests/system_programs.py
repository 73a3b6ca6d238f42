"""Programs of the system that tests start: a test whose programs PATH does not lead to is skipped, with the reason."""

import os
import shutil

import pytest

# where systems keep programs, whatever PATH says: on Debian, of users who are not root it lacks the first three
FOLDERS = ("/usr/local/sbin", "/usr/sbin", "/sbin", "/usr/local/bin", "/usr/bin", "/bin")


def path_of(*names: str) -> str | None:
    """The first program of some names that PATH leads to."""
    return next(filter(None, map(shutil.which, names)), None)


def lacking(*programs: str) -> str | None:
    """Words on the programs that PATH does not lead to, with the place of one that is there; None for none."""
    told = []
    for program in programs:
        if path_of(program):
            continue
        beside = shutil.which(program, path=os.pathsep.join(FOLDERS))
        told.append(f"{program} is in {os.path.dirname(beside)}, which PATH lacks" if beside else f"no {program} here")
    return "; ".join(told) or None


def needs(*programs: str) -> pytest.MarkDecorator:
    """Mark that skips a test for want of programs."""
    reason = lacking(*programs)
    return pytest.mark.skipif(reason is not None, reason=reason or "")
