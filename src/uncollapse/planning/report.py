"""The whole plan of one configuration, the report at its end included."""

from typing import Any

from uncollapse.experiments.theory.settings import THEORY
from uncollapse.planning.fingerprint import code_of, module_names
from uncollapse.planning.products import ProductPlan
from uncollapse.planning.spec import spec
from uncollapse.products.needs import module_of


class Plan(ProductPlan):
    """All files and jobs of one configuration."""

    def accounted(self) -> list[str]:
        """Every artifact that says how many rows came in, were kept and were dropped."""
        files = [file for name in self.settings.experiments for file in self.of(name).accounted(name)]
        return files + self.simulation_paths()

    def report_inputs(self) -> dict[str, list[str]]:
        """All that the report shows."""
        found = {
            "tables": self.product_paths("tables", [".parquet"]),
            "figures": self.product_paths("figures", [".svg"]),
            "claims": [f"{self.root}/claims.parquet"],
            "accounted": self.accounted(),
        }
        for name in self.settings.experiments:
            found[f"proxy.{name}"] = self._frame(name, "proxy")
            found[f"kept.{name}"] = self._frame(name, "kept")
            found |= {f"{kind}.{name}": files for kind, files in self.report_extras(name).items()}
        return found

    def report_code(self) -> list[str]:
        """The report reads every table's and figure's declarations, so it runs their modules too."""
        modules = [module_of(kind, name) for kind in ("tables", "figures") for name in self.products(kind)]
        return code_of(self.scripts / "write_report.py", plugins=modules)

    def report_spec(self) -> str:
        """For scripts/write_report.py."""
        sections = []
        for name, settings in self.settings.experiments.items():
            sections.append({"experiment": name, "settings": settings, "artifacts": self._artifacts(name)})
        if self.simulated():
            sections.append(
                {"experiment": THEORY, "artifacts": self._artifacts(THEORY), "simulations": self._choices()}
            )
        return spec(
            scale=self.settings.scale,
            note=self.settings.note,
            results=self.root,
            overlays=self.overlays,
            sections=sections,
        )

    def _artifacts(self, experiment: str) -> list[dict[str, Any]]:
        return [
            {"kind": kind, "name": product, "modules": self._modules(kind, product)}
            for kind in ("tables", "figures")
            for product, made_from in self.products(kind).items()
            if made_from == experiment
        ]

    def _choices(self) -> dict[str, list[dict[str, Any]]]:
        """Every setting of every simulation, with the reason for it where a paper leaves it open."""
        return {
            name: [
                {"setting": key, "value": value, "reason": type(settings).model_fields[key].description}
                for key, value in settings.model_dump(mode="json").items()
            ]
            for name, settings in self.simulated().items()
        }

    def _modules(self, kind: str, name: str) -> list[str]:
        return module_names(self.product_code(kind, name))
