"""The end: all claims in one table, and one self-contained page."""


use rule make_table as gather_claims with:
    input:
        unpack(reads("gather_claims")),
    output:
        claims=f"{R}/claims.parquet",
    log:
        f"{R}/{PLAN.log('gather_claims')}",
    priority: priority("gather_claims")
    params:
        **parameters("gather_claims"),


use rule make_table as write_report with:
    input:
        unpack(reads("write_report")),
    output:
        page=report(f"{R}/report.html", category="report", caption="../report/page.rst"),
    log:
        f"{R}/{PLAN.log('write_report')}",
    priority: priority("write_report")
    params:
        **parameters("write_report"),
