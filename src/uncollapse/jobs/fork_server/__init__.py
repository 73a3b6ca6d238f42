"""Jobs that need not import torch anew: on one machine a workflow's commands are forked from one process.

A workflow of short jobs spends much of its time importing libraries. Here a server (:mod:`.server`) that lives as
long as Snakemake, or what runs the jobs without it (:mod:`uncollapse.offline.without_snakemake`), imports what the
first jobs turned out to need, and forks itself for each further one; the command ``python scripts/...`` of a rule
becomes a small client (:mod:`.client`) that hands over its arguments, folder, environment and streams, and ends as the
job ends. Both are begun by :mod:`.start`. Nothing else changes: a job is still a process of its own, with the code that
lies there when it starts. Wherever that would not hold the client runs the command as it stands.

Written by hand because the fork server of Python's multiprocessing serves only the process that started it, while
Snakemake starts a shell for each job.
"""
