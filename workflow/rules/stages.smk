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
        retries: 0 if PLAN.stage(name).local else None  # as the profile says; none of what tries again by itself
        localrule: PLAN.stage(name).local
        conda:
            ENVIRONMENT
        container:
            CONTAINER
        resources:
            mem_mb=memory(name),
            runtime=minutes(name),
        params:
            **parameters(name),
        shell:
            COMMAND


# directives take names and texts alone, so the calls that they stand for
for name in PLAN.rules:
    tell(name, described(PLAN.stage(name)))
    if PLAN.stage(name).variant_of is not None:  # the rule that it takes some jobs from
        workflow.ruleorder(name, PLAN.stage(name).variant_of)


if not workflow.is_rule("theory"):

    rule theory:
        """The simulations of the papers' theory, and all that is made of them."""
        input:
            PLAN.simulations(),
            PLAN.products.of_experiment("theory"),
