"""Scores: what a verifier thinks of the labelling generator's candidates."""


rule verify:
    input:
        prompts=f"{R}/{{experiment}}/prompts/synthesize.parquet",
        candidates=f"{R}/{{experiment}}/candidates/{{model}}.synthesize.{{decoding}}.{{shard}}of{{shards}}.parquet",
    output:
        scores=f"{R}/{{experiment}}/scores/{{model}}.synthesize.{{decoding}}.{{verifier}}.{{shard}}of{{shards}}.parquet",
    log:
        f"{R}/logs/{{experiment}}/verify/{{model}}.synthesize.{{decoding}}.{{verifier}}.{{shard}}of{{shards}}.log",
    priority: 20
    resources:
        mem_mb=memory(4000),
        runtime=60,
    params:
        code=code("verify"),
        spec=lambda w: PLAN.verify_spec(w.experiment, w.verifier),
        inputs=inputs,
    shell:
        "python {SCRIPTS:q}/verify.py --spec {params.spec:q} --code {params.code:q}"
        " {params.inputs}"
        " --output scores={output.scores} --log {log}"
