"""Precision of float32 products: in full for a while, and the quickest by itself."""

import pytest
import torch

from uncollapse.compute.device import prepare
from uncollapse.compute.precision import full_precision, quickest_precision
from uncollapse.compute.settings import ComputeSettings


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


@pytest.mark.parametrize(
    ("device", "processor", "quickest"),
    [
        ("cpu", "Intel Xeon", "highest"),
        ("cpu", "Intel Core i7-1260P", "highest"),
        ("cpu", "AMD EPYC 9B14", "medium"),
        ("cpu", "Apple M3", "medium"),
        ("cpu", None, "medium"),
        ("cuda", "Intel Xeon", "medium"),
    ],
)
def test_intels_kernels_are_the_quickest_on_intels_processors(
    monkeypatch: pytest.MonkeyPatch, device: str, processor: str | None, quickest: str
) -> None:
    monkeypatch.setattr(torch.cpu, "get_capabilities", lambda: {} if processor is None else {"cpu_name": processor})
    assert quickest_precision(torch.device(device)) == quickest


def test_auto_is_what_is_quickest(monkeypatch: pytest.MonkeyPatch) -> None:
    before = torch.get_float32_matmul_precision()
    try:
        for processor, quickest in (("Intel Xeon", "highest"), ("AMD EPYC", "medium")):
            monkeypatch.setattr(torch.cpu, "get_capabilities", lambda name=processor: {"cpu_name": name})
            prepare(ComputeSettings(device="cpu"), threads=1)
            assert torch.get_float32_matmul_precision() == quickest
    finally:
        torch.set_float32_matmul_precision(before)
