"""Products of bfloat16 save time on GPUs, and on CPUs with units for them."""

import torch

# as torch.cpu.get_capabilities names them, on x86 and ARM
_UNITS = ("avx512_bf16", "amx_bf16", "avx10_2", "bf16")


def multiplies_bfloat16(device: torch.device) -> bool:
    """Whether a device has units that multiply bfloat16.

    A CPU without them takes 3.5 times as long as in float32 to read with SmolLM2's layers, and twice as long to train
    them (2026-12-01, one core of an Intel Xeon, torch 2.13).
    """
    if device.type != "cpu":
        return True
    capabilities = torch.cpu.get_capabilities()
    return any(capabilities.get(name, False) for name in _UNITS)


def kind_of(device: torch.device) -> str:
    """A device by what shows in results: ``cuda``, ``cpu``, or ``cpu with bfloat16`` for one with units for it."""
    return "cpu with bfloat16" if device.type == "cpu" and multiplies_bfloat16(device) else device.type
