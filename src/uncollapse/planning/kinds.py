"""One plan for each kind of experiment, chosen by the experiment that is asked about."""

import os
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from uncollapse.artifacts.model_names import Model
from uncollapse.config.settings import Settings
from uncollapse.planning.base_models import BaseModelPlan
from uncollapse.planning.experiments import ExperimentPlan
from uncollapse.planning.fingerprint import code_of
from uncollapse.planning.pretraining_experiments import PretrainingPlan
from uncollapse.planning.text_experiments import TextPlan

PLANS: dict[str, type[ExperimentPlan]] = {"sequence": ExperimentPlan, "text": TextPlan, "pretraining": PretrainingPlan}
Files = dict[str, list[str] | str]


class KindPlan(BaseModelPlan):
    """Each question about an experiment goes to the plan of its kind, whose methods say what is asked."""

    def __init__(self, settings: Settings, *, scripts: Path, overlays: Sequence[str] = ()) -> None:
        self.settings, self.scripts, self.overlays = settings, scripts, list(overlays)
        self.root = settings.results
        self._plans = {kind: plan(settings, scripts=scripts, overlays=overlays) for kind, plan in PLANS.items()}

    def of_checkout(self, path: str) -> str:
        """A file of the checkout as seen from here: one that is moved or copied with its results keeps its paths."""
        return os.path.relpath(self.scripts.parent / path)

    def of(self, experiment: str) -> ExperimentPlan:
        """The plan that knows an experiment's kind."""
        return self._plans[self.settings.experiments[experiment].kind]

    def experiment(self, name: str) -> Any:
        """The settings of one experiment."""
        return self.settings.experiments[name]

    def code(self, stage: str, experiment: str | None = None, *, verifier: str | None = None) -> list[str]:
        """What a stage runs, for Snakemake to compare: see :func:`uncollapse.planning.fingerprint.code_of`."""
        if experiment is None:
            return code_of(self.scripts / f"{stage}.py")
        return self.of(experiment).code(stage, experiment, verifier=verifier)

    def script(self, stage: str, experiment: str) -> str:
        return self.of(experiment).script(stage, experiment)

    # models and data sets

    def generators(self, experiment: str) -> list[Model]:
        return self.of(experiment).generators(experiment)

    def further(self, experiment: str) -> list[Model]:
        return self.of(experiment).further(experiment)

    def grouped(self, experiment: str) -> list[Model]:
        return self.of(experiment).grouped(experiment)

    def downstream(self, experiment: str) -> list[Model]:
        return self.of(experiment).downstream(experiment)

    def trained(self, experiment: str, model: Model) -> Any:
        return self.of(experiment).trained(experiment, model)

    def training_priority(self, name: str) -> int:
        """Groups come last: the student of one that equals a student of ``downstream`` is then taken from the store."""
        return 5 if Model.parse(name).group else 10

    def dataset(self, experiment: str, name: str) -> Any:
        return self.of(experiment).dataset(experiment, name)

    def evaluations(self, experiment: str) -> Iterator[tuple[Model, str]]:
        return self.of(experiment).evaluations(experiment)

    def proxy_datasets(self, experiment: str) -> list[str]:
        return self.of(experiment).proxy_datasets(experiment)

    def kept_datasets(self, experiment: str) -> list[str]:
        return self.of(experiment).kept_datasets(experiment)

    def product_values(self, experiment: str) -> dict[str, Any]:
        return self.of(experiment).product_values(experiment)

    def report_extras(self, experiment: str) -> dict[str, list[str]]:
        return self.of(experiment).report_extras(experiment)

    def product_frames(self, experiment: str) -> dict[str, list[str]]:
        return self.of(experiment).product_frames(experiment)

    # paths

    def path(self, experiment: str, kind: str, name: str, suffix: str = ".parquet") -> str:
        return self.of(experiment).path(experiment, kind, name, suffix)

    def candidates(self, experiment: str, model: Model, split: str, decoding: str) -> list[str]:
        return self.of(experiment).candidates(experiment, model, split, decoding)

    def scores(self, experiment: str, model: Model, decoding: str, verifier: str) -> list[str]:
        return self.of(experiment).scores(experiment, model, decoding, verifier)

    def shards(self, experiment: str, split: str) -> int:
        return self.of(experiment).shards(experiment, split)

    def sample_inputs(self, experiment: str, split: str) -> dict[str, str]:
        return self.of(experiment).sample_inputs(experiment, split)

    def training_inputs(self, experiment: str, name: str) -> dict[str, str]:
        return self.of(experiment).training_inputs(experiment, name)

    def verifier_inputs(self, experiment: str, verifier: str, decoding: str) -> Files:
        return self.of(experiment).verifier_inputs(experiment, verifier, decoding)

    def selection_inputs(self, experiment: str, name: str, *, with_truth: bool = False) -> Files:
        return self.of(experiment).selection_inputs(experiment, name, with_truth=with_truth)

    def text(self, experiment: str) -> TextPlan:
        """The plan of a text experiment; KeyError for another kind."""
        plan = self.of(experiment)
        if not isinstance(plan, TextPlan):
            raise KeyError(f"{experiment} is no text experiment")
        return plan

    def judged_by_models(self) -> dict[str, list[str]]:
        """The verifiers that ask a language model, by the experiments that have such ones."""
        plans = {name: plan for name in self.settings.experiments if isinstance(plan := self.of(name), TextPlan)}
        asking = {
            name: [verifier for verifier in plan.experiment(name).verifiers if plan.experiment(name).model_of(verifier)]
            for name, plan in plans.items()
        }
        return {name: verifiers for name, verifiers in asking.items() if verifiers}

    def pretraining(self, experiment: str) -> PretrainingPlan:
        """The plan of a pretraining experiment; KeyError for another kind."""
        plan = self.of(experiment)
        if not isinstance(plan, PretrainingPlan):
            raise KeyError(f"{experiment} is no pretraining experiment")
        return plan

    # specs

    def sample_spec(self, experiment: str, split: str) -> str:
        return self.of(experiment).sample_spec(experiment, split)

    def train_spec(self, experiment: str, name: str) -> str:
        return self.of(experiment).train_spec(experiment, name)

    def label_spec(self, experiment: str, split: str, decoding: str, shard: int) -> str:
        return self.of(experiment).label_spec(experiment, split, decoding, shard)

    def verify_spec(self, experiment: str, verifier: str) -> str:
        return self.of(experiment).verify_spec(experiment, verifier)

    def selection_spec(self, experiment: str, name: str) -> str:
        return self.of(experiment).selection_spec(experiment, name)

    def proxy_spec(self, experiment: str, name: str) -> str:
        return self.of(experiment).proxy_spec(experiment, name)

    def evaluate_spec(self, experiment: str, decoding: str) -> str:
        return self.of(experiment).evaluate_spec(experiment, decoding)
