"""Exact float32 matrix products through oneDNN, on processors where torch's own choice is slow.

torch multiplies float32 matrices on a CPU with MKL, which on AMD processors runs at a half to a third of oneDNN's
speed. The usual switch to oneDNN (torch.set_float32_matmul_precision) also allows products in bfloat16. The operator
that torch's compiler emits for linear layers goes to oneDNN and rounds nothing.
"""

import torch
from torch import Tensor, nn

_LEAST_ROWS = 16  # below, starting oneDNN costs more than it saves


def linear(states: Tensor, weight: Tensor, bias: Tensor | None = None) -> Tensor:
    """``states @ weight.T + bias``, as torch.nn.functional.linear; without gradients."""
    fast = (
        states.dtype == weight.dtype == torch.float32
        and states.device.type == "cpu"
        and states.numel() >= _LEAST_ROWS * states.shape[-1]
        and _AVAILABLE
    )
    if not fast:
        return nn.functional.linear(states, weight, bias)
    return torch.ops.mkldnn._linear_pointwise(states, weight, bias, "none", [], "")


class FastLinear(nn.Linear):
    """A linear layer for inference."""

    def forward(self, states: Tensor) -> Tensor:
        return linear(states, self.weight, self.bias)


def speed_up(model: nn.Module) -> None:
    """Let every plain linear layer of a model go through :func:`linear`; its weights stay where they are."""
    for module in model.modules():
        if type(module) is nn.Linear:
            module.__class__ = FastLinear


def _is_available() -> bool:
    """Whether this torch has oneDNN and the operator: it is no public interface and may go."""
    if not torch.backends.mkldnn.is_available():
        return False
    try:
        generator = torch.Generator().manual_seed(0)
        left, right = (torch.randn(32, 32, generator=generator) for _ in range(2))
        found = torch.ops.mkldnn._linear_pointwise(left, right, None, "none", [], "")
    except (AttributeError, RuntimeError, TypeError):
        return False
    return bool((found - left @ right.T).abs().max() < 1e-4)


_AVAILABLE = _is_available()
