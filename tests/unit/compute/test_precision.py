"""Products in full float32 for a while."""

import pytest
import torch

from uncollapse.compute.precision import full_precision


@pytest.mark.parametrize("before", ["highest", "high", "medium"])
def test_what_was_set_is_set_again_also_after_a_failure(before: str) -> None:
    own = torch.get_float32_matmul_precision()
    try:
        torch.set_float32_matmul_precision(before)
        with full_precision():
            assert torch.get_float32_matmul_precision() == "highest"
        assert torch.get_float32_matmul_precision() == before
        with pytest.raises(ZeroDivisionError), full_precision():
            raise ZeroDivisionError
        assert torch.get_float32_matmul_precision() == before
    finally:
        torch.set_float32_matmul_precision(own)
