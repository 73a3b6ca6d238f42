"""Do one job of the workflow, which calls this with what its plan says; to make a file yourself, ask Snakemake for it.

    snakemake --cores 2 results/eigenvalues/proxy/oracle_2.parquet

docs/stages.md has every stage: what it reads and makes, and the module that does its work.
"""

from uncollapse.settings.from_source import install

if __name__ == "__main__":
    install()  # from here on sources alone count, whatever was compiled before
    from uncollapse.jobs.stage_command import run_stage

    run_stage(__doc__)
