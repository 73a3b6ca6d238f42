"""A real Slurm of one node on this machine: daemons started by hand, with all their files in one folder.

Nothing of the machine is used or changed but its programs: a Slurm or munge that runs here goes on undisturbed.
"""

import os
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

from system_programs import lacking, path_of

PROGRAMS = ("munged", "slurmctld", "slurmd", "sbatch", "srun", "squeue", "sinfo", "scancel")
# two GPUs are pretended: Slurm counts them, and nobody opens their files. Memory is only booked, not limited
CONF = """\
ClusterName=test
SlurmctldHost=localhost(127.0.0.1)
SlurmctldPort={controller_port}
SlurmdPort={node_port}
SlurmUser=root
SlurmdUser=root
SlurmdParameters=config_overrides
AuthType=auth/munge
AuthInfo=socket={folder}/munge/socket
CredType=cred/munge
StateSaveLocation={folder}/state
SlurmdSpoolDir={folder}/spool
SlurmctldPidFile={folder}/slurmctld.pid
SlurmdPidFile={folder}/slurmd.pid
ProctrackType=proctrack/linuxproc
TaskPlugin=task/none
JobAcctGatherType=jobacct_gather/none
AccountingStorageType=accounting_storage/none
MpiDefault=none
ReturnToService=2
SelectType=select/cons_tres
SelectTypeParameters=CR_Core_Memory
SchedulerParameters=sched_interval=1,batch_sched_delay=0
MinJobAge=3600
KillWait=2
GresTypes=gpu
NodeName=localhost NodeAddr=127.0.0.1 CPUs=8 CoresPerSocket=8 RealMemory=128000 Gres=gpu:2
PartitionName=cpu Nodes=localhost Default=YES
PartitionName=gpu Nodes=localhost
"""


def install() -> str | None:
    """Install Slurm where it is missing; why that cannot be, or None."""
    if os.geteuid() != 0:
        return "slurmd runs jobs as root only"
    if lacking(*PROGRAMS) is None:
        return None
    if lacking("apt-get"):
        return lacking(*PROGRAMS, "apt-get")
    install = ["apt-get", "install", "-y", "--no-install-recommends", "slurm-wlm", "munge"]
    for command in (["apt-get", "update"], install):
        environment = os.environ | {"DEBIAN_FRONTEND": "noninteractive"}
        done = subprocess.run(command, capture_output=True, text=True, env=environment, check=False)
        if done.returncode:
            return f"{' '.join(command[:2])} failed: {done.stderr.strip().splitlines()[-1:]}"
    return lacking(*PROGRAMS)


@contextmanager
def one_node_slurm(folder: Path) -> Iterator[dict[str, str]]:
    """Start the daemons and wait until the node takes jobs; yields the environment in which sbatch finds them."""
    for name in ("munge", "state", "spool"):
        (folder / name).mkdir(mode=0o700)
    key = folder / "munge/key"
    key.write_bytes(os.urandom(1024))
    key.chmod(0o400)
    for name in ("gpu0", "gpu1"):
        (folder / name).touch()
    ports = {"controller_port": _free_port(), "node_port": _free_port()}
    (folder / "slurm.conf").write_text(CONF.format(folder=folder, **ports))
    (folder / "gres.conf").write_text(f"NodeName=localhost Name=gpu File={folder}/gpu[0-1]\n")
    environment = _environment(folder)
    files = [f"--{name}-file={folder}/munge/{name}" for name in ("key", "pid", "log", "seed")]
    with ExitStack() as stack:

        def start(*command: str) -> None:
            log = stack.enter_context((folder / f"{command[0]}.out").open("w"))
            daemon = subprocess.Popen(command, env=environment, stdout=log, stderr=log)
            stack.callback(_stop, daemon)

        start("munged", "--foreground", "--force", f"--socket={folder}/munge/socket", *files)
        _until(lambda: (folder / "munge/socket").exists(), folder)
        start("slurmctld", "-D", "-c")
        start("slurmd", "-D", "-N", "localhost")
        _until(lambda: "idle" in _ask(["sinfo", "-h", "-o", "%T"], environment), folder)
        stack.callback(_end_jobs, environment)
        yield environment


def _environment(folder: Path) -> dict[str, str]:
    """SLURM_CONF, and an srun that sets it again: Snakemake's jobs remove it from their environment before srun."""
    srun = folder / "bin/srun"
    srun.parent.mkdir()
    srun.write_text(f'#!/bin/sh\nSLURM_CONF={folder}/slurm.conf exec {path_of("srun")} "$@"\n')
    srun.chmod(0o755)
    path = os.pathsep.join([str(Path(sys.executable).parent), str(srun.parent), os.environ["PATH"]])
    return os.environ | {"SLURM_CONF": str(folder / "slurm.conf"), "PATH": path, "OMP_NUM_THREADS": "1"}


def _end_jobs(environment: dict[str, str]) -> None:
    """Cancel what runs, and wait until it is gone: a job's processes are children of no daemon."""
    subprocess.run(["scancel", "--user=root"], env=environment, check=False)
    deadline = time.monotonic() + 20
    while time.monotonic() < deadline and _ask(["squeue", "-h"], environment).strip():
        time.sleep(0.2)


def _stop(daemon: subprocess.Popen[bytes]) -> None:
    daemon.terminate()
    try:
        daemon.wait(10)
    except subprocess.TimeoutExpired:
        daemon.kill()
        daemon.wait()


def _ask(command: list[str], environment: dict[str, str]) -> str:
    return subprocess.run(command, env=environment, capture_output=True, text=True, check=False).stdout


def _until(ready: Callable[[], bool], folder: Path) -> None:
    deadline = time.monotonic() + 60
    while not ready():
        if time.monotonic() > deadline:
            logs = "\n".join(path.read_text()[-1000:] for path in folder.glob("*.out"))
            raise TimeoutError(f"Slurm did not start:\n{logs}")
        time.sleep(0.1)


def _free_port() -> int:
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return listener.getsockname()[1]
