"""Generators and downstream models: the same stage on different data."""


rule train:
    input:
        unpack(lambda w: PLAN.training_inputs(w.experiment, w.model)),
    output:
        weights=f"{R}/{{experiment}}/models/{{model}}.safetensors",
        curve=f"{R}/{{experiment}}/models/{{model}}.curve.parquet",
    log:
        f"{R}/logs/{{experiment}}/train/{{model}}.log",
    priority: lambda w: PLAN.training_priority(w.model)
    resources:
        mem_mb=memory(8000),
        runtime=1440,
    params:
        script=script("train"),
        code=code("train"),
        spec=lambda w: PLAN.train_spec(w.experiment, w.model),
        inputs=inputs,
    shell:
        "python {params.script} --spec {params.spec:q} --code {params.code:q} --threads {threads}"
        " {params.inputs}"
        " --output weights={output.weights} --output curve={output.curve} --log {log}"
