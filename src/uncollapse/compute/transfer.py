"""Copies between host and device that do not wait for what the device has still to do."""

from __future__ import annotations

from dataclasses import dataclass

import torch
from torch import Tensor


def to_device(values: Tensor, device: torch.device) -> Tensor:
    """A host's tensor on the device; its copy is queued behind the device's other work."""
    return values.pin_memory().to(device, non_blocking=True) if device.type == "cuda" else values.to(device)


@dataclass(frozen=True)
class OnItsWay:
    """A copy of a device's tensor to the host, queued behind the work that makes it and before all later work."""

    _values: Tensor
    _arrived: torch.cuda.Event | None

    @classmethod
    def of(cls, values: Tensor) -> OnItsWay:
        """Queue the copy. On a CPU the tensor itself is what arrives."""
        if values.device.type != "cuda":
            return cls(values, None)
        copied = torch.empty(values.shape, dtype=values.dtype, pin_memory=True)
        copied.copy_(values, non_blocking=True)
        arrived = torch.cuda.Event()
        arrived.record()
        return cls(copied, arrived)

    def wait(self) -> Tensor:
        """The values on the host, once they are there."""
        if self._arrived is not None:
            self._arrived.synchronize()
        return self._values
