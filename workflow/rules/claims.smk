"""Claims: the papers' statements as checks, group by group, then all of them in one table."""


rule check_claims:
    input:
        unpack(product("claims", "group")),
    output:
        findings=f"{R}/claims/{{group}}.parquet",
    log:
        f"{R}/logs/check_claims/{{group}}.log",
    resources:
        mem_mb=memory(2000),
        runtime=30,
    params:
        code=lambda w: PLAN.product_code("claims", w.group),
        spec=lambda w: PLAN.product_spec("claims", w.group),
        inputs=inputs,
    shell:
        "python {SCRIPTS:q}/check_claims.py --spec {params.spec:q} --code {params.code:q} {params.inputs}"
        " --output findings={output.findings} --log {log}"


rule gather_claims:
    input:
        findings=PLAN.product_paths("claims"),
        reported=local(PLAN.of_checkout("workflow/reported/claims.csv")),
    output:
        claims=f"{R}/claims.parquet",
    log:
        f"{R}/logs/gather_claims.log",
    resources:
        mem_mb=memory(2000),
        runtime=30,
    params:
        code=PLAN.code("gather_claims"),
        inputs=inputs,
    shell:
        "python {SCRIPTS:q}/gather_claims.py --code {params.code:q} {params.inputs}"
        " --output claims={output.claims} --log {log}"
