"""Tables, figures and claims of one configuration: what each is made from, and by which code."""

from typing import Any

from uncollapse.fingerprint import code_of
from uncollapse.planning.experiments import ExperimentPlan
from uncollapse.planning.spec import spec
from uncollapse.reporting.needs import FROM_CONFIG, module_of, needed

# which script makes a product
PRODUCT_STAGES = {"tables": "make_table", "figures": "draw_figure", "claims": "check_claims"}


class ProductPlan(ExperimentPlan):
    """An :class:`ExperimentPlan` with the products made of its experiments."""

    def products(self, kind: str) -> dict[str, str]:
        """Name and experiment of every table, figure or group of claims."""
        return {name: product.experiment for name, product in getattr(self.settings, kind).items()}

    def product_code(self, kind: str, name: str) -> list[str]:
        """What make_table, draw_figure or check_claims runs for one product."""
        return code_of(self.scripts / f"{PRODUCT_STAGES[kind]}.py", plugins=[module_of(kind, name)])

    def product_inputs(self, kind: str, name: str) -> dict[str, list[str]]:
        """Files of every frame that the product's function names."""
        experiment = self.products(kind)[name]
        return {frame: self._frame(experiment, frame) for frame in needed(kind, name) if frame not in FROM_CONFIG}

    def product_spec(self, kind: str, name: str) -> str:
        """For the product's script: its name, and the values of config it asks for."""
        experiment = self.products(kind)[name]
        values = {what: self._value(experiment, what) for what in needed(kind, name) if what in FROM_CONFIG}
        return spec(product=name, **values)

    def _frame(self, experiment: str, frame: str) -> list[str]:
        generators = self.generators(experiment)
        models = [*generators, *self.downstream(experiment)]
        if frame == "curves":
            return [self.path(experiment, "models", model.name, ".curve.parquet") for model in models]
        if frame in ("evaluations", "generator_evaluations", "outcomes"):
            kind = "outcomes" if frame == "outcomes" else "evaluations"
            return [
                self.path(experiment, kind, f"{model.name}.{decoding}")
                for model, decoding in self.evaluations(experiment)
                if model in generators or frame != "generator_evaluations"
            ]
        if frame in ("proxy", "kept"):
            return [self.path(experiment, frame, name) for name in getattr(self, f"{frame}_datasets")(experiment)]
        return [f"{self.root}/tables/{frame}.parquet"]

    def proxy_datasets(self, experiment: str) -> list[str]:
        """Data sets of synthesized labels, which have a p_*."""
        return [name for name, dataset in self.experiment(experiment).datasets.items() if dataset.decoding is not None]

    def kept_datasets(self, experiment: str) -> list[str]:
        """Data sets whose selector drops prompts, so that kept and dropped ones can be compared."""
        return [name for name, dataset in self.experiment(experiment).datasets.items() if dataset.select == "correct"]

    def _value(self, experiment: str, what: str) -> Any:
        settings = self.experiment(experiment)
        values: dict[str, Any] = {
            "datasets": [self._dataset_row(experiment, name) for name in settings.trained_datasets()],
            "order": settings.trained_datasets(),
            "labelling_seed": settings.generator.seeds[0],
            "training_examples": settings.sample.train,
            "matrix_size": getattr(settings.task, "matrix_size", None),
        }
        return values[what]

    def _dataset_row(self, experiment: str, name: str) -> dict[str, Any]:
        settings, dataset = self.experiment(experiment), self.dataset(experiment, name)
        verifier = settings.verifiers.get(dataset.verifier or "")
        return {
            "dataset": name,
            "select": dataset.select,
            "beams": settings.decodings[dataset.decoding].beams if dataset.decoding else None,
            "verifier": dataset.verifier,
            "verifier_kind": getattr(verifier, "kind", None),
            "tolerance": getattr(verifier, "tolerance", None),
            "rows": dataset.size or settings.available(dataset),
        }
