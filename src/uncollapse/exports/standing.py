"""The standing of exported rows before an audit: it decides where they are all that the verifier accepts."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from uncollapse.corpora.formats import stem_of
from uncollapse.errors import DataError
from uncollapse.row_selection.account import SUFFIX, Account, account_path, read_account
from uncollapse.row_selection.settings import NEEDS_NO_VERDICT

_TWIN = ".random"


@dataclass(frozen=True, kw_only=True)
class Origin:
    """A table's rows, and the selection that they come from.

    rows : digest of its candidates (:mod:`uncollapse.candidate_tables.contents`)
    account : of the selection that lies beside it, whosever rows it is of; None where there is none
    place : where that lies, or would
    """

    table: Path
    rows: str
    account: Account | None
    place: Path

    @property
    def is_selection(self) -> bool:
        """Whether the account is of these rows."""
        return self._is("kept")

    @property
    def is_twin(self) -> bool:
        """Whether they are the account's random twin, and another one than its selection."""
        return self._is("twin") and not self._is("kept")

    def _is(self, name: str) -> bool:
        return self.account is not None and (self.account.contents or {}).get(name) == self.rows


def origin_of(table: Path, rows: str) -> Origin:
    """Origin of a table with this digest, by the account beside it; a twin's is that of its selection."""
    place, stem = account_path(table), stem_of(table)
    of_selection = table.with_name(stem.removesuffix(_TWIN) + SUFFIX)
    if stem.endswith(_TWIN) and not place.is_file() and of_selection.is_file():
        origin = Origin(table=table, rows=rows, account=read_account(of_selection), place=of_selection)
        if origin.is_twin or origin.is_selection:
            return origin
    return Origin(table=table, rows=rows, account=read_account(place) if place.is_file() else None, place=place)


def undecided_why(audit: Mapping[str, Any], origin: Origin) -> str | None:
    """Words on rows on which an audit does not decide, though they are of its candidates; None where it does.

    An audit decides on all candidates that the verifier accepts together, and on no part of them.

    Raises
    ------
    DataError
        For rows that are not shown to be of the audited candidates and chosen by a rule from them.
    """
    audited = (audit.get("contents") or {}).get("accepted")
    if audited is None:
        raise DataError(
            "the audit does not say which candidates it is of, as those of earlier versions: run uncollapse audit read"
            " again with --output, or leave --audit out"
        )
    if origin.rows == audited and not origin.is_twin:
        return None
    account = origin.account
    if account is None or not (origin.is_selection or origin.is_twin):
        raise DataError(
            f"{origin.table}: its rows are not shown to be candidates that the audited verifier accepts:"
            f" {_lacking(origin)}; choose them with uncollapse select from the audited table and export what it writes,"
            " or leave --audit out"
        )
    if account.contents is None or account.contents.get("accepted") != audited:
        raise DataError(
            f"{origin.table}: the audit is of other accepted candidates than those of {account.file}, from which"
            " these rows were selected: give the audit of that table and verifier, or leave --audit out"
        )
    if origin.is_twin:
        return "they are the random twin of a selection, drawn of the same prompts whatever the verifier says of them."
    rule = account.settings.get("rule")
    if rule in NEEDS_NO_VERDICT:
        return f"they were selected by the rule {rule}, which takes rejected candidates too."
    return (
        f"they are {account.kept:,} of the {account.accepted or 0:,} accepted candidates, selected by the rule {rule},"
        " and may be right more or less often than all."
    )


def _lacking(origin: Origin) -> str:
    if origin.account is None:
        return f"there is no {origin.place}"
    if origin.account.contents is None:
        return f"{origin.place} is of an earlier version and does not say which rows it is of"
    return f"{origin.place} is of other rows"
