"""Prompts of the four splits, which never overlap."""


rule sample:
    input:
        no_files,
        unpack(lambda w: PLAN.sample_inputs(w.experiment, w.split)),
    output:
        prompts=f"{R}/{{experiment}}/prompts/{{split}}.parquet",
    log:
        f"{R}/logs/{{experiment}}/sample/{{split}}.log",
    resources:
        mem_mb=memory(2000),
        runtime=60,
    params:
        script=script("sample"),
        code=code("sample"),
        spec=lambda w: PLAN.sample_spec(w.experiment, w.split),
        inputs=inputs,
    shell:
        "python {params.script} --spec {params.spec:q} --code {params.code:q} --threads {threads} {params.inputs}"
        " --output prompts={output.prompts} --log {log}"
