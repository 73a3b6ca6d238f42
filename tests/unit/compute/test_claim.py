"""Which of several GPUs a job takes."""

import multiprocessing
import os
import signal
from multiprocessing.connection import Connection
from pathlib import Path

from uncollapse.compute.device import claim

GPUS = ["GPU-a", "GPU-b"]


def _job(folder: Path, answer: Connection) -> None:
    answer.send(claim(GPUS, folder=folder))
    signal.pause()


def test_jobs_take_different_gpus_and_a_killed_one_gives_its_own_back(tmp_path: Path) -> None:
    context = multiprocessing.get_context("spawn")
    jobs = []

    def start() -> int:
        mine, theirs = context.Pipe()
        job = context.Process(target=_job, args=(tmp_path, theirs), daemon=True)
        job.start()
        jobs.append(job)
        assert mine.poll(60)
        return mine.recv()

    try:
        assert [start(), start()] == [0, 1]
        os.kill(jobs[0].pid, signal.SIGKILL)
        jobs[0].join()
        assert start() == 0
        assert claim(GPUS, folder=tmp_path) == os.getpid() % 2, "all are taken: shared"
    finally:
        for job in jobs:
            job.kill()
