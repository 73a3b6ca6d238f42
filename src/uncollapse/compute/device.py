"""Prepare torch, and the memory it allocates from, for one stage.

Each job has one GPU on a machine with several: jobs agree through file locks, which the kernel drops when a job dies.
"""

import ctypes
import fcntl
import functools
import os
import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import IO

import torch

from uncollapse.compute.lock_file import open_lock, own_folder
from uncollapse.compute.precision import quickest_precision
from uncollapse.compute.settings import ComputeSettings
from uncollapse.errors import ConfigError

# mallopt parameters of glibc's malloc.h, and what they are set to
_ALLOCATOR = {
    -3: 32 << 20,  # M_MMAP_THRESHOLD: activations of a step come from the heap, not from a fresh mapping each time
    -1: 1 << 30,  # M_TRIM_THRESHOLD: and the heap keeps its pages between steps
    -2: 64 << 20,  # M_TOP_PAD
}

_held: list[IO[bytes]] = []  # a lock lasts as long as its file is open: as long as the process


def prepare(settings: ComputeSettings, *, threads: int) -> tuple[torch.device, torch.dtype]:
    """Set threads, precision and allocator; the device to work on and the dtype of training's layers.

    Raises
    ------
    ConfigError
        Where config asks for a GPU and torch sees none.
    """
    _keep_pages()
    torch.set_num_threads(threads)
    name = settings.device
    if name == "auto":
        name = "cuda" if torch.cuda.is_available() else "cpu"
    elif name == "cuda" and not torch.cuda.is_available():
        raise ConfigError("compute.device is cuda, but torch sees no GPU; set it to auto or cpu")
    if name == "cuda" and (count := torch.cuda.device_count()) > 1:
        torch.cuda.set_device(_own_gpu(count))
    device, dtype = torch.device(name), settings.dtype
    precision = settings.matmul_precision
    torch.set_float32_matmul_precision(quickest_precision(device) if precision == "auto" else precision)
    if dtype == "auto":
        dtype = "bfloat16" if name == "cuda" else "float32"
    return device, {"float32": torch.float32, "bfloat16": torch.bfloat16}[dtype]


@functools.cache
def _own_gpu(count: int) -> int:
    """The index of this process's GPU among so many; a stage that prepares twice keeps the one it has."""
    return claim([str(torch.cuda.get_device_properties(index).uuid) for index in range(count)])


def claim(devices: Sequence[str], *, folder: Path | None = None) -> int:
    """The index of a device that no other process of this user has claimed; it is this one's until it ends.

    Where all are taken, or the folder is not this user's own, devices are shared: the process id picks one.

    Parameters
    ----------
    devices : names that all processes of this machine know them by, such as their UUIDs.
    folder : for the lock files; one of this user's own below the machine's folder for temporary files, if not given.
    """
    folder = folder or Path(tempfile.gettempdir()) / f"uncollapse-gpus-{os.getuid()}"
    if not own_folder(folder):  # somebody else's under this name: nothing is opened in it
        return os.getpid() % len(devices)
    for index, device in enumerate(devices):
        try:
            file = open_lock(folder / device)
        except OSError:
            continue
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            file.close()
            continue
        _held.append(file)
        return index
    return os.getpid() % len(devices)


def _keep_pages() -> None:
    """Tell glibc to reuse memory: small models on a CPU train 1.4 times as fast without a page fault per activation."""
    try:
        mallopt = ctypes.CDLL(None).mallopt
    except (AttributeError, OSError):
        return  # another C library
    for parameter, value in _ALLOCATOR.items():
        mallopt(parameter, value)
