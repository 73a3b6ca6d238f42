"""The whole plan of one configuration, the report at its end included."""

from uncollapse.fingerprint import code_of, module_names
from uncollapse.model_names import GENERATOR_DATASET
from uncollapse.planning.products import ProductPlan
from uncollapse.planning.spec import spec
from uncollapse.reporting.needs import module_of
from uncollapse.splits import SPLITS


class Plan(ProductPlan):
    """All files and jobs of one configuration."""

    def accounted(self) -> list[str]:
        """Every artifact that says how many rows came in, were kept and were dropped."""
        files: list[str] = []
        for name, settings in self.settings.experiments.items():
            labeller = self.generators(name)[0]
            files += [self.path(name, "prompts", split) for split in SPLITS]
            decodings = dict.fromkeys(d.decoding for d in settings.datasets.values() if d.decoding)
            for decoding in decodings:
                files += self.candidates(name, labeller, "synthesize", decoding)
            for decoding, verifier in dict.fromkeys((d.decoding, d.verifier) for d in settings.datasets.values()):
                if decoding and verifier:
                    files += self.scores(name, labeller, decoding, verifier)
            files += [self.path(name, "datasets", dataset) for dataset in (GENERATOR_DATASET, *settings.datasets)]
        return files

    def report_inputs(self) -> dict[str, list[str]]:
        """All that the report shows."""
        found = {
            "tables": [f"{self.root}/tables/{name}.parquet" for name in self.settings.tables],
            "figures": [f"{self.root}/figures/{name}.svg" for name in self.settings.figures],
            "claims": [f"{self.root}/claims.parquet"],
            "accounted": self.accounted(),
        }
        for name in self.settings.experiments:
            found[f"proxy.{name}"] = self._frame(name, "proxy")
            found[f"kept.{name}"] = self._frame(name, "kept")
        return found

    def report_code(self) -> list[str]:
        """The report reads every table's and figure's declarations, so it runs their modules too."""
        modules = [module_of(kind, name) for kind in ("tables", "figures") for name in self.products(kind)]
        return code_of(self.scripts / "write_report.py", plugins=modules)

    def report_spec(self) -> str:
        """For scripts/write_report.py."""
        sections = []
        for name, settings in self.settings.experiments.items():
            artifacts = [
                {"kind": kind, "name": product, "modules": self._modules(kind, product)}
                for kind in ("tables", "figures")
                for product, experiment in self.products(kind).items()
                if experiment == name
            ]
            sections.append({"experiment": name, "settings": settings, "artifacts": artifacts})
        return spec(
            scale=self.settings.scale,
            note=self.settings.note,
            results=self.root,
            overlays=self.overlays,
            sections=sections,
        )

    def _modules(self, kind: str, name: str) -> list[str]:
        return module_names(self.product_code(kind, name))
