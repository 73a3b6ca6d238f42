"""One run of verifiers over one table, which goes on where it was after a kill."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq

from uncollapse.candidate_tables.roles import Roles
from uncollapse.errors import ArtifactError, DataError
from uncollapse.jobs.parts import Parts
from uncollapse.jobs.progress import Progress
from uncollapse.jobs.store import content_hash
from uncollapse.verification.alone import alone
from uncollapse.verification.columns import Columns
from uncollapse.verification.combining import Combining
from uncollapse.verification.counts import Count
from uncollapse.verification.identity import first_failures, first_named
from uncollapse.verification.judging import judge_all, judged_parts, survey
from uncollapse.verification.named import Named
from uncollapse.verification.output import check_output, write
from uncollapse.verification.part_columns import part_schema, schema_of


@dataclass(frozen=True, kw_only=True)
class Run:
    """A table, its verifiers, and where the result goes.

    code : of the program and its verifiers; parts of another one are not used
    """

    source: Path
    output: Path
    columns: Columns
    verifiers: Sequence[Named]
    rule: Combining | None
    code: Sequence[str]

    def check(self, *, replace: bool) -> None:
        """Check what can be known before any work.

        Raises
        ------
        DataError
            For an output that cannot be written, or columns that are there already.
        ArtifactError
            For an output that is there, and parts of a run with other options.
        """
        check_output(self.output, self.source, schema_of(self.verifiers, self.rule).names, replace=replace)
        parts = self.parts
        if self.output.exists() and not parts.are_mine():
            raise ArtifactError(f"{self.output}: is there already; name another file with --output, or delete it")
        if parts.of_others():
            raise ArtifactError(
                f"{parts.folder}: holds parts of a run with other options, of another version, or of another state of"
                " the table; give the same ones to go on with it, name another --output, or delete the folder"
            )

    def go(
        self, *, threads: int, most_failed: float, ids: Roles | None = None
    ) -> tuple[dict[str, Count], dict[str, dict[str, str]]]:
        """Judge what is not judged yet, and write the output.

        Returns counts by verifier, and the first candidate of each reason for which it has no verdict: by ``ids``, the
        columns that tell candidates apart, or by its place where they are None.

        Raises
        ------
        DataError
            For a row that is no candidate, and where too many candidates have no verdict.
        """
        parts = self.parts
        total = survey(self.source, self.columns)
        parts.begin()
        with alone(parts.folder, self.output):
            try:
                counts = judge_all(
                    self.source,
                    self.columns,
                    self.verifiers,
                    self.rule,
                    parts,
                    total=total,
                    threads=threads,
                    most_failed=most_failed,
                    progress=Progress("verify", unit="candidates"),
                )
            except DataError as error:
                raise DataError(f"{error}{_told(self._first(parts, ids))}") from None
            first = self._first(parts, ids) if any(count.failed for count in counts.values()) else {}
            added = schema_of(self.verifiers, self.rule)
            write(self.output, self.source, added, (pq.read_table(path) for path in judged_parts(parts)))
        parts.clear()
        return counts, first

    def _first(self, parts: Parts, ids: Roles | None) -> dict[str, dict[str, str]]:
        """The first candidate without a verdict, by verifier and reason."""
        return first_named(self.source, ids, first_failures(parts, [one.name for one in self.verifiers]))

    @cached_property
    def _files(self) -> dict[str, list[tuple[str, str]]]:
        """Names and hashes of the files of their own that verifiers read, such as a model or a script."""
        paths = {one.name: getattr(one.settings, "files", None) for one in self.verifiers}
        return {name: [(path, content_hash(Path(path))) for path in some] for name, some in paths.items() if some}

    @property
    def parts(self) -> Parts:
        """Candidates that are judged already, beside the output."""
        identity: dict[str, Any] = {
            "table": [self.source.name, content_hash(self.source)],
            "columns": list(vars(self.columns).values()),
            "verifiers": {one.name: one.settings.model_dump(mode="json", by_alias=True) for one in self.verifiers},
            "rule": None if self.rule is None else self.rule.model_dump(mode="json"),
            "code": list(self.code),
        }
        if self._files:
            identity["files"] = self._files
        return Parts(self.output, identity, part_schema(self.verifiers, self.rule))


def _told(first: Mapping[str, Mapping[str, str]]) -> str:
    """Words behind an error on which candidates were the first without a verdict; none where there is none."""
    named = [f"of {name} {next(iter(rows.values()))}" for name, rows in first.items() if rows]
    return f". The first without a verdict: {', '.join(named)}" if named else ""
