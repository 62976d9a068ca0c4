"""What to do when the memory is full: smaller portions of the same batch, then advice."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TypeVar

import torch
from torch import Tensor

from dragon_app.core.errors import TrainingError

Made = TypeVar("Made")

MOST_HALVINGS = 4
_TEXTS = (  # where torch has no class of error for it
    "can't allocate memory",
    "not enough memory",
    "MPS backend out of memory",
    "CUDA out of memory",
    "CUDA error: out of memory",
)


def is_full(error: RuntimeError) -> bool:
    """Whether an error means that the memory of a device is full."""
    text = str(error)
    return isinstance(error, torch.OutOfMemoryError) or any(each in text for each in _TEXTS)


@contextmanager
def full_memory_told(device: torch.device) -> Iterator[None]:
    """Raise `TrainingError` with advice where the memory of a device was full."""
    try:
        yield
    except RuntimeError as error:
        if not is_full(error):
            raise
        raise TrainingError(_advice(device)) from error


def _advice(device: torch.device) -> str:
    """Say what to change when the memory is too small."""
    return (
        f"The memory of the {device.type} device is full. Choose a smaller batch size, a smaller "
        "image size, or freeze more stages."
    )


class Portions:
    """Into how many portions a batch is divided to fit the memory; once smaller, they stay so."""

    def __init__(self, device: torch.device, *, halvings: int = 0) -> None:
        self._device = device
        self.halvings = halvings

    def of(self, batch: Tensor, *, fewest: int = 1) -> tuple[Tensor, ...]:
        """Return a batch in portions of nearly equal size, each of at least so many photos."""
        count = min(2**self.halvings, max(1, len(batch) // fewest))
        return batch.tensor_split(count)

    def fit(self, work: Callable[[], Made]) -> Made:
        """Do work that asks `of` for its portions; when memory is full, again with half of them.

        Raise `TrainingError` with advice after the last halving.
        """
        while True:
            try:
                return work()
            except RuntimeError as error:
                if not is_full(error):
                    raise
                if self.halvings == MOST_HALVINGS:
                    raise TrainingError(_advice(self._device)) from error
            # Only here, where the error and the tensors in its frames are gone, is memory free.
            self.halvings += 1
            if self._device.type == "cuda":
                torch.cuda.empty_cache()

    def each(self, work: Callable[[Tensor], Tensor], batch: Tensor) -> Tensor:
        """Return what work makes of a batch (N, ...), portion by portion."""
        return self.fit(lambda: torch.cat([work(portion) for portion in self.of(batch)]))
