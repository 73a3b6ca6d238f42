"""One page with everything: tables, figures, claims, settings, and how to make each again."""

import sys

from uncollapse.jobs.stage import Stage
from uncollapse.report.page import assemble
from uncollapse.report.page_size import too_large
from uncollapse.report.render import render


def run(stage: Stage) -> None:
    """Inputs: tables, figures, claims, proxy.EXPERIMENT, kept.EXPERIMENT, accounted; output page.

    Spec: scale, sections (per experiment: title, introduction, settings, products with their origins), versions.
    """
    page = render(assemble(stage.spec, stage.inputs))
    if warning := too_large(page):
        print(f"{stage.outputs['page']}: {warning}", file=sys.stderr)
    stage.output("page").write_text(page, encoding="utf-8")
