"""Snakemake's jobs whose results the store has: taken in one pass before it counts the jobs that are left to run."""

import contextlib
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from uncollapse.jobs.stage import Stage
from uncollapse.jobs.store import Store
from uncollapse.reruns.restore import Wanted, restore


def take_from_store(
    workflow: Any,
    store: Store,
    stage_of: Callable[[Any], Stage | None],
    contents: Callable[[], Callable[[str], str | None]],
) -> None:
    """Have a Snakemake that runs jobs on this machine take from the store what it can, when it holds its lock.

    A job that is taken is recorded and done as one that has run. What the user forces (``-F``, ``--forcerun``) runs,
    and all that reads from it; a dry run and ``--touch`` take nothing. There is no public interface for this: with a
    version that keeps its jobs elsewhere each takes its own.

    Parameters
    ----------
    stage_of : the stage behind one of Snakemake's jobs; None for a job of another's rule.
    contents : makes a function of a path: the sha256 of a file's content then, None where there is no such file.
    """
    dag = workflow.dag
    if not (workflow.local_exec and not workflow.dryrun and not workflow.touch and store.root.is_dir()):
        return
    if not all(hasattr(dag, name) for name in ("_needrun", "_finished", "_len", "forcerules", "forcefiles")):
        return
    forced_rules, forced_files = set(dag.forcerules), set(dag.forcefiles)  # by the user: others are added
    postprocess = dag.postprocess

    def wanted(job: Any) -> Wanted | None:
        forced = job.rule in forced_rules or not forced_files.isdisjoint(job.output)
        elsewhere = any(file.is_storage for file in (*job.input, *job.output, *job.log))
        if forced or elsewhere or (stage := stage_of(job)) is None:
            return None
        needs = [other for other in dag.dependencies[job] if dag.needrun(other)]
        return Wanted(stage=stage, log=Path(job.log[0]), needs=needs)

    async def postprocess_and_take(*arguments: Any, check_initial: bool = False, **named: Any) -> None:
        await postprocess(*arguments, check_initial=check_initial, **named)
        if not check_initial:  # only once, before anything runs
            return
        begun = time.monotonic()
        jobs = [job for level in dag.toposorted() for job in level if dag.needrun(job)]
        asked = {job: found for job in jobs if (found := wanted(job)) is not None}
        taken = set()
        with contextlib.closing(
            restore(asked, store, contents(), begin=workflow.persistence.started, cores=workflow.cores)
        ) as restored:
            for job in restored:
                known = workflow.iocache.checksum
                known.update({path: f"sha256:{asked[job].hashes[Path(path)]}" for path in job.input})
                await workflow.persistence.finished(job)
                dag.register_running({job})
                await dag.finish(job, update_checkpoint_dependencies=False)
                taken.add(job)
        if taken:
            # otherwise they would count as jobs of this run
            dag._needrun -= taken
            dag._finished -= taken
            dag._len -= len(taken)
            _say(f"Results of {len(taken):,} jobs taken from the store in {time.monotonic() - begun:.1f} s.")

    dag.postprocess = postprocess_and_take


def _say(words: str) -> None:
    from snakemake.logging import logger

    logger.info(words)
