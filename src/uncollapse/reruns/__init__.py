"""What is out of date, in words and for Snakemake."""
