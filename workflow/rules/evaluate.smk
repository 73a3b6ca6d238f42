"""Evaluations: accuracy on the test prompts, of a model's first choice and of the best in its beam."""


rule evaluate:
    input:
        prompts=f"{R}/{{experiment}}/prompts/test.parquet",
        candidates=lambda w: PLAN.candidates(w.experiment, Model.parse(w.model), "test", w.decoding),
    output:
        outcomes=f"{R}/{{experiment}}/outcomes/{{model}}.{{decoding}}.parquet",
        evaluation=f"{R}/{{experiment}}/evaluations/{{model}}.{{decoding}}.parquet",
    log:
        f"{R}/logs/{{experiment}}/evaluate/{{model}}.{{decoding}}.log",
    priority: 20
    resources:
        mem_mb=memory(4000),
        runtime=60,
    params:
        script=script("evaluate_model"),
        code=code("evaluate_model"),
        spec=lambda w: PLAN.evaluate_spec(w.experiment, w.decoding),
        inputs=inputs,
    shell:
        "python {params.script} --spec {params.spec:q} --code {params.code:q}"
        " {params.inputs}"
        " --output outcomes={output.outcomes} --output evaluation={output.evaluation} --log {log}"


rule evaluate_baselines:
    input:
        unpack(lambda w: PLAN.text(w.experiment).baselines_inputs(w.experiment)),
    output:
        baselines=f"{R}/{{experiment}}/baselines/test.parquet",
    log:
        f"{R}/logs/{{experiment}}/evaluate_baselines.log",
    resources:
        mem_mb=memory(4000),
        runtime=60,
    params:
        code=code("evaluate_baselines_text"),
        spec=lambda w: PLAN.text(w.experiment).baselines_spec(w.experiment),
        inputs=inputs,
    shell:
        "python {SCRIPTS:q}/evaluate_baselines_text.py --spec {params.spec:q} --code {params.code:q} {params.inputs}"
        " --output baselines={output.baselines} --log {log}"


rule pick_examples:
    input:
        unpack(lambda w: PLAN.text(w.experiment).examples_inputs(w.experiment)),
    output:
        examples=f"{R}/{{experiment}}/examples/test.parquet",
    log:
        f"{R}/logs/{{experiment}}/pick_examples.log",
    priority: 30
    resources:
        mem_mb=memory(2000),
        runtime=30,
    params:
        code=code("pick_examples_text"),
        spec=lambda w: PLAN.text(w.experiment).examples_spec(w.experiment),
        inputs=inputs,
    shell:
        "python {SCRIPTS:q}/pick_examples_text.py --spec {params.spec:q} --code {params.code:q} {params.inputs}"
        " --output examples={output.examples} --log {log}"
