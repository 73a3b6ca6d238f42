"""What tables, figures, claims and the report are told of experiments with models trained from scratch."""

from typing import Any

from uncollapse.artifacts.model_names import Model
from uncollapse.planning.pretraining_jobs import SPLITS, PretrainingJobs


class PretrainingPlan(PretrainingJobs):
    """The plan of a pretraining experiment: its jobs, and the frames and values of its products."""

    def product_frames(self, experiment: str) -> dict[str, list[str]]:
        """Files of the frames that experiments of this kind have."""
        settings, models = self.experiment(experiment), self.downstream(experiment)
        chosen = settings.diagnostics
        names, priors = (chosen.names, list(chosen.priors)) if chosen is not None else ([], [])
        embedded = ["embeddings"] if "embeddings" in names else []
        return {
            "diagnostics": [self.path(experiment, "diagnostics", name) for name in names],
            "buckets": [self.path(experiment, "diagnostics", "ngrams.details")] if names else [],
            "document_perplexities": [self.path(experiment, "diagnostics", f"{name}.details") for name in priors],
            "embedding_map": [self.path(experiment, "diagnostics", f"{name}.details") for name in embedded],
            "task_scores": [
                self.path(experiment, "task_scores", model.name) for model in self.evaluated_on_tasks(experiment)
            ],
            "perplexities": [self.path(experiment, "perplexities", model.name) for model in models],
            "pretraining_curves": [self.path(experiment, "models", model.name, ".curve.parquet") for model in models],
            "synthesis_costs": [self.path(experiment, "synthesis", "costs")] if settings.synthesis else [],
            "synthesis_texts": [self.path(experiment, "synthesis", "texts")] if settings.synthesis else [],
            "edit_counts": [
                self.path(experiment, "edits", f"{name}.{generation}", ".counts.parquet")
                for name, edit in settings.edits.items()
                for generation in range(1, edit.generations + 1)
            ],
        }

    def product_values(self, experiment: str) -> dict[str, Any]:
        """Models and data sets, a row each."""
        settings = self.experiment(experiment)
        chosen = settings.diagnostics
        return {
            "subjects": ["human", "machine", *(chosen.datasets if chosen else [])],
            "references": [name for name, prior in (chosen.priors if chosen else {}).items() if prior.base is not None],
            "iterations": self._iterations(experiment),
            "trained_models": [self._model_row(experiment, model) for model in self.downstream(experiment)],
            "edits": [
                {"edit": name, "threshold": edit.editing.threshold, "share": edit.share, "prior": edit.prior,
                 "frozen": edit.frozen,
                 "control": edit.editing.positions == "random" or edit.editing.action == "delete",
                 "texts": edit.corpus or edit.dataset, "direction": edit.editing.direction,
                 "sampling": edit.editing.sampling, "top_k": edit.editing.top_k, "top_p": edit.editing.top_p,
                 "positions": edit.editing.positions, "action": edit.editing.action,
                 "as_many_as": edit.as_many_as}
                for name, edit in settings.edits.items()
            ],
        }  # fmt: skip

    def _model_row(self, experiment: str, model: Model) -> dict[str, Any]:
        name, dataset = self.parts_of(experiment, model)
        settings, mixture = self.experiment(experiment), self.dataset(experiment, dataset)
        return {
            "model": model.name,
            "architecture": name,
            "dataset": dataset,
            "seed": model.seed,
            "machine_share_percent": 100 * mixture.machine_share,
            "selection": mixture.select.by if mixture.select else None,
            "edit": mixture.edit,
            "part": mixture.part,
            "generator": mixture.generator,
            "how": mixture.how,
            "family": self._family(experiment, name),
            "epochs": settings.models[name].training.epochs,
            "tokens": mixture.tokens or settings.tokens,
            "context": settings.architecture(name).context,
            "initial": self._initial(experiment, name),
            "instructions": settings.of_pairs(dataset),
            "domain": settings.instructions.corpus if settings.of_pairs(dataset) else mixture.corpus,
        }

    def _initial(self, experiment: str, name: str) -> str | None:
        """The name of the model from which all of an architecture's start; None where they start from scratch."""
        chosen = self.experiment(experiment).models[name]
        if chosen.initial is None:
            return None
        return self._first_seed(experiment, chosen.initial, chosen.initial_dataset or "").name

    def _family(self, experiment: str, name: str) -> str:
        """The first of the models from scratch with the same architecture, or itself where it goes on from another."""
        settings = self.experiment(experiment)
        if settings.models[name].initial is not None:
            return name
        scratch = [other for other, model in settings.models.items() if model.initial is None]
        return next(other for other in scratch if settings.architecture(other) == settings.architecture(name))

    def _iterated(self, experiment: str, name: str) -> dict[str, Any]:
        """How a data set came from a model's own texts, in how many rounds, and from which data set of generation 0."""
        dataset = self.dataset(experiment, name)
        edit = self.edit_settings(experiment, dataset.edit) if dataset.edit else None
        if dataset.generator_dataset is not None:
            process, before = (
                "own text" if dataset.machine_share == 1 else "own and human text",
                dataset.generator_dataset,
            )
        elif edit is not None and edit.dataset == edit.prior_dataset:
            process, before = "edited by the model", edit.dataset or ""
        else:
            return {"process": None, "generation": 0, "root": name}
        earlier = self._iterated(experiment, before)
        return {"process": process, "generation": earlier["generation"] + 1, "root": earlier["root"]}

    def _iterations(self, experiment: str) -> list[dict[str, Any]]:
        """Data sets of the iterative setting, and those that they begin with."""
        names = self.experiment(experiment).datasets
        rows = [{"dataset": name} | self._iterated(experiment, name) for name in names]
        roots = {row["root"] for row in rows if row["generation"]}
        return [row for row in rows if row["generation"] or row["dataset"] in roots]

    def accounted(self, experiment: str) -> list[str]:
        """Artifacts that say what became of the rows that came in."""
        settings = self.experiment(experiment)
        files = [self.passages(experiment, split) for split in SPLITS]
        if settings.instructions is not None:
            files += [self.path(experiment, "instructions", split) for split in ("train", "test")]
        trained = {name for model in settings.models for name in settings.trained_on(model)}
        return files + [self.path(experiment, "datasets", name) for name in settings.datasets if name in trained]
