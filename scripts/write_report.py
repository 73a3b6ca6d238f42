"""One page with everything: tables, figures, claims, settings, and how to make each again.   ... -> [write report]"""

from uncollapse.jobs.stage import Stage, run_stage


def write_report(stage: Stage) -> None:
    """Inputs: tables, figures, claims, proxy.EXPERIMENT, kept.EXPERIMENT, accounted; output page.

    Spec: scale, sections (per experiment: title, introduction, settings, products with their origins), versions.
    """
    from uncollapse.report.page import assemble
    from uncollapse.report.report import render

    stage.output("page").write_text(render(assemble(stage.spec, stage.inputs)), encoding="utf-8")


if __name__ == "__main__":
    run_stage("write_report", write_report)
