"""Pretrained language models of one configuration: paths, and the slice of config that each is made from."""

from pathlib import Path

from uncollapse.planning.corpora import CorpusPlan
from uncollapse.planning.fingerprint import code_of
from uncollapse.planning.spec import spec


class BaseModelPlan(CorpusPlan):
    """Part of a plan; needs nothing but the settings, the folder of results and that of scripts."""

    def base_model(self, name: str) -> str:
        """Where a pretrained model lies."""
        return f"{self.root}/base_models/{name}.safetensors"

    def base_model_inputs(self, name: str) -> dict[str, list[str]]:
        """The package or folder that a model is read from, or the texts of its tokenizer; the hub is no file."""
        settings = self.settings.base_models[name]
        if settings.package is not None:
            return {"package": [self.package(settings.package)]}
        if settings.folder is not None:
            return {"files": sorted(map(str, Path(settings.folder).glob("*.*")))}
        if settings.random is not None and settings.random.tokenizer_corpus is not None:
            return {"corpus": [self.corpus(settings.random.tokenizer_corpus)]}
        return {}

    def base_model_spec(self, name: str) -> str:
        """For scripts/import_model.py; ``key`` is what errors name."""
        return spec(settings=self.settings.base_models[name], key=f"base_models.{name}")

    def base_model_code(self) -> list[str]:
        """What importing one runs."""
        return code_of(self.scripts / "import_model.py")
