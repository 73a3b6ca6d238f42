"""Pretrained language models, each as one file: weights, configuration and tokenizer."""


rule import_model:
    input:
        no_files,
        unpack(lambda w: PLAN.base_model_inputs(w.base_model)),
    output:
        model=f"{R}/base_models/{{base_model}}.safetensors",
    log:
        f"{R}/logs/base_models/{{base_model}}.log",
    wildcard_constraints:
        base_model=r"[a-z][a-z0-9_]*",
    resources:
        mem_mb=memory(8000),
        runtime=120,
    params:
        code=PLAN.base_model_code(),
        spec=lambda w: PLAN.base_model_spec(w.base_model),
        inputs=inputs,
    shell:
        "python {SCRIPTS:q}/import_model.py --spec {params.spec:q} --code {params.code:q} {params.inputs}"
        " --output model={output.model} --log {log}"
