"""One page with everything: tables, figures, claims, settings, and how to make each again."""

from uncollapse.jobs.stage import Stage
from uncollapse.report.page import assemble
from uncollapse.report.render import render


def run(stage: Stage) -> None:
    """Inputs: tables, figures, claims, proxy.EXPERIMENT, kept.EXPERIMENT, accounted; output page.

    Spec: scale, sections (per experiment: title, introduction, settings, products with their origins), versions.
    """
    stage.output("page").write_text(render(assemble(stage.spec, stage.inputs)), encoding="utf-8")
