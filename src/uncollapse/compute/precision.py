"""Precision of float32 products: which is quickest on a device, and full float32 whatever config says."""

from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager

import torch


@contextmanager
def at_precision(name: str) -> Iterator[None]:
    """Inside, float32 products have the precision that torch names so; afterwards as before."""
    before = torch.get_float32_matmul_precision()
    torch.set_float32_matmul_precision(name)
    try:
        yield
    finally:
        torch.set_float32_matmul_precision(before)


def full_precision() -> AbstractContextManager[None]:
    """Inside, products are of float32 and not rounded, on all devices; afterwards as before.

    For models that need it, or that are too small to gain: rounding wants bfloat16 units on a CPU, and on one without
    them oneDNN's kernels, which ``medium`` calls, take longer to call than MKL's.
    """
    return at_precision("highest")


def quickest_precision(device: torch.device) -> str:
    """The precision, as torch.set_float32_matmul_precision names it, with which a device multiplies float32 soonest.

    On Intel's CPUs ``highest``, MKL's kernels: small products take a fifth to a quarter of what oneDNN's take, which
    ``medium`` calls. On AMD's MKL is the slower one.
    """
    intel = device.type == "cpu" and "intel" in str(torch.cpu.get_capabilities().get("cpu_name", "")).lower()
    return "highest" if intel else "medium"
