"""The workflow, run from the root of the checkout; it lies in workflow/Snakefile, where Snakemake's catalog looks for it."""


include: "workflow/Snakefile"


# an included file's default target does not count
workflow.default_target = "all"
