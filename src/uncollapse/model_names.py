"""Names of trained models, which are also their files' names."""

from dataclasses import dataclass

GENERATOR = "generator"
GENERATOR_DATASET = "train"  # true labels of the train split


@dataclass(frozen=True)
class Model:
    """A trained model, by what it is trained on; its name is also its file's."""

    dataset: str
    seed: int

    @property
    def role(self) -> str:
        """generator or downstream."""
        return GENERATOR if self.dataset == GENERATOR_DATASET else "downstream"

    @property
    def name(self) -> str:
        """Such as ``generator-seed0`` or ``best_of_5-seed2``."""
        return f"{GENERATOR if self.role == GENERATOR else self.dataset}-seed{self.seed}"

    @staticmethod
    def parse(name: str) -> "Model":
        """The model of that name."""
        dataset, _, seed = name.rpartition("-seed")
        return Model(GENERATOR_DATASET if dataset == GENERATOR else dataset, int(seed))
