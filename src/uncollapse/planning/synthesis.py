"""What a pretraining experiment's base models write: paths, inputs and specs."""

from uncollapse.experiments.pretraining.settings import PretrainingExperimentSettings
from uncollapse.language.settings import EngineSettings
from uncollapse.planning.experiments import ExperimentPlan
from uncollapse.planning.spec import spec
from uncollapse.pretraining.settings import MixtureSettings

# the stages that load an engine by name
BY_ENGINE = ("compare_synthesis", "write_texts")


class SynthesisPlan(ExperimentPlan):
    """Part of a plan of pretraining experiments: text that base models write for the purpose."""

    def experiment(self, name: str) -> PretrainingExperimentSettings:  # type: ignore[override]
        """The settings of one experiment."""
        found = self.settings.experiments[name]
        assert isinstance(found, PretrainingExperimentSettings), name
        return found

    def written(self, experiment: str, dataset: MixtureSettings) -> str:
        """The texts that a data set is made of; one file for all data sets that differ in their tokens alone."""
        return self.path(experiment, "written", f"{dataset.written_by}.{dataset.how}.{dataset.corpus}")

    def writing_inputs(self, experiment: str, writer: str, how: str, corpus: str) -> dict[str, str]:
        """For scripts/write_texts.py; KeyError where no data set is made of such texts."""
        self._made_of(experiment, writer, how, corpus)
        return {
            "passages": self.path(experiment, "passages", "train"),
            "model": self.base_model(writer),
            "tokenizer": self.path(experiment, "tokenizer", "tokenizer", ".json"),
        }

    def writing_spec(self, experiment: str, writer: str, how: str, corpus: str) -> str:
        """For scripts/write_texts.py: as many tokens as the largest data set takes."""
        settings = self.experiment(experiment)
        wanted = [each.tokens or settings.tokens for each in self._made_of(experiment, writer, how, corpus)]
        engine = EngineSettings(device=settings.compute.device)
        return spec(corpus=corpus, how=how, tokens=max(wanted), writing=settings.writing, engine=engine)

    def _made_of(self, experiment: str, writer: str, how: str, corpus: str) -> list[MixtureSettings]:
        datasets = self.experiment(experiment).datasets.values()
        found = [each for each in datasets if (each.written_by, each.how, each.corpus) == (writer, how, corpus)]
        if not found:
            raise KeyError(f"{writer}.{how}.{corpus}")
        return found

    def synthesis_inputs(self, experiment: str) -> dict[str, str]:
        """For scripts/compare_synthesis.py; KeyError where ways of making text are not compared."""
        chosen = self.experiment(experiment).synthesis
        if chosen is None:
            raise KeyError("synthesis")
        return {"passages": self.path(experiment, "passages", "train"), "model": self.base_model(chosen.model)}

    def synthesis_spec(self, experiment: str) -> str:
        """For scripts/compare_synthesis.py."""
        settings = self.experiment(experiment)
        return spec(synthesis=settings.synthesis, engine=EngineSettings(), compute=settings.compute)
