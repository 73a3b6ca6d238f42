"""Models from scratch on human and machine-written text: passages, tokens, edits and perplexities."""


def task_inputs(wildcards):
    """Input function: a model and its tasks; definitions are files of the checkout or of the user."""
    found = PLAN.pretraining(wildcards.experiment).task_inputs(wildcards.experiment, wildcards.model)
    return {name: local(path) if name.startswith("definition_") else path for name, path in found.items()}


rule cut_passages:
    input:
        unpack(lambda w: PLAN.pretraining(w.experiment).passages_inputs(w.experiment)),
    output:
        train=f"{R}/{{experiment}}/passages/train.parquet",
        validation=f"{R}/{{experiment}}/passages/validation.parquet",
        test=f"{R}/{{experiment}}/passages/test.parquet",
    log:
        f"{R}/logs/{{experiment}}/cut_passages.log",
    resources:
        mem_mb=memory(4000),
        runtime=240,
    params:
        code=code("cut_passages"),
        spec=lambda w: PLAN.pretraining(w.experiment).passages_spec(w.experiment),
        inputs=inputs,
    shell:
        "python {SCRIPTS:q}/cut_passages.py --spec {params.spec:q} --code {params.code:q} {params.inputs}"
        " --output train={output.train} --output validation={output.validation} --output test={output.test} --log {log}"


rule train_tokenizer:
    input:
        passages=f"{R}/{{experiment}}/passages/train.parquet",
    output:
        tokenizer=f"{R}/{{experiment}}/tokenizer/tokenizer.json",
    log:
        f"{R}/logs/{{experiment}}/train_tokenizer.log",
    resources:
        mem_mb=memory(4000),
        runtime=60,
    params:
        code=code("train_tokenizer"),
        spec=lambda w: PLAN.pretraining(w.experiment).tokenizer_spec(w.experiment),
        inputs=inputs,
    shell:
        "python {SCRIPTS:q}/train_tokenizer.py --spec {params.spec:q} --code {params.code:q} {params.inputs}"
        " --output tokenizer={output.tokenizer} --log {log}"


rule encode_passages:
    input:
        passages=f"{R}/{{experiment}}/passages/{{split}}.parquet",
        tokenizer=f"{R}/{{experiment}}/tokenizer/tokenizer.json",
    output:
        tokens=f"{R}/{{experiment}}/tokens/{{split}}.parquet",
    log:
        f"{R}/logs/{{experiment}}/encode_passages/{{split}}.log",
    resources:
        mem_mb=memory(4000),
        runtime=120,
    params:
        code=code("encode_passages"),
        inputs=inputs,
    shell:
        "python {SCRIPTS:q}/encode_passages.py --code {params.code:q} {params.inputs}"
        " --output tokens={output.tokens} --log {log}"


rule encode_instructions:
    input:
        unpack(lambda w: PLAN.pretraining(w.experiment).instruction_inputs(w.experiment)),
    output:
        train=f"{R}/{{experiment}}/instructions/train.parquet",
        test=f"{R}/{{experiment}}/instructions/test.parquet",
    log:
        f"{R}/logs/{{experiment}}/encode_instructions.log",
    resources:
        mem_mb=memory(4000),
        runtime=60,
    params:
        code=code("encode_instructions"),
        spec=lambda w: PLAN.pretraining(w.experiment).instructions_spec(w.experiment),
        inputs=inputs,
    shell:
        "python {SCRIPTS:q}/encode_instructions.py --spec {params.spec:q} --code {params.code:q} {params.inputs}"
        " --output train={output.train} --output test={output.test} --log {log}"


rule compare_synthesis:
    input:
        unpack(lambda w: PLAN.pretraining(w.experiment).synthesis_inputs(w.experiment)),
    output:
        costs=f"{R}/{{experiment}}/synthesis/costs.parquet",
        texts=f"{R}/{{experiment}}/synthesis/texts.parquet",
    log:
        f"{R}/logs/{{experiment}}/compare_synthesis.log",
    resources:
        mem_mb=memory(8000),
        runtime=60,
    params:
        code=code("compare_synthesis"),
        spec=lambda w: PLAN.pretraining(w.experiment).synthesis_spec(w.experiment),
        inputs=inputs,
    shell:
        "python {SCRIPTS:q}/compare_synthesis.py --spec {params.spec:q} --code {params.code:q} --threads {threads}"
        " {params.inputs} --output costs={output.costs} --output texts={output.texts} --log {log}"


rule write_texts:
    input:
        unpack(lambda w: PLAN.pretraining(w.experiment).writing_inputs(w.experiment, w.writer, w.how, w.corpus)),
    output:
        texts=f"{R}/{{experiment}}/written/{{writer}}.{{how}}.{{corpus}}.parquet",
    log:
        f"{R}/logs/{{experiment}}/written/{{writer}}.{{how}}.{{corpus}}.log",
    wildcard_constraints:
        writer=r"[a-z][a-z0-9_]*",
        how=r"synthetic|rephrased",
        corpus=r"[a-z][a-z0-9_]*",
    priority: 20
    resources:
        mem_mb=memory(8000),
        runtime=720,
    params:
        code=code("write_texts"),
        spec=lambda w: PLAN.pretraining(w.experiment).writing_spec(w.experiment, w.writer, w.how, w.corpus),
        inputs=inputs,
    shell:
        "python {SCRIPTS:q}/write_texts.py --spec {params.spec:q} --code {params.code:q} --threads {threads}"
        " {params.inputs} --output texts={output.texts} --log {log}"


rule sample_texts:
    input:
        unpack(lambda w: PLAN.pretraining(w.experiment).samples_inputs(w.experiment, w.writer)),
    output:
        samples=f"{R}/{{experiment}}/samples/{{writer}}.parquet",
    log:
        f"{R}/logs/{{experiment}}/samples/{{writer}}.log",
    wildcard_constraints:
        writer=r"[a-z][a-z0-9_]*",
    priority: 20
    resources:
        mem_mb=memory(8000),
        runtime=240,
    params:
        code=code("sample_texts"),
        spec=lambda w: PLAN.pretraining(w.experiment).samples_spec(w.experiment, w.writer),
        inputs=inputs,
    shell:
        "python {SCRIPTS:q}/sample_texts.py --spec {params.spec:q} --code {params.code:q} --threads {threads}"
        " {params.inputs} --output samples={output.samples} --log {log}"


rule measure_perplexity:
    input:
        unpack(lambda w: PLAN.pretraining(w.experiment).perplexity_inputs(w.experiment, w.model)),
    output:
        perplexities=f"{R}/{{experiment}}/perplexities/{{model}}.parquet",
    log:
        f"{R}/logs/{{experiment}}/perplexities/{{model}}.log",
    priority: 20
    resources:
        mem_mb=memory(4000),
        runtime=120,
    params:
        code=code("measure_perplexity"),
        spec=lambda w: PLAN.pretraining(w.experiment).perplexity_spec(w.experiment),
        inputs=inputs,
    shell:
        "python {SCRIPTS:q}/measure_perplexity.py --spec {params.spec:q} --code {params.code:q} --threads {threads}"
        " {params.inputs} --output perplexities={output.perplexities} --log {log}"


rule make_task_items:
    input:
        unpack(lambda w: PLAN.pretraining(w.experiment).items_inputs(w.experiment, w.task)),
    output:
        task_items=f"{R}/{{experiment}}/task_items/{{task}}.parquet",
    log:
        f"{R}/logs/{{experiment}}/task_items/{{task}}.log",
    wildcard_constraints:
        task=r"[a-z][a-z0-9_]*",
    resources:
        mem_mb=memory(4000),
        runtime=60,
    params:
        code=code("make_task_items"),
        spec=lambda w: PLAN.pretraining(w.experiment).items_spec(w.experiment, w.task),
        inputs=inputs,
    shell:
        "python {SCRIPTS:q}/make_task_items.py --spec {params.spec:q} --code {params.code:q} {params.inputs}"
        " --output task_items={output.task_items} --log {log}"


rule evaluate_tasks:
    input:
        unpack(task_inputs),
    output:
        scores=f"{R}/{{experiment}}/task_scores/{{model}}.parquet",
    log:
        f"{R}/logs/{{experiment}}/task_scores/{{model}}.log",
    priority: 20
    resources:
        mem_mb=memory(8000),
        runtime=240,
    params:
        code=code("evaluate_tasks"),
        spec=lambda w: PLAN.pretraining(w.experiment).tasks_spec(w.experiment),
        inputs=inputs,
    shell:
        "python {SCRIPTS:q}/evaluate_tasks.py --spec {params.spec:q} --code {params.code:q} --threads {threads}"
        " {params.inputs} --output scores={output.scores} --log {log}"


rule edit_texts:
    input:
        unpack(lambda w: PLAN.pretraining(w.experiment).edit_inputs(w.experiment, w.edit, int(w.generation))),
    output:
        edits=f"{R}/{{experiment}}/edits/{{edit}}.{{generation}}.parquet",
        counts=f"{R}/{{experiment}}/edits/{{edit}}.{{generation}}.counts.parquet",
    log:
        f"{R}/logs/{{experiment}}/edits/{{edit}}.{{generation}}.log",
    wildcard_constraints:
        edit=r"[a-z][a-z0-9_]*",
        generation=r"\d+",
    priority: 15
    resources:
        mem_mb=memory(8000),
        runtime=240,
    params:
        code=code("edit_texts"),
        spec=lambda w: PLAN.pretraining(w.experiment).edit_spec(w.experiment, w.edit, int(w.generation)),
        inputs=inputs,
    shell:
        "python {SCRIPTS:q}/edit_texts.py --spec {params.spec:q} --code {params.code:q} --threads {threads}"
        " {params.inputs} --output edits={output.edits} --output counts={output.counts} --log {log}"


rule diagnose_texts:
    input:
        unpack(lambda w: PLAN.pretraining(w.experiment).diagnosis_inputs(w.experiment, w.diagnostic)),
    output:
        measurements=f"{R}/{{experiment}}/diagnostics/{{diagnostic}}.parquet",
        details=f"{R}/{{experiment}}/diagnostics/{{diagnostic}}.details.parquet",
    log:
        f"{R}/logs/{{experiment}}/diagnostics/{{diagnostic}}.log",
    wildcard_constraints:
        diagnostic=r"[a-z][a-z0-9_]*",
    priority: 15
    resources:
        mem_mb=memory(8000),
        runtime=120,
    params:
        code=code("diagnose_texts"),
        spec=lambda w: PLAN.pretraining(w.experiment).diagnosis_spec(w.experiment, w.diagnostic),
        inputs=inputs,
    shell:
        "python {SCRIPTS:q}/diagnose_texts.py --spec {params.spec:q} --code {params.code:q} --threads {threads}"
        " {params.inputs} --output measurements={output.measurements} --output details={output.details} --log {log}"
