"""Results that nobody may write to, which share their bytes with the store: Snakemake makes them anew all the same."""

import contextlib
from collections.abc import Collection
from typing import Any


def allow_read_only(rules: Collection[str]) -> None:
    """Have Snakemake take no output of these rules for one that its user protects; ``rules`` are their names.

    It refuses to run a job whose output it may not write to, as protected() leaves it, although it removes the file
    before the job. There is no public interface for this.
    """
    with contextlib.suppress(ImportError, AttributeError):
        from snakemake.io import _IOFile

        _IOFile.protected = but_for(_IOFile.protected, rules)


def but_for(protected: Any, rules: Collection[str]) -> Any:
    """The same question about a file, answered with no for those of the rules."""

    async def of(file: Any) -> bool:
        return getattr(file.rule, "name", None) not in rules and await protected(file)

    return of
