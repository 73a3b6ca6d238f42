"""Figures, as SVG for the report and PNG for everything else."""


def figure_targets():
    return [f"{R}/figures/{name}.svg" for name in PLAN.settings.figures]


rule plot:
    input:
        unpack(lambda w: PLAN.product_inputs("figures", w.figure)),
    output:
        svg=report(f"{R}/figures/{{figure}}.svg", category="figures", caption="../report/figure.rst"),
        png=f"{R}/figures/{{figure}}.png",
    params:
        code=lambda w: PLAN.product_code("plot", "figures", w.figure),
        spec=lambda w: PLAN.product_spec("figures", w.figure),
        inputs=inputs,
    log:
        f"{R}/logs/plot/{{figure}}.log",
    priority: 30
    shell:
        "python {SCRIPTS}/plot.py --spec {params.spec:q} --code {params.code:q} {params.inputs}"
        " --output svg={output.svg} --output png={output.png} --log {log}"
