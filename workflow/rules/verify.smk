"""Scores: what a verifier thinks of the labelling generator's candidates."""


rule verify:
    input:
        unpack(lambda w: PLAN.verifier_inputs(w.experiment, w.verifier, w.decoding)),
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
        script=script("verify"),
        code=code("verify"),
        spec=lambda w: PLAN.verify_spec(w.experiment, w.verifier),
        inputs=inputs,
    shell:
        "python {params.script} --spec {params.spec:q} --code {params.code:q} --threads {threads}"
        " {params.inputs}"
        " --output scores={output.scores} --log {log}"


use rule verify as verify_by_model with:
    # where a language model judges: profiles give these jobs a GPU, and leave the other verifiers their CPUs
    wildcard_constraints:
        experiment=one_of(PLAN.judged_by_models()),
        verifier=one_of({name for names in PLAN.judged_by_models().values() for name in names}),
    resources:
        mem_mb=memory(8000),
        runtime=240,


ruleorder: verify_by_model > verify
