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
        code=code("evaluate_model"),
        spec=lambda w: PLAN.evaluate_spec(w.experiment, w.decoding),
        inputs=inputs,
    shell:
        "python {SCRIPTS:q}/evaluate_model.py --spec {params.spec:q} --code {params.code:q}"
        " {params.inputs}"
        " --output outcomes={output.outcomes} --output evaluation={output.evaluation} --log {log}"
