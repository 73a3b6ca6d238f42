"""Check a group of the papers' claims against an experiment.       ... -> evaluate -> [check claims] -> report"""

from uncollapse.jobs.stage import Stage, run_stage


def check_claims(stage: Stage) -> None:
    """Inputs: the frames the claims' module asks for; output findings.

    Spec: product (its name), and what it needs of config.
    """
    from dataclasses import asdict

    from uncollapse.artifacts.findings import FINDINGS
    from uncollapse.artifacts.parquet import write_table
    from uncollapse.products.products import make

    findings = [asdict(finding) for finding in make("claims", stage.spec["product"], stage)]
    write_table(stage.output("findings"), {name: [row[name] for row in findings] for name in FINDINGS.names}, FINDINGS)


if __name__ == "__main__":
    run_stage("check_claims", check_claims)
