"""A data set's card in Markdown: where every candidate went, p*, what a kept row cost, and where all of it is from."""

import json
import math
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import uncollapse
from uncollapse.errors import DataError
from uncollapse.exports.formats import PREFERENCES
from uncollapse.row_selection.account import TOKENS, Account
from uncollapse.statistics.counted import counted

_RATES = {
    "p": "p, share of candidates that are wrong",
    "phi": "phi, share of right ones that are accepted",
    "psi": "psi, share of wrong ones that are accepted",
    "kept_precision": "share of what is accepted that is right",
    "p_star": "p*, the share wrong up to which training on what is accepted works in theory",
}


@dataclass(frozen=True, kw_only=True)
class Exported:
    """A training file.

    left_out : of its source's rows, by reason
    rejected : of its rows (of pairs the chosen ones) those that the source's verdict rejects
    verdict : the verdict's column, None where there is none
    sha256 : of the file
    """

    path: Path
    source: Path
    kind: str
    rows: int
    left_out: Mapping[str, int]
    rejected: int
    verdict: str | None
    sha256: str

    def told(self) -> str:
        """Words on the rows that a verdict rejects."""
        return f"{'chosen ones ' if self.kind == PREFERENCES else ''}rejected by the verdict in column {self.verdict}"


def card(
    exported: Exported,
    account: Account | None,
    audit: Mapping[str, Any] | None,
    prices: tuple[float, float] | None,
    *,
    folder: Path,
    undecided: str | None = None,
    twin_of: str | None = None,
) -> str:
    """The card.

    Parameters
    ----------
    folder : that it will lie in, from which the libraries that read a card look for its files
    account : of the selection
    audit : what ``uncollapse audit read --output`` wrote
    undecided : why it does not decide on these rows, where it does not
    twin_of : name of the account of the selection whose random twin they are
    prices : of a million tokens of prompts, and of a million of completions
    """
    return "\n".join(_lines(exported, account, audit, prices, folder, undecided, twin_of)) + "\n"


def _lines(
    exported: Exported,
    account: Account | None,
    audit: Mapping[str, Any] | None,
    prices: tuple[float, float] | None,
    folder: Path,
    undecided: str | None,
    twin_of: str | None,
) -> Iterator[str]:
    name = exported.path.name
    yield "---"
    file, around = exported.path.resolve(), folder.resolve()
    if file.is_relative_to(around):  # a file elsewhere is none of the card's data set
        told = json.dumps(file.relative_to(around).as_posix(), ensure_ascii=False)
        yield f"configs: [{{config_name: default, data_files: {told}}}]"
    yield "tags: [synthetic, rejection-sampling]"
    yield "---"
    yield f"# {_word(exported.path.stem)}"
    yield ""
    made = f"format {exported.kind}, made with uncollapse {uncollapse.__version__}."
    yield f"{counted(exported.rows, 'row')} of {_code(name)}, {made}"
    if twin_of is not None:
        yield ""
        yield (
            f"They are the random twin of the selection of {_code(twin_of)}: as many candidates of the same prompts,"
            " drawn whatever the verifier says of them."
        )
    yield ""
    yield "## Where every row went"
    yield ""
    yield from _table("", "rows", _went(exported, account))
    if account is not None:
        yield ""
        yield from _twin(account)
        yield from _cost(account, prices)
    yield ""
    yield "## Is the verifier good enough?"
    yield ""
    yield from _audited(audit, undecided, is_twin=twin_of is not None)
    yield ""
    yield "## Provenance"
    yield ""
    yield from _provenance(exported, account)


def _went(exported: Exported, account: Account | None) -> Iterator[tuple[str, str]]:
    if account is not None:
        yield "candidates", f"{account.candidates:,}"
        if account.unjudged:
            yield "dropped: without a verdict", f"{account.unjudged:,}"
        for reason, number in account.dropped.items():
            if number:
                yield f"dropped: {reason}", f"{number:,}"
        yield f"selected, of {account.kept_prompts:,} of {account.prompts:,} prompts", f"{account.kept:,}"
    for reason, number in exported.left_out.items():
        yield f"left out of the file: {reason}", f"{number:,}"
    yield "rows of the file", f"{exported.rows:,}"
    if exported.rejected:
        yield f"of these, {exported.told()}", f"{exported.rejected:,}"


def _twin(account: Account) -> Iterator[str]:
    if account.twin_accepted is None:
        return
    yield (
        f"Beside it stands a random selection of as many candidates of the same prompts, of which the verifier accepts"
        f" {account.twin_accepted:.1%}. A gain over a model trained on that one is the verifier's; any other gain is"
        " that of more data."
    )


def _cost(account: Account, prices: tuple[float, float] | None) -> Iterator[str]:
    yield ""
    yield "## Cost of a kept row"
    yield ""
    rows = [("candidates sampled", f"{account.candidates / account.kept:.1f}")]
    known = [kind for kind in TOKENS if kind in account.tokens]
    for kind in known:
        rows.append((kind.replace("_", " "), f"{account.tokens[kind] / account.kept:,.0f}"))
    if prices is not None and len(known) == len(prices):
        total = sum(price * account.tokens[kind] / 1e6 for price, kind in zip(prices, TOKENS, strict=True))
        rows.append((f"money, at {prices[0]:g} and {prices[1]:g} a million tokens", f"{total / account.kept:.6g}"))
    yield from _table("", "a kept row", rows)
    if not account.tokens:
        yield ""
        yield "Tokens are not known: the candidates have no columns prompt_tokens and completion_tokens."


def _audited(audit: Mapping[str, Any] | None, undecided: str | None, *, is_twin: bool) -> Iterator[str]:
    if audit is None:
        yield "Nobody has audited it: `uncollapse audit draw`, `audit read --output`, and `--audit` puts it here."
        return
    decision = audit["decision"]
    kept, word, sentence = audit.get("kept"), _word(decision["word"]), _word(decision["sentence"])
    every = f"all {f'{kept:,.0f} ' if kept else ''}candidates that the verifier accepts"
    if undecided is None:
        yield f"**{word}**: {sentence}"
    else:
        yield f"No decision is said of these rows: {_word(undecided)}"
        yield ""
        yield f"The audit is of {every}." if is_twin else f"Of {every}, together, the audit says {word}: {sentence}"
    if undecided is None or not is_twin:
        yield from (f"- but {_word(warning)}" for warning in decision["warnings"])
    yield ""
    if undecided is None:
        yield f"The audit is of {every}; the file holds just these."
        yield ""
    rows = [(words, _estimate(audit["rates"][name])) for name, words in _RATES.items()]
    yield from _table(f"{audit['labels']:,.0f} labels by hand", "95% interval", rows)
    notes = audit.get("notes", [])
    if notes:
        yield ""
        yield from (f"- {_word(note)}" for note in notes)


def _provenance(exported: Exported, account: Account | None) -> Iterator[str]:
    rows = [("file", f"{_code(exported.path.name)}, SHA-256 `{exported.sha256}`")]
    rows.append(("made from", f"{_code(exported.source.name)}"))
    if account is not None:
        settings = {name: value for name, value in account.settings.items() if value is not None}
        rows.append(("candidates", f"{_code(account.file)}, SHA-256 `{account.sha256}`"))
        rows.append(("selection", ", ".join(f"{name} {_word(value)}" for name, value in settings.items())))
        rows.append(("columns", ", ".join(f"{name} {_code(value)}" for name, value in account.columns.items())))
        for name, value in (account.sampling or {}).items():
            rows.append((f"sampling: {name}", _word(value)))
    yield from _table("", "", rows)


def read_audit(path: Path) -> dict[str, Any]:
    """Read what ``uncollapse audit read --output`` wrote.

    Raises
    ------
    DataError
        For anything else.
    """
    try:
        held = json.loads(path.read_text(encoding="utf-8"))
        problem = _unlike_an_audit(held)
        if problem is None:
            return held
    except FileNotFoundError:
        raise DataError(f"{path}: no such file; uncollapse audit read --output writes it") from None
    except KeyError as error:
        problem = f"it has no {error}"
    except (OSError, ValueError, TypeError, AttributeError, RecursionError) as error:
        problem = str(error)
    raise DataError(f"{path}: not what uncollapse audit read --output writes ({problem})")


def _unlike_an_audit(held: Mapping[str, Any]) -> str | None:
    """Words on the first part that is not of the kind that an audit's is; None where all are."""
    decision, rates = held["decision"], held["rates"]
    texts = [decision["word"], decision["sentence"], *_listed(decision["warnings"]), *_listed(held.get("notes", []))]
    if not all(isinstance(text, str) for text in texts):
        return "its words are no texts"
    ends = [rates[name].get(part) for name in _RATES for part in ("value", "low", "high")]
    for number in (held["labels"], held.get("kept") or 0, *(end for end in ends if end is not None)):
        if isinstance(number, bool) or not isinstance(number, int | float) or not math.isfinite(number):
            return f"{number!r} stands for a number"
    if not all(isinstance(found, str) for found in (held.get("contents") or {}).values()):
        return "its contents are no digests"
    return None


def _listed(texts: Any) -> list[Any]:
    if not isinstance(texts, list):
        raise TypeError(f"{texts!r} stands for a list")
    return texts


def _estimate(found: Mapping[str, float | None]) -> str:
    numbers = [found.get(part) for part in ("value", "low", "high")]
    if None in numbers:
        return "unknown"
    value, low, high = numbers
    return f"{value:.3f} [{low:.3f}, {high:.3f}]"


def _table(first: str, second: str, rows: Any) -> Iterator[str]:
    yield f"| {first} | {second} |"
    yield "|---|---|"
    for name, value in rows:
        yield f"| {_word(name)} | {value} |"


def _code(value: Any) -> str:
    """A name as code, on one line and within its cell."""
    plain = re.sub(r"\s+", " ", str(value)).replace("`", "'").replace("|", "/")
    return f"`{plain}`"


def _word(value: Any) -> str:
    """Words that are no markup, on one line: names are a user's and a server's."""
    return re.sub(r"([\\|<>`*_\[\]])", r"\\\1", re.sub(r"\s+", " ", str(value)))
