"""What a configuration means in files and jobs: names, paths, and the slice of config that each job depends on.

The rules in workflow/ only ask here; nothing in this package knows Snakemake.
"""

from uncollapse.planning.products import PRODUCT_STAGES
from uncollapse.planning.report import Plan

__all__ = ["PRODUCT_STAGES", "Plan"]
