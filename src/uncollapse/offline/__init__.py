"""The same jobs without Snakemake, in slices of time, for machines that have nothing but Python."""
