"""A rule for every stage, whether a kind of experiment declares it or it makes products or the report of them all.

docs/stages.md says what each reads, makes and asks for.
"""

for name in PLAN.rules:

    rule:
        name:
            name
        input:
            unpack(reads(name)),
        output:
            **made(name),
        log:
            f"{R}/{PLAN.log(name)}",
        wildcard_constraints:
            **constraints(name),
        priority: priority(name)
        retries: retries(name)
        localrule: PLAN.stage(name).local
        resources:
            mem_mb=memory(name),
            runtime=minutes(name),
        params:
            **parameters(name),
        shell:
            COMMAND


# the directive takes names alone, so the call that it stands for
for name in filter(variant_of, PLAN.rules):
    workflow.ruleorder(name, variant_of(name))


# the simulations, and all that is made of them
if not workflow.is_rule("theory"):

    rule theory:
        input:
            PLAN.simulations(),
            PLAN.products.of_experiment("theory"),
