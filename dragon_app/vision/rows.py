"""What the frozen part of a network made of some photos in one view, by index.

Rows are in memory as far as its budget reaches, else on their shelf; one that is in neither place
is made anew. All are float16, so that a row is the same wherever it comes from.
"""

from collections.abc import Callable, Sequence

import torch
from torch import Tensor

from dragon_app.features.shelf import Shelf
from dragon_app.vision.budget import Budget

Make = Callable[[list[int]], Tensor]  # rows (n, ...) float16 of photos by index


class Rows:
    """The rows of photos 0 to N - 1. One thread at a time."""

    def __init__(self, shelf: Shelf, digests: Sequence[str], *, make: Make, budget: Budget) -> None:
        self._shelf = shelf
        self._digests = digests
        self._make = make
        self._budget = budget
        self._whole: Tensor | None = None  # (N, ...) float16
        self._is_whole_refused = False
        self._held = torch.zeros(len(digests), dtype=torch.bool)  # in `_whole`

    def __len__(self) -> int:
        return len(self._digests)

    @property
    def in_memory(self) -> Tensor | None:
        """All rows (N, ...), when each is in memory."""
        return self._whole if bool(self._held.all()) else None

    def missing(self) -> list[int]:
        """Return the photos without a row, after taking what the shelf has into memory."""
        missing = []
        for index, digest in enumerate(self._digests):
            if self._held[index]:
                continue
            if self._is_whole_refused:  # too many to look at each
                is_there = digest in self._shelf
            else:
                row = self._shelf.read(digest)
                is_there = row is not None
                if row is not None:
                    self._hold([index], torch.from_numpy(row)[None])
            if not is_there:
                missing.append(index)
        return missing

    def put(self, indices: list[int], rows: Tensor) -> None:
        """Keep rows (n, ...), float16, in memory and on the shelf, where there is room."""
        self._hold(indices, rows)
        new = [
            (self._digests[index], row)
            for index, row in zip(indices, rows.numpy(), strict=True)
            if self._digests[index] not in self._shelf
        ]
        self._shelf.put([digest for digest, _ in new], [row for _, row in new])

    def flush(self) -> None:
        """Bring what was put to the disk."""
        self._shelf.flush()

    def batch(self, indices: list[int]) -> Tensor:
        """Return rows (n, ...), float16."""
        if self._whole is not None and bool(self._held[indices].all()):
            return self._whole[indices]
        found = {index: self._shelf.read(self._digests[index]) for index in set(indices)}
        absent = [index for index, row in found.items() if row is None]
        rows = {index: torch.from_numpy(row) for index, row in found.items() if row is not None}
        if absent:
            rows |= zip(absent, self._make(absent), strict=True)
        return torch.stack([rows[index] for index in indices])

    def _hold(self, indices: list[int], rows: Tensor) -> None:
        if self._whole is None and not self._is_whole_refused:
            if self._budget.take(len(self) * rows[0].nbytes):
                self._whole = torch.empty(len(self), *rows.shape[1:], dtype=torch.float16)
            else:
                self._is_whole_refused = True
        if self._whole is not None:
            self._whole[indices] = rows
            self._held[indices] = True
