"""Names of trained models and of data sets, which are also their files' names."""

import functools
import re
from dataclasses import dataclass

GENERATOR = "generator"
GENERATOR_DATASET = "train"  # true labels of the train split
# a data set's name in files: of the same selection, those that the first labeller wrote bear no labeller's name
DATASET = r"[a-z][a-z0-9_]*(\.by\d+(_[a-z][a-z0-9_]*)?)?"
MODEL = rf"{DATASET}(-[a-z][a-z0-9_]*)?-seed\d+"  # regular expression of a name
_LABELLER = re.compile(r"by(\d+)(?:_(\w+))?")


@dataclass(frozen=True)
class Model:
    """A trained model, by what it is trained on; its name is also its file's.

    ``dataset`` is the name of a data set's file. ``group`` is the config's group of further models that it belongs to,
    empty for generators and for the students of ``downstream``.
    """

    dataset: str
    seed: int
    group: str = ""

    @property
    def role(self) -> str:
        """generator, downstream, or grouped."""
        if self.group:
            return "grouped"
        return GENERATOR if self.dataset == GENERATOR_DATASET else "downstream"

    @property
    def name(self) -> str:
        """Name in files: ``generator-seed0``, ``best_of_5-seed2``, in the group ``tuned`` ``best_of_5-tuned-seed2``."""
        trained_on = GENERATOR if self.role == GENERATOR else self.dataset
        return "-".join(filter(None, (trained_on, self.group, f"seed{self.seed}")))

    @property
    def as_labeller(self) -> str:
        """The model as the labeller of a data set: ``by1``, of the group ``longer`` ``by0_longer``.

        >>> Model("train", 0, "longer").as_labeller
        'by0_longer'
        """
        return "_".join(filter(None, (f"by{self.seed}", self.group)))

    @staticmethod
    @functools.lru_cache(maxsize=65_536)  # the same few names for every job
    def parse(name: str) -> "Model":
        """The model of that name."""
        *parts, seed = name.split("-")
        dataset, group = parts if len(parts) == 2 else (parts[0], "")
        if dataset == GENERATOR and not group:
            dataset = GENERATOR_DATASET
        return Model(dataset, int(seed.removeprefix("seed")), group)


def labelled_by(dataset: str, labeller: Model) -> str:
    """Name of the data set's file that a labeller wrote, other than the first.

    >>> labelled_by("best_of_5", Model("train", 1))
    'best_of_5.by1'
    """
    return f"{dataset}.{labeller.as_labeller}"


def split_labeller(dataset: str) -> tuple[str, Model | None]:
    """The data set's name in config, and the model that labelled it; None for the first labeller, or for none.

    >>> split_labeller("best_of_5.by0_longer")
    ('best_of_5', Model(dataset='train', seed=0, group='longer'))
    >>> split_labeller("best_of_5")
    ('best_of_5', None)
    """
    name, _, labeller = dataset.partition(".")
    if not labeller:
        return name, None
    match = _LABELLER.fullmatch(labeller)
    if match is None:
        raise KeyError(dataset)
    return name, Model(GENERATOR_DATASET, int(match[1]), match[2] or "")
