"""Products in full float32, whatever compute.matmul_precision says."""

from collections.abc import Iterator
from contextlib import contextmanager

import torch


@contextmanager
def full_precision() -> Iterator[None]:
    """Inside, products are of float32 and not rounded, on all devices; afterwards as before.

    For models that need it, or that are too small to gain: rounding wants bfloat16 units on a CPU, and on one without
    them oneDNN's kernels, which ``medium`` calls, take longer to call than MKL's.
    """
    before = torch.get_float32_matmul_precision()
    torch.set_float32_matmul_precision("highest")
    try:
        yield
    finally:
        torch.set_float32_matmul_precision(before)
