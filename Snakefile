"""The workflow, run from the root of the checkout; it lies in workflow/Snakefile, where Snakemake's catalog looks for it."""


include: "workflow/Snakefile"
