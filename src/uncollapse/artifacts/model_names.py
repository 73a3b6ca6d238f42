"""Names of trained models, which are also their files' names."""

from dataclasses import dataclass

GENERATOR = "generator"
GENERATOR_DATASET = "train"  # true labels of the train split
MODEL = r"[a-z][a-z0-9_]*(-[a-z][a-z0-9_]*)?-seed\d+"  # regular expression of a name


@dataclass(frozen=True)
class Model:
    """A trained model, by what it is trained on; its name is also its file's.

    ``group`` is the config's group of further models that it belongs to, empty for generators and for the students of
    ``downstream``.
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

    @staticmethod
    def parse(name: str) -> "Model":
        """The model of that name."""
        *parts, seed = name.split("-")
        dataset, group = parts if len(parts) == 2 else (parts[0], "")
        if dataset == GENERATOR and not group:
            dataset = GENERATOR_DATASET
        return Model(dataset, int(seed.removeprefix("seed")), group)
