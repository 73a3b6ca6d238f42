"""Simulations of the papers' theory: one job each, the longest first."""


rule simulate:
    input:
        no_files,
    output:
        table=f"{R}/theory/{{simulation}}.parquet",
    log:
        f"{R}/logs/simulate/{{simulation}}.log",
    priority: lambda w: PLAN.simulation_priority(w.simulation)
    resources:
        mem_mb=memory(4000),
        runtime=120,
    params:
        code=lambda w: PLAN.simulation_code(w.simulation),
        spec=lambda w: PLAN.simulation_spec(w.simulation),
    shell:
        "python {SCRIPTS:q}/simulate.py --spec {params.spec:q} --code {params.code:q}"
        " --output table={output.table} --log {log}"


rule theory:
    input:
        PLAN.simulation_paths(),
        PLAN.products_of("theory"),
