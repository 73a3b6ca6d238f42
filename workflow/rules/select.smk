"""Data sets: what a selector keeps; with p_* and what the kept prompts are like, before anything is trained on them."""


rule select:
    input:
        unpack(lambda w: PLAN.selection_inputs(w.experiment, w.dataset)),
    output:
        dataset=f"{R}/{{experiment}}/datasets/{{dataset}}.parquet",
    log:
        f"{R}/logs/{{experiment}}/select/{{dataset}}.log",
    priority: 20
    resources:
        mem_mb=memory(8000),
        runtime=60,
    params:
        script=script("select_data"),
        code=code("select_data"),
        spec=lambda w: PLAN.selection_spec(w.experiment, w.dataset),
        inputs=inputs,
    shell:
        "python {params.script} --spec {params.spec:q} --code {params.code:q}"
        " {params.inputs}"
        " --output dataset={output.dataset} --log {log}"


rule proxy:
    input:
        unpack(lambda w: PLAN.selection_inputs(w.experiment, w.dataset, with_truth=True)),
    output:
        proxy=f"{R}/{{experiment}}/proxy/{{dataset}}.parquet",
    log:
        f"{R}/logs/{{experiment}}/proxy/{{dataset}}.log",
    priority: 20
    resources:
        mem_mb=memory(8000),
        runtime=60,
    params:
        script=script("estimate_proxy"),
        code=code("estimate_proxy"),
        spec=lambda w: PLAN.proxy_spec(w.experiment, w.dataset),
        inputs=inputs,
    shell:
        "python {params.script} --spec {params.spec:q} --code {params.code:q}"
        " {params.inputs}"
        " --output proxy={output.proxy} --log {log}"


rule compare_kept:
    input:
        unpack(lambda w: PLAN.selection_inputs(w.experiment, w.dataset)),
    output:
        kept=f"{R}/{{experiment}}/kept/{{dataset}}.parquet",
    log:
        f"{R}/logs/{{experiment}}/compare_kept/{{dataset}}.log",
    priority: 20
    resources:
        mem_mb=memory(4000),
        runtime=60,
    params:
        code=code("compare_kept"),
        spec=lambda w: PLAN.selection_spec(w.experiment, w.dataset),
        inputs=inputs,
    shell:
        "python {SCRIPTS:q}/compare_kept.py --spec {params.spec:q} --code {params.code:q}"
        " {params.inputs}"
        " --output kept={output.kept} --log {log}"
