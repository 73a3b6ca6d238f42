"""The report: one self-contained page."""


rule report_page:
    input:
        **PLAN.report_inputs(),
        paper_settings=f"{workflow.basedir}/workflow/reported/settings.csv",
        template=f"{workflow.basedir}/src/uncollapse/reporting/report.html.j2",
    output:
        page=report(f"{R}/report.html", category="report", caption="../report/page.rst"),
    params:
        code=PLAN.report_code(),
        spec=PLAN.report_spec(),
        inputs=inputs,
    log:
        f"{R}/logs/report.log",
    shell:
        "python {SCRIPTS}/report.py --spec {params.spec:q} --code {params.code:q} {params.inputs}"
        " --output page={output.page} --log {log}"
