"""Files of one sampling: the table of candidates, and the answers kept beside it."""

import os
from dataclasses import dataclass
from pathlib import Path
from typing import Self

from uncollapse.corpora.formats import stem_of
from uncollapse.corpora.written import check_kind
from uncollapse.errors import ConfigError


@dataclass(frozen=True)
class Places:
    """``output`` is a table of candidates, ``answers`` an SQLite file of what came."""

    output: Path
    answers: Path

    @classmethod
    def of(cls, prompts: Path, output: Path | None, answers: Path | None) -> Self:
        """The files as named, or beside the prompts, checked before any work.

        >>> Places.of(Path("a.jsonl.gz"), None, None)
        Places(output=PosixPath('a.candidates.parquet'), answers=PosixPath('a.candidates.answers.sqlite'))

        Raises
        ------
        ConfigError
            For an output that is no table, is a folder or the prompts themselves, or lies in no folder.
        """
        output = output or prompts.with_name(f"{stem_of(prompts)}.candidates.parquet")
        answers = answers or output.with_name(f"{stem_of(output)}.answers.sqlite")
        check_kind(output, option="--output")
        for option, path in (("--output", output), ("--answers", answers)):
            if path.is_dir():
                raise ConfigError(f"{option} {path}: is a folder; name a file in it")
            if not path.parent.is_dir():
                raise ConfigError(f"{option} {path}: there is no folder {path.parent}; make it first")
            if not os.access(path.parent, os.W_OK):
                raise ConfigError(f"{option} {path}: {path.parent} cannot be written to; name another place")
            if path.exists() and prompts.exists() and path.samefile(prompts):
                raise ConfigError(f"{option} {path}: is the file of prompts itself; name another file")
        if output.resolve() == answers.resolve():
            raise ConfigError(f"--answers {answers}: is the table of --output itself; name another file")
        return cls(output, answers)
