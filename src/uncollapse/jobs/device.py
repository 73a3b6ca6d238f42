"""Device of a job, by the part ``compute`` of its spec."""

import torch

from uncollapse.compute.bfloat16 import kind_of
from uncollapse.compute.device import prepare
from uncollapse.compute.settings import ComputeSettings
from uncollapse.jobs.stage import Stage


def prepared(stage: Stage) -> tuple[torch.device, torch.dtype]:
    """Device, and dtype of training's layers, made ready; the device is noted as where the outputs were computed."""
    device, dtype = prepare(ComputeSettings(**stage.spec["compute"]), threads=stage.threads)
    stage.computed_on = kind_of(device)
    return device, dtype
