"""Prompts of the four splits, which never overlap."""


rule sample:
    input:
        no_files,
    output:
        prompts=f"{R}/{{experiment}}/prompts/{{split}}.parquet",
    log:
        f"{R}/logs/{{experiment}}/sample/{{split}}.log",
    resources:
        mem_mb=memory(2000),
        runtime=60,
    params:
        code=code("sample"),
        spec=lambda w: PLAN.sample_spec(w.experiment, w.split),
    shell:
        "python {SCRIPTS:q}/sample.py --spec {params.spec:q} --code {params.code:q}"
        " --output prompts={output.prompts} --log {log}"
