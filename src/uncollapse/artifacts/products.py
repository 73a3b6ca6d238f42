"""Tables, figures, claims and the report, which are made of all experiments."""

from uncollapse.artifacts.artifact import Artifact

TABLE_FILES, TABLE_CSV_FILES, TABLE_TEXT_FILES = (
    Artifact(path=f"tables/{{table}}.{suffix}", shared=True) for suffix in ("parquet", "csv", "md")
)
FIGURE_FILES, FIGURE_PNG_FILES = (
    Artifact(path=f"figures/{{figure}}.{suffix}", shared=True) for suffix in ("svg", "png")
)
CLAIMS_FILE = Artifact(path="claims.parquet", shared=True)
CLAIMS_BY_SCALE_FILE = Artifact(path="claims_by_scale.parquet", shared=True)
REPORT_FILE = Artifact(path="report.html", shared=True)
# of one experiment alone, to be read while others are made
PART_CLAIMS_FILES, PART_CLAIMS_BY_SCALE_FILES = (
    Artifact(path=f"parts/{{part}}.{name}.parquet", shared=True) for name in ("claims", "claims_by_scale")
)
PART_FILES = Artifact(path="report.{part}.html", shared=True)
