"""Frames and values: what tables, figures and claims may ask of an experiment, by the names of their arguments.

A frame is read from all files of one kind that an experiment has; a value follows from config. A kind declares both in
``experiments/<kind>/frames.py``, which imports neither settings nor stages, since jobs that make products load it.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from uncollapse.artifacts.artifact import Artifact, File
from uncollapse.artifacts.model_names import Model, split_labeller


@dataclass(frozen=True, kw_only=True)
class Frame:
    """A table of several files' rows.

    Parameters
    ----------
    artifact : the kind of file; where it has no schema, a file's own holds, which tells its key.
    files : the experiment's files, ``files(block)``, in the order of their rows; none where it has no such frame.
    about : names in the path that become columns in front of each file's own; ``model`` becomes the model's name, data
        set, labeller, role and seed, ``dataset`` the data set and its labeller: empty for the first.
    """

    artifact: Artifact
    files: Callable[[Any], Iterable[File]]
    about: Sequence[str] = ()

    def columns(self, path: Path) -> dict[str, Any]:
        """The columns that a file's name gives, in their order.

        >>> from uncollapse.artifacts.curves import CURVE_FILES
        >>> frame = Frame(artifact=CURVE_FILES, files=lambda block: [], about=["model"])
        >>> frame.columns(Path("results/e/models/clean-seed1.curve.parquet"))
        {'model': 'clean-seed1', 'dataset': 'clean', 'labeller': '', 'role': 'downstream', 'seed': 1}
        """
        if not self.about:
            return {}
        depth = self.artifact.template.count("/") + 1
        names = self.artifact.names_in("/".join(path.parts[-depth:]))
        assert names is not None, f"{path} is no {self.artifact.path}"
        found: dict[str, Any] = {}
        for name in self.about:
            if name == "model":
                model = Model.parse(names["model"])
                found |= {"model": names["model"], **_labelled(model.dataset), "role": model.role, "seed": model.seed}
            elif name == "group":
                found["group"] = Model.parse(names["model"]).group
            else:
                found |= _labelled(names[name]) if name == "dataset" else {name: names[name]}
        return found


def _labelled(dataset: str) -> dict[str, str]:
    name, labeller = split_labeller(dataset)
    return {"dataset": name, "labeller": labeller.as_labeller if labeller is not None else ""}


def evaluated(artifact: Artifact, roles: Sequence[str], about: Sequence[str] = ("model",)) -> Frame:
    """Frame of a kind of file that each model of some roles has for every decoding that it is evaluated with."""

    def files(e: Any) -> list[File]:
        chosen = [(model, decoding) for model, decoding in e.evaluated() if model.role in roles]
        return [artifact(model=model.name, decoding=decoding) for model, decoding in chosen]

    return Frame(artifact=artifact, files=files, about=(*about, "decoding"))


@dataclass(frozen=True)
class Value:
    """A fact of config, ``of(block)``; a list of rows where ``rows`` is set, which products get as a DataFrame.

    Products that need rows are not made of an experiment without any, unless these ``may_be_empty``.
    """

    of: Callable[[Any], Any]
    rows: bool = False
    may_be_empty: bool = False


def _labeller_rows(e: Any) -> list[dict[str, Any]]:
    """A row for each labeller: its name in data sets' files, empty for the first, its model and that model's group."""
    labellers = e.labellers()
    return [
        {"labeller": model.as_labeller if number else "", "model": model.name, "group": model.group}
        for number, model in enumerate(labellers)
    ]


LABELLED = {  # of experiments whose generator labels
    "order": Value(lambda e: e.trained_datasets()),
    "labellers": Value(_labeller_rows, rows=True),
}
