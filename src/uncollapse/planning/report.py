"""The report of one configuration, and the table of all claims: what they are made from."""

from __future__ import annotations

from collections.abc import Callable
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

from uncollapse.artifacts.artifact import Artifact
from uncollapse.artifacts.findings import FINDING_FILES
from uncollapse.artifacts.products import (
    CLAIMS_BY_SCALE_FILE,
    CLAIMS_FILE,
    FIGURE_FILES,
    PART_CLAIMS_BY_SCALE_FILES,
    PART_CLAIMS_FILES,
    PART_FILES,
    REPORT_FILE,
    TABLE_FILES,
)
from uncollapse.experiments.found import section_of
from uncollapse.experiments.kind import Job, Read, Stage
from uncollapse.experiments.theory.settings import THEORY
from uncollapse.planning.fingerprint import module_names
from uncollapse.planning.measured import measured_parts
from uncollapse.planning.recipe import Recipe
from uncollapse.planning.reported import alone, counts, in_order
from uncollapse.products.needs import module_of
from uncollapse.settings.checkout import of_checkout

if TYPE_CHECKING:
    from uncollapse.planning.plan import Plan

_BODIES = "uncollapse.report.stages"
CLAIMS = {"reported": "claims", "limits": "limits"}  # tables of what the papers say, and of when limits were set
TEMPLATES = "src/uncollapse/report"  # the page's templates, style and script lie there as *.j2
SHOWN = "workflow/reported/claims_shown.csv"
_SOON = 30  # priority, as that of tables and figures: what is finished is to be read while the rest is made


class ReportPlan:
    """The end of a plan."""

    def __init__(self, plan: Plan) -> None:
        self.plan = plan
        self._of_part: dict[str, ReportPlan] = {}

    @cached_property
    def stages(self) -> dict[str, Stage]:
        """The stages that gather all claims and write the page, by name; their block is the plan."""
        jobs: dict[str, tuple[dict[str, Artifact], Callable[..., Job], int]] = {
            "gather_claims": (
                {"claims": CLAIMS_FILE, "by_scale": CLAIMS_BY_SCALE_FILE},
                lambda plan: plan.report.claims_job(),
                0,
            ),
            "write_report": ({"page": REPORT_FILE}, lambda plan: plan.report.page_job(), 0),
            "gather_part": (
                {"claims": PART_CLAIMS_FILES, "by_scale": PART_CLAIMS_BY_SCALE_FILES},
                lambda plan, part: plan.report.of_part(part).claims_job(),
                _SOON,
            ),
            "write_part": ({"page": PART_FILES}, lambda plan, part: plan.report.of_part(part).page_job(part), _SOON),
        }
        return {
            name: Stage(
                name=name, makes=makes, job=job, body=f"{_BODIES}.{name}", memory=2000, minutes=30, priority=priority
            )
            for name, (makes, job, priority) in jobs.items()
        }

    def parts(self) -> list[str]:
        """Pages of single experiments, written as soon as these are finished; none where the report is about one."""
        shown = [name for name, _, _ in in_order(self.plan) if self.plan.products.of_experiment(name)]
        return [PART_FILES(part=name).below(self.plan.root, None) for name in shown] if len(shown) > 1 else []

    def of_part(self, part: str) -> ReportPlan:
        """The plan of a report about one experiment alone; KeyError for one that config does not have."""
        if part not in {name for name, _, _ in self.plan.blocks()}:
            raise KeyError(part)
        if part not in self._of_part:
            self._of_part[part] = self.plan.about([part]).report
        return self._of_part[part]

    def claims_job(self) -> Job:
        """All groups of claims, beside the claims' own words, and the verdicts of other scales that are kept."""
        every = self.plan.products.of_kind("claims")
        groups = {name: experiment for name, experiment in every.items() if counts(self.plan, experiment)}
        findings = [FINDING_FILES(group=name) for name in groups]
        words = {name: of_checkout(f"workflow/reported/{file}.csv") for name, file in CLAIMS.items()}
        fresh, scale = self.plan.settings.fresh_since, self.plan.settings.scale
        parts = [] if alone(self.plan) else measured_parts(self.plan)
        kept = {
            "measured_about": [str(part.about_file) for part in parts],
            "measured_claims": [str(part.claims_file) for part in parts],
        }
        values = {"fresh_since": fresh and fresh.isoformat(), "scale": scale, "experiments": groups}
        return Job(reads={"findings": findings, **words, **kept}, values=values)

    def page_job(self, part: str | None = None) -> Job:
        """Everything on the page: products, the account of rows, and what a kind of experiment shows beside them.

        ``part`` is the experiment that it is about alone, and whose claims are gathered for it.
        """
        plan, products = self.plan, self.plan.products
        shown = {kind: products.shown(kind) for kind in ("tables", "figures")}
        blocks = in_order(plan)
        reads: dict[str, Read | list[Read]] = {
            "tables": [TABLE_FILES(table=name) for name in shown["tables"]],
            "figures": [FIGURE_FILES(figure=name) for name in shown["figures"]],
            "claims": CLAIMS_FILE() if part is None else PART_CLAIMS_FILES(part=part),
            "claims_by_scale": CLAIMS_BY_SCALE_FILE() if part is None else PART_CLAIMS_BY_SCALE_FILES(part=part),
            "accounted": [file.of(name) for name, kind, block in blocks for file in kind.accounted(block)],
            "paper_settings": of_checkout("workflow/reported/settings.csv"),
            "shown": of_checkout(SHOWN),
            "limits": of_checkout("workflow/reported/limits.csv"),
            "templates": [
                of_checkout(f"{TEMPLATES}/{path.name}") for path in sorted(Path(of_checkout(TEMPLATES)).glob("*.j2"))
            ],
        }
        made, parts = shown["tables"], [] if alone(plan) else measured_parts(plan)
        reads["measured_about"] = [str(part.about_file) for part in parts]
        reads["measured_tables"] = [
            str(path) for part in parts for name, path in part.tables.items() if made.get(name) == part.folder.name
        ]
        modules = [module_of(kind, name) for kind, names in shown.items() for name in names]
        sections: list[dict[str, Any]] = []
        for name, kind, block in blocks:
            if name == THEORY:
                if chosen := self._choices():
                    sections.append({"experiment": name, "artifacts": self._artifacts(name), "simulations": chosen})
                continue
            shows = {}
            for what, frame in kind.shows.items():
                if files := [file.of(name) for file in kind.frames[frame].files(block)]:
                    reads[f"{what}.{name}"] = files
                    shows[what] = {"frame": frame, "modules": [plan.maker(name, kind.frames[frame].artifact).body]}
            module = section_of(kind.name)
            modules += filter(None, [module, f"{kind.package}.frames" if shows else None])
            sections.append(
                {
                    "experiment": name,
                    "kind": kind.name,
                    "section": module,
                    "settings": block,
                    "shows": shows,
                    "artifacts": self._artifacts(name),
                }
            )
        values = {"results": plan.root, "overlays": plan.overlays, "sections": sections, "counted": plan.counted_as()}
        values |= {"scale": plan.settings.scale, "note": plan.settings.note, "alone": [*alone(plan)]}
        return Job(reads=reads, values=values, plugins=list(dict.fromkeys(modules)))

    def _artifacts(self, experiment: str) -> list[dict[str, Any]]:
        return [
            {"kind": kind, "name": product, "modules": _modules(self.plan.recipe(rule, **{wildcard: product}))}
            for kind, rule, wildcard in (("tables", "make_table", "table"), ("figures", "draw_figure", "figure"))
            for product, made_from in self.plan.products.of_kind(kind).items()
            if made_from == experiment
        ]

    def _choices(self) -> dict[str, list[dict[str, Any]]]:
        """Every setting of every simulation, with the reason for it where a paper leaves it open."""
        return {
            name: [
                {"setting": key, "value": value, "reason": type(settings).model_fields[key].description}
                for key, value in settings.model_dump(mode="json").items()
            ]
            for name, settings in self.plan.block(THEORY).simulated().items()
        }


def _modules(product: Recipe) -> list[str]:
    """A product's own module before all that it uses."""
    names = module_names(product.code)
    return list(dict.fromkeys([*(name for name in product.plugins if name in names), *names]))
