"""Text: pinned packages of registries, and corpora that are read from them, from local files or from the hub."""

import re

if PLAN.settings.packages_folder is not None:
    os.environ["UNCOLLAPSE_PACKAGES"] = str(Path(PLAN.settings.packages_folder).absolute())


# jobs on a cluster's nodes often cannot reach the internet, where Snakemake runs it mostly can
localrules:
    fetch_package,


rule fetch_package:
    input:
        no_files,
    output:
        package=f"{R}/packages/{{file}}",
    log:
        f"{R}/logs/packages/{{file}}.log",
    wildcard_constraints:
        file="|".join(map(re.escape, PLAN.package_files())),
    retries: 0
    params:
        spec=lambda w: PLAN.package_spec(w.file),
    shell:
        "python {SCRIPTS:q}/fetch_package.py --spec {params.spec:q} --output package={output.package} --log {log}"


def corpus_inputs(wildcards):
    """Input function: a fetched package, or the files config names, which are nobody's output and in no storage."""
    return {
        name: local(paths) if name == "files" else paths for name, paths in PLAN.corpus_inputs(wildcards.corpus).items()
    }


rule prepare_corpus:
    input:
        unpack(corpus_inputs),
    output:
        corpus=f"{R}/corpora/{{corpus}}.parquet",
        card=f"{R}/corpora/{{corpus}}.card.parquet",
    log:
        f"{R}/logs/corpora/{{corpus}}.log",
    wildcard_constraints:
        corpus=r"[a-z][a-z0-9_]*",
    resources:
        mem_mb=memory(4000),
        runtime=120,
    params:
        code=lambda w: PLAN.corpus_code(w.corpus),
        spec=lambda w: PLAN.corpus_spec(w.corpus),
        inputs=inputs,
    shell:
        "python {SCRIPTS:q}/prepare_corpus.py --spec {params.spec:q} --code {params.code:q} {params.inputs}"
        " --output corpus={output.corpus} --output card={output.card} --log {log}"
