"""Device and arithmetic as config names them, without importing torch."""

from typing import Literal

from pydantic import Field

from uncollapse.settings.values import Strict


class ComputeSettings(Strict):
    """Config's choice, or what is there."""

    device: Literal["auto", "cpu", "cuda"] = Field(default="auto", description="auto takes a GPU where there is one")
    dtype: Literal["auto", "float32", "bfloat16"] = Field(
        default="auto",
        description="of the layers in training: auto is bfloat16 on a GPU, float32 on a CPU; where a model edits or is"
        " asked about texts, auto goes by its size",
    )
    matmul_precision: Literal["auto", "highest", "high", "medium"] = Field(
        default="auto",
        description="torch.set_float32_matmul_precision. On CPUs without bfloat16 matrix units, medium is still exact"
        " float32, with kernels twice as fast as MKL's on AMD and slower for small products on Intel; with such units"
        " it rounds to bfloat16. auto: highest on Intel's CPUs, else medium",
    )
