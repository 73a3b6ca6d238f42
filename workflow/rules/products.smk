"""Tables, figures and claims: ours beside the papers', and their statements as checks."""


def table_targets():
    return PLAN.products.paths("tables")


def figure_targets():
    return PLAN.products.paths("figures")


rule make_table:
    input:
        unpack(reads("make_table")),
    output:
        parquet=f"{R}/tables/{{table}}.parquet",
        csv=f"{R}/tables/{{table}}.csv",
        markdown=report(f"{R}/tables/{{table}}.md", category="tables", caption="../report/table.rst"),
    log:
        f"{R}/{PLAN.log('make_table')}",
    wildcard_constraints:
        **constraints("make_table"),
    priority: priority("make_table")
    resources:
        mem_mb=memory("make_table"),
        runtime=minutes("make_table"),
    params:
        **parameters("make_table"),
    shell:
        COMMAND


use rule make_table as draw_figure with:
    input:
        unpack(reads("draw_figure")),
    output:
        svg=report(f"{R}/figures/{{figure}}.svg", category="figures", caption="../report/figure.rst"),
        png=f"{R}/figures/{{figure}}.png",
    log:
        f"{R}/{PLAN.log('draw_figure')}",
    wildcard_constraints:
        **constraints("draw_figure"),
    params:
        **parameters("draw_figure"),


use rule make_table as check_claims with:
    input:
        unpack(reads("check_claims")),
    output:
        findings=f"{R}/claims/{{group}}.parquet",
    log:
        f"{R}/{PLAN.log('check_claims')}",
    wildcard_constraints:
        **constraints("check_claims"),
    priority: priority("check_claims")
    params:
        **parameters("check_claims"),
