"""uncollapse: sample -> train -> label -> verify -> select -> train -> evaluate -> tabulate / plot -> report."""


configfile: "config.yaml"


include: "workflow/rules/common.smk"
include: "workflow/rules/records.smk"
include: "workflow/rules/stages.smk"


rule all:
    default_target: True
    input:
        rules.write_report.output,
        PLAN.products.paths("tables"),
        PLAN.products.paths("figures"),


rule tables:
    input:
        PLAN.products.paths("tables"),


rule figures:
    input:
        PLAN.products.paths("figures"),


# a target for each experiment, and for each paper that tables and figures are named after, but where a rule has the name
for target, files in PLAN.products.targets().items():
    if not workflow.is_rule(target):

        rule:
            name:
                target
            input:
                files,


BEGUN = time.time()


onsuccess:
    if os.path.exists(f"{R}/report.html") and os.path.getmtime(f"{R}/report.html") >= BEGUN:
        print(f"Done: open {R}/report.html; tables are in {R}/tables/, figures in {R}/figures/.")
