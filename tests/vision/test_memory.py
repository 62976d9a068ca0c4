"""Batches in portions that fit the memory."""

import pytest
import torch
from torch import Tensor

from dragon_app.core.errors import TrainingError
from dragon_app.vision.memory import Portions, is_full

CPU = torch.device("cpu")
# As torch 2.15 words them.
FULL = [
    torch.OutOfMemoryError("CUDA out of memory. Tried to allocate 2.00 GiB."),
    RuntimeError("CUDA error: out of memory"),
    RuntimeError("MPS backend out of memory (MPS allocated: 18.1 GB, max allowed: 18.13 GB)."),
    RuntimeError("[enforce fail at alloc_cpu.cpp:124] err == 0. DefaultCPUAllocator: can't "
                 "allocate memory: you tried to allocate 4000000000 bytes."),
]  # fmt: skip


@pytest.mark.parametrize("error", FULL)
def test_full_memory_is_known_by_its_class_or_text(error: RuntimeError) -> None:
    assert is_full(error)


def test_other_errors_are_not_about_memory() -> None:
    assert not is_full(RuntimeError("mat1 and mat2 shapes cannot be multiplied"))


def _work(most: int, error: RuntimeError, sizes: list[int]) -> object:
    def work(portion: Tensor) -> Tensor:
        sizes.append(len(portion))
        if len(portion) > most:
            raise error
        return portion * 2

    return work


@pytest.mark.parametrize("error", FULL)
def test_portions_become_smaller_until_they_fit_and_stay_so(error: RuntimeError) -> None:
    portions, sizes = Portions(CPU), list[int]()
    batch = torch.arange(32.0)
    work = _work(8, error, sizes)
    assert portions.each(work, batch).equal(batch * 2)  # type: ignore[arg-type]
    assert sizes == [32, 16, 8, 8, 8, 8]
    sizes.clear()
    portions.each(work, batch)  # type: ignore[arg-type]
    assert sizes == [8] * 4


def test_after_four_halvings_it_says_what_to_change() -> None:
    sizes: list[int] = []
    work = _work(0, FULL[0], sizes)
    with pytest.raises(TrainingError, match="Choose a smaller batch size"):
        Portions(CPU).each(work, torch.arange(32.0))  # type: ignore[arg-type]
    assert sizes == [32, 16, 8, 4, 2]


def test_other_errors_surface_at_once() -> None:
    sizes: list[int] = []
    with pytest.raises(RuntimeError, match="shapes"):
        Portions(CPU).each(_work(0, RuntimeError("shapes"), sizes), torch.arange(4.0))  # type: ignore[arg-type]
    assert sizes == [4]


def test_a_portion_keeps_enough_photos_for_statistics() -> None:
    portions = Portions(CPU, halvings=4)
    assert [len(part) for part in portions.of(torch.arange(7), fewest=2)] == [3, 2, 2]
    assert [len(part) for part in portions.of(torch.arange(3))] == [1, 1, 1]
