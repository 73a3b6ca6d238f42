"""Check a group of the papers' claims against an experiment."""

from dataclasses import asdict

from uncollapse.artifacts.findings import FINDINGS
from uncollapse.artifacts.parquet import write_rows
from uncollapse.jobs.stage import Stage
from uncollapse.products.products import make


def run(stage: Stage) -> None:
    """Inputs: the frames the claims' module asks for; output findings.

    Spec: product (its name), and what it needs of config.
    """
    findings = [asdict(finding) for finding in make("claims", stage)]
    write_rows(stage.output("findings"), findings, FINDINGS)
