"""Jobs of experiments with models trained from scratch: their models, data sets, paths, inputs and specs."""

import os
from collections.abc import Iterator
from pathlib import Path

from uncollapse.artifacts.model_names import Model
from uncollapse.planning.fingerprint import code_of
from uncollapse.planning.spec import spec
from uncollapse.planning.synthesis import BY_ENGINE, SynthesisPlan
from uncollapse.pretraining.settings import CorpusEditSettings, MixtureSettings, TaskSettings
from uncollapse.settings.finding import module_name

# the command of each stage that has a rule in common with other kinds
SCRIPTS = {"train": "pretrain", "select_data": "mix_texts"}
ENCODER = "minilm"  # our name of the package with the sentence encoder
SPLITS = ("train", "validation", "test")


class PretrainingJobs(SynthesisPlan):
    """The jobs of a pretraining experiment, which has neither prompts nor candidates."""

    def script(self, stage: str, experiment: str) -> str:
        """The name of a stage's command."""
        return SCRIPTS.get(stage, stage)

    def code(self, stage: str, experiment: str | None = None, *, verifier: str | None = None) -> list[str]:
        """What the stage runs; the engine that writes texts is found by name, as are selectors of passages."""
        assert experiment is not None
        plugins = ["uncollapse.language.engines.transformers_engine"] if stage in BY_ENGINE else []
        if stage == "select_data":
            names = {each.select.by for each in self.experiment(experiment).datasets.values() if each.select}
            plugins += [module_name(name, package="passage_selection.selectors") for name in sorted(names)]
        return code_of(self.scripts / f"{self.script(stage, experiment)}.py", plugins=plugins)

    # models and data sets

    def generators(self, experiment: str) -> list[Model]:
        """None: what is machine-written comes from corpora."""
        return []

    def downstream(self, experiment: str) -> list[Model]:
        """Every architecture on each of its data sets, one seed of each before the next."""
        settings = self.experiment(experiment)
        return [
            Model(f"{name}_{dataset}", seed)
            for name, model in settings.models.items()
            for seed in model.seeds
            for dataset in settings.trained_on(name)
        ]

    def grouped(self, experiment: str) -> list[Model]:
        """None: every architecture has its own name."""
        return []

    def parts_of(self, experiment: str, model: Model) -> tuple[str, str]:
        """Architecture and data set of a model; KeyError where there is no such model."""
        settings = self.experiment(experiment)
        found = {
            f"{name}_{dataset}": (name, dataset) for name in settings.models for dataset in settings.trained_on(name)
        }
        name, dataset = found[model.dataset]
        if model.seed not in settings.models[name].seeds:
            raise KeyError(model.name)
        return name, dataset

    def prior_of(self, experiment: str, name: str, dataset: str) -> str:
        """The file of a model that serves as a prior: the first seed's."""
        return self.path(experiment, "models", self._first_seed(experiment, name, dataset).name, ".safetensors")

    def _first_seed(self, experiment: str, name: str, dataset: str) -> Model:
        """The model that stands for all seeds of its kind where others start from it or ask it."""
        return Model(f"{name}_{dataset}", self.experiment(experiment).models[name].seeds[0])

    def dataset(self, experiment: str, name: str) -> MixtureSettings:  # type: ignore[override]
        """The settings of a data set."""
        return self.experiment(experiment).datasets[name]

    def evaluations(self, experiment: str) -> Iterator[tuple[Model, str]]:
        """None by decodings: see :meth:`product_frames`."""
        yield from ()

    def proxy_datasets(self, experiment: str) -> list[str]:
        """None: nothing is verified."""
        return []

    def kept_datasets(self, experiment: str) -> list[str]:
        """None."""
        return []

    # paths

    def passages(self, experiment: str, split: str) -> str:
        """The passages of a split as text."""
        return self.path(experiment, "passages", split)

    def tokens(self, experiment: str, split: str) -> str:
        """The passages of a split as token ids."""
        return self.path(experiment, "tokens", split)

    def tokenizer(self, experiment: str) -> str:
        """The tokenizer of all its models."""
        return self.path(experiment, "tokenizer", "tokenizer", ".json")

    def edit(self, experiment: str, name: str, generation: int) -> str:
        """What an edit has made of its texts."""
        return self.path(experiment, "edits", f"{name}.{generation}")

    def edit_settings(self, experiment: str, name: str) -> CorpusEditSettings:
        """The settings of one edit."""
        return self.experiment(experiment).edits[name]

    def samples(self, experiment: str, writer: str) -> str:
        """What a model wrote, by its name without a seed."""
        return self.path(experiment, "samples", writer)

    def samples_inputs(self, experiment: str, writer: str) -> dict[str, str]:
        """For scripts/sample_texts.py: the first seed's model; KeyError where no data set names it as generator."""
        dataset = self._written_by(experiment, writer)[0]
        return {"model": self.prior_of(experiment, dataset.generator or "", dataset.generator_dataset or "")}

    def _written_by(self, experiment: str, writer: str) -> list[MixtureSettings]:
        """The data sets with texts by one model, none of which is KeyError."""
        datasets = self.experiment(experiment).datasets.values()
        found = [each for each in datasets if f"{each.generator}_{each.generator_dataset}" == writer]
        if not found:
            raise KeyError(writer)
        return found

    def passages_inputs(self, experiment: str) -> dict[str, list[str] | str]:
        """The corpora, each under its name."""
        return {f"corpus_{name}": self.corpus(name) for name in self.experiment(experiment).data.corpora}

    def instruction_inputs(self, experiment: str) -> dict[str, list[str] | str]:
        """For scripts/encode_instructions.py; KeyError where there are none."""
        chosen = self.experiment(experiment).instructions
        if chosen is None:
            raise KeyError("instructions")
        return {"corpus": self.corpus(chosen.corpus), "tokenizer": self.tokenizer(experiment)}

    def texts(self, experiment: str, dataset: str) -> dict[str, str]:
        """A data set under the name that says what it holds: passages, or instructions with answers."""
        kind = "pairs" if self.experiment(experiment).of_pairs(dataset) else "dataset"
        return {kind: self.path(experiment, "datasets", dataset)}

    def edit_inputs(self, experiment: str, name: str, generation: int) -> dict[str, list[str] | str]:
        """The texts, or the generation before, with the prior, and the first generation where positions are frozen."""
        edit = self.edit_settings(experiment, name)
        if not 1 <= generation <= edit.generations:
            raise KeyError(f"{name}.{generation}")
        found: dict[str, list[str] | str] = {}
        if generation > 1:
            found["before"] = self.edit(experiment, name, generation - 1)
            if edit.frozen:
                found["first"] = self.edit(experiment, name, 1)
        elif edit.corpus is not None:
            found["passages"] = self.passages(experiment, "train")
        else:
            found |= self.texts(experiment, edit.dataset or "")
        if edit.corpus is not None:
            found["prior"] = self.base_model(edit.prior)
        else:
            found["prior"] = self.prior_of(experiment, edit.prior, edit.prior_dataset or "")
        if edit.share is not None:
            found["validation"] = self.tokens(experiment, "validation")
        if edit.as_many_as is not None:
            found["like"] = self.edit(experiment, edit.as_many_as, generation)
        return found

    def selection_inputs(self, experiment: str, name: str, *, with_truth: bool = False) -> dict[str, list[str] | str]:
        """What a data set is made from."""
        dataset = self.dataset(experiment, name)
        if dataset.edit is not None:
            edit = self.edit_settings(experiment, dataset.edit)
            edits = {"edits": self.edit(experiment, dataset.edit, edit.generations)}
            return edits | self.texts(experiment, edit.dataset or "")
        if dataset.written_by is not None:
            return {"tokens": self.written(experiment, dataset)}
        if dataset.instructions:
            return {"pairs": self.path(experiment, "instructions", "train")}
        found: dict[str, list[str] | str] = {"tokens": self.tokens(experiment, "train")}
        if dataset.generator is not None:
            found["samples"] = self.samples(experiment, f"{dataset.generator}_{dataset.generator_dataset}")
        if (select := dataset.select) is not None:
            if "texts" in select.selector.READS:
                found["passages"] = self.passages(experiment, "train")
            if "encoder" in select.selector.READS:
                found["encoder"] = self.package(ENCODER)
            if "prior" in select.selector.READS:
                found["prior"] = self.prior_of(experiment, select.prior or "", select.prior_dataset or "")
            if select.classifier is not None and select.classifier.folder is not None:
                found["classifier"] = sorted(map(str, Path(select.classifier.folder).glob("*.*")))
        return found

    def training_inputs(self, experiment: str, name: str) -> dict[str, str]:
        """What a model is trained and validated on, and its tokenizer."""
        model, dataset = self.parts_of(experiment, Model.parse(name))
        found = self.texts(experiment, dataset) | {
            "validation": self.tokens(experiment, "validation"),
            "tokenizer": self.tokenizer(experiment),
        }
        chosen = self.experiment(experiment).models[model]
        if chosen.initial is not None:
            found["initial"] = self.prior_of(experiment, chosen.initial, chosen.initial_dataset or "")
        return found

    def perplexity_inputs(self, experiment: str, name: str) -> dict[str, str]:
        """For scripts/measure_perplexity.py."""
        model, dataset = self.parts_of(experiment, Model.parse(name))
        found = {
            "tokens": self.tokens(experiment, "test"),
            "model": self.path(experiment, "models", name, ".safetensors"),
        }
        settings = self.experiment(experiment)
        tuned = [one for each, one in settings.models.items() if any(map(settings.of_pairs, settings.trained_on(each)))]
        if settings.of_pairs(dataset) or any((one.initial, one.initial_dataset) == (model, dataset) for one in tuned):
            found["pairs"] = self.path(experiment, "instructions", "test")
        return found

    def task_definition(self, name: str) -> str | None:
        """The YAML of a task of ours or of a user; None for one that the harness knows by name."""
        shipped = self.scripts.parent / "workflow" / "tasks" / f"{name}.yaml"
        if shipped.is_file():
            return os.path.relpath(shipped)
        return name if name.endswith((".yaml", ".yml")) else None

    def made_items(self, name: str) -> bool:
        """Whether a task's items are made from our test passages: it is one of workflow/tasks."""
        return not name.endswith((".yaml", ".yml")) and self.task_definition(name) is not None

    def items_inputs(self, experiment: str, task: str) -> dict[str, str]:
        """For scripts/make_task_items.py."""
        self._tasks_with(experiment, task)
        return {"passages": self.passages(experiment, "test")}

    def _tasks_with(self, experiment: str, task: str) -> TaskSettings:
        chosen = self.experiment(experiment).tasks
        if chosen is None or task not in chosen.names or not self.made_items(task):
            raise KeyError(task)
        return chosen

    def evaluated_on_tasks(self, experiment: str) -> list[Model]:
        """The models that the downstream tasks are for."""
        return [model for model in self.downstream(experiment) if self._has_tasks(experiment, model)]

    def _has_tasks(self, experiment: str, model: Model) -> bool:
        name, dataset = self.parts_of(experiment, model)
        return dataset in self.experiment(experiment).on_tasks(name)

    def task_inputs(self, experiment: str, name: str) -> dict[str, str]:
        """For scripts/evaluate_tasks.py; a definition lies in the checkout or where the user keeps it."""
        chosen = self.experiment(experiment).tasks
        if chosen is None or not self._has_tasks(experiment, Model.parse(name)):
            raise KeyError(name)
        found = {"model": self.path(experiment, "models", name, ".safetensors")}
        for number, task in enumerate(chosen.names):
            if (definition := self.task_definition(task)) is not None:
                found[f"definition_{number}"] = definition
            if self.made_items(task):
                found[f"items_{number}"] = self.path(experiment, "task_items", task)
        return found

    def diagnosis_inputs(self, experiment: str, name: str) -> dict[str, str]:
        """For scripts/diagnose_texts.py: the texts, and the model that judges them."""
        chosen = self.experiment(experiment).diagnostics
        if chosen is None or name not in chosen.names:
            raise KeyError(name)
        found = {"passages": self.passages(experiment, "train")}
        found |= {f"dataset_{each}": self.path(experiment, "datasets", each) for each in chosen.datasets}
        if name == "embeddings":
            found["encoder"] = self.package(ENCODER)
        elif name != "ngrams":
            prior = chosen.priors[name]
            if prior.base is not None:
                found["prior"] = self.base_model(prior.base)
            else:
                found["prior"] = self.prior_of(experiment, prior.model or "", prior.dataset or "")
        return found

    # specs: the slice of config a job depends on, as one sorted JSON string

    def passages_spec(self, experiment: str) -> str:
        """For scripts/cut_passages.py."""
        return spec(data=self.experiment(experiment).data)

    def instructions_spec(self, experiment: str) -> str:
        """For scripts/encode_instructions.py."""
        return spec(instructions=self.experiment(experiment).instructions)

    def tokenizer_spec(self, experiment: str) -> str:
        """For scripts/train_tokenizer.py."""
        return spec(tokenizer=self.experiment(experiment).tokenizer)

    def selection_spec(self, experiment: str, name: str) -> str:
        """For scripts/mix_texts.py."""
        settings, dataset = self.experiment(experiment), self.dataset(experiment, name)
        if dataset.edit is not None or dataset.instructions:
            return spec()
        select = dataset.select
        by_model = select is not None and select.asks_model
        return spec(
            shares=settings.shares(name),
            tokens=dataset.tokens or settings.tokens,
            part=dataset.part,
            select=dataset.select,
            machine=settings.data.machine,
            **({"compute": settings.compute} if by_model else {}),
        )

    def samples_spec(self, experiment: str, writer: str) -> str:
        """For scripts/sample_texts.py: as many tokens as the largest data set takes, two for rounding included."""
        settings = self.experiment(experiment)
        wanted = [
            round((each.tokens or settings.tokens) * each.machine_share)
            for each in self._written_by(experiment, writer)
        ]
        return spec(tokens=max(wanted) + 2, sampling=settings.sampling, compute=settings.compute)

    def train_spec(self, experiment: str, name: str) -> str:
        """For scripts/pretrain.py."""
        settings, model = self.experiment(experiment), Model.parse(name)
        name, _ = self.parts_of(experiment, model)
        architecture, training = settings.architecture(name), settings.models[name].training
        return spec(architecture=architecture, training=training, compute=settings.compute, seed=model.seed)

    def diagnosis_spec(self, experiment: str, name: str) -> str:
        """For scripts/diagnose_texts.py."""
        settings = self.experiment(experiment)
        chosen = settings.diagnostics
        if chosen is None or name not in chosen.names:
            raise KeyError(name)
        return spec(
            diagnostic=name,
            passages=chosen.counted if name == "ngrams" else chosen.passages,
            datasets=chosen.datasets,
            encoder=ENCODER,
            seed=chosen.seed,
            compute=settings.compute,
        )

    def perplexity_spec(self, experiment: str) -> str:
        """For scripts/measure_perplexity.py."""
        settings = self.experiment(experiment)
        return spec(held_out=settings.data.held_out, compute=settings.compute)

    def items_spec(self, experiment: str, task: str) -> str:
        """For scripts/make_task_items.py."""
        chosen = self._tasks_with(experiment, task)
        limited = {"corpora": chosen.corpora} if chosen.corpora is not None else {}
        return spec(task=task, items=chosen.items, seed=chosen.seed, **limited)

    def tasks_spec(self, experiment: str) -> str:
        """For scripts/evaluate_tasks.py."""
        settings = self.experiment(experiment)
        chosen = settings.tasks
        if chosen is None:
            raise KeyError(experiment)
        return spec(
            names=chosen.names,
            limit=chosen.limit,
            shots=chosen.shots,
            batch_size=chosen.batch_size,
            seed=chosen.seed,
            compute=settings.compute,
        )

    def edit_spec(self, experiment: str, name: str, generation: int) -> str:
        """For scripts/edit_texts.py."""
        edit = self.edit_settings(experiment, name)
        return spec(
            editing=edit.editing,
            generation=generation,
            corpus=edit.corpus,
            passages=edit.passages,
            share=edit.share,
            compute=self.experiment(experiment).compute,
        )
