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
