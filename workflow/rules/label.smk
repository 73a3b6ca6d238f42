"""Candidates: answers that a model writes to prompts, sharded so that a cluster can label in parallel."""


rule label:
    input:
        prompts=f"{R}/{{experiment}}/prompts/{{split}}.parquet",
        weights=f"{R}/{{experiment}}/models/{{model}}.safetensors",
    output:
        candidates=f"{R}/{{experiment}}/candidates/{{model}}.{{split}}.{{decoding}}.{{shard}}of{{shards}}.parquet",
    log:
        f"{R}/logs/{{experiment}}/label/{{model}}.{{split}}.{{decoding}}.{{shard}}of{{shards}}.log",
    priority: 20
    resources:
        mem_mb=memory(8000),
        runtime=240,
    params:
        script=script("label"),
        code=code("label"),
        spec=lambda w: PLAN.label_spec(w.experiment, w.split, w.decoding, int(w.shard)),
        inputs=inputs,
    shell:
        "python {params.script} --spec {params.spec:q} --code {params.code:q} --threads {threads}"
        " {params.inputs}"
        " --output candidates={output.candidates} --log {log}"
