"""Columns of a table of candidates by what they are, named by options or found by their usual names."""

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from uncollapse.corpora.tables import Wording, column_names, told_columns
from uncollapse.errors import DataError

WORDING = Wording(no_column="no column {column}; there are {there}: name one with --text, --prompt, --answer or reads")
_USUAL = {"prompt": ("prompt", "messages"), "prompt_id": ("prompt_id",), "answer": ("answer",)}


@dataclass(frozen=True)
class Columns:
    """Names of columns; None where there is none.

    text : the candidates
    prompt : text, or lists of messages
    prompt_id : same for all candidates of a prompt; without it their ``prompt`` tells
    answer : the true ones
    further : what verifiers read beside these
    """

    text: str = "text"
    prompt: str | None = None
    prompt_id: str | None = None
    answer: str | None = None
    further: tuple[str, ...] = ()

    @property
    def read(self) -> list[str]:
        """All that is read, once each."""
        named = (self.text, self.prompt, self.prompt_id, self.answer, *self.further)
        return list(dict.fromkeys(name for name in named if name is not None))


def resolved(path: Path, named: Columns, *, needs: Iterable[str]) -> Columns:
    """Columns with those found by their usual names.

    Parameters
    ----------
    needs : of "answer", "prompt" and "prompt_id", what the verifiers cannot do without

    Raises
    ------
    DataError
        For a needed column that is neither named nor there.
    """
    names = column_names(path, wording=WORDING)
    found = {
        role: getattr(named, role) or next((name for name in usual if name in names), None)
        for role, usual in _USUAL.items()
    }
    columns = Columns(named.text, further=named.further, **found)
    for role in needs:
        has = columns.prompt_id or columns.prompt if role == "prompt_id" else getattr(columns, role)
        if has is None:
            option = role.replace("_", "-")
            raise DataError(
                f"{path}: a verifier needs the {option.replace('-', ' ')} of each candidate: name its column with"
                f" --{option}; there are {told_columns(path, names)}"
            )
    return columns
