"""The machine that numbers are measured on."""

import os
import platform
from pathlib import Path
from typing import Any


def machine() -> dict[str, Any]:
    """Processor, its cores, GPUs, and torch's version."""
    import torch

    gpus = [torch.cuda.get_device_name(index) for index in range(torch.cuda.device_count())]
    return {"gpus": gpus, "cpu": _processor(), "cores": os.cpu_count(), "torch": torch.__version__}


def machine_in_words() -> str:
    """The same machine for readers, without its GPUs: ``2 CPU cores, Intel(R) Xeon(R) Processor``."""
    cores = os.cpu_count() or 1
    return f"{cores} CPU core{'s' if cores > 1 else ''}, {_processor()}"


def _processor() -> str:
    information = Path("/proc/cpuinfo")
    if information.exists():
        names = [
            line.partition(":")[2].strip() for line in information.read_text().splitlines() if "model name" in line
        ]
        if names:
            return names[0]
    return platform.processor() or platform.machine()
