"""The report: one self-contained page."""


rule write_report:
    input:
        **PLAN.report_inputs(),
        paper_settings=local(PLAN.of_checkout("workflow/reported/settings.csv")),
        template=local(PLAN.of_checkout("src/uncollapse/report/report.html.j2")),
    output:
        page=report(f"{R}/report.html", category="report", caption="../report/page.rst"),
    log:
        f"{R}/logs/report.log",
    resources:
        mem_mb=memory(2000),
        runtime=30,
    params:
        code=PLAN.report_code(),
        spec=lambda w: PLAN.report_spec(),  # a function: templates of prompts hold braces
        inputs=inputs,
    shell:
        "python {SCRIPTS:q}/write_report.py --spec {params.spec:q} --code {params.code:q} {params.inputs}"
        " --output page={output.page} --log {log}"
