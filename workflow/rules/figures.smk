"""Figures, as SVG for the report and PNG for everything else."""


def figure_targets():
    return PLAN.product_paths("figures")


rule draw_figure:
    input:
        unpack(product("figures", "figure")),
    output:
        svg=report(f"{R}/figures/{{figure}}.svg", category="figures", caption="../report/figure.rst"),
        png=f"{R}/figures/{{figure}}.png",
    log:
        f"{R}/logs/draw_figure/{{figure}}.log",
    priority: 30
    resources:
        mem_mb=memory(2000),
        runtime=30,
    params:
        code=lambda w: PLAN.product_code("figures", w.figure),
        spec=lambda w: PLAN.product_spec("figures", w.figure),
        inputs=inputs,
    shell:
        "python {SCRIPTS:q}/draw_figure.py --spec {params.spec:q} --code {params.code:q} {params.inputs}"
        " --output svg={output.svg} --output png={output.png} --log {log}"
