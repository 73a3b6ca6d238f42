"""Tables: ours beside the paper's, as Parquet, CSV and Markdown."""


def table_targets():
    return PLAN.product_paths("tables")


rule make_table:
    input:
        unpack(product("tables", "table")),
    output:
        parquet=f"{R}/tables/{{table}}.parquet",
        csv=f"{R}/tables/{{table}}.csv",
        markdown=report(f"{R}/tables/{{table}}.md", category="tables", caption="../report/table.rst"),
    log:
        f"{R}/logs/make_table/{{table}}.log",
    priority: 30
    resources:
        mem_mb=memory(2000),
        runtime=30,
    params:
        code=lambda w: PLAN.product_code("tables", w.table),
        spec=lambda w: PLAN.product_spec("tables", w.table),
        inputs=inputs,
    shell:
        "python {SCRIPTS:q}/make_table.py --spec {params.spec:q} --code {params.code:q} {params.inputs}"
        " --output parquet={output.parquet} --output csv={output.csv} --output markdown={output.markdown} --log {log}"
