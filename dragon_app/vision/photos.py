"""The photos of a run as compact tensors: decoded once, then in memory or on the disk."""

import os
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor

import torch
from torch import Tensor

from dragon_app.core.errors import BadImageError, TrainingError
from dragon_app.core.training import TrainingPhoto
from dragon_app.features.shelf import Shelf, ShelfKey
from dragon_app.imaging.decode import decode_file
from dragon_app.vision.budget import Budget
from dragon_app.vision.transforms import EvalTransform, compact

DECODERS = min(8, os.cpu_count() or 1)


def compact_key(transform: EvalTransform) -> ShelfKey:
    """Return the shelf on which photos lie that do not fit the memory."""
    return ShelfKey(
        weights="",
        depth=0,
        transform=f"{transform.resize_px} px, {transform.interpolation}",
        arithmetic="",
        view="compact",
        dtype="uint8",
    )


class CompactPhotos:
    """Photos by index, as `compact` makes them. One thread at a time asks."""

    def __init__(
        self,
        photos: Sequence[TrainingPhoto],
        transform: EvalTransform,
        *,
        shelf: Shelf,
        budget: Budget,
    ) -> None:
        self.transform = transform
        self.targets = torch.tensor([photo.target for photo in photos])  # (N,)
        self.digests = tuple(photo.digest for photo in photos)
        self._photos = tuple(photos)
        self._shelf = shelf
        self._budget = budget
        self._kept: dict[int, Tensor] = {}

    def __len__(self) -> int:
        return len(self._photos)

    def batch(self, indices: Sequence[int], *, keeps: bool = True) -> list[Tensor]:
        """Return photos, each uint8 (3, H, W); with `keeps` the next time needs no decoding."""
        photos = {index: photo for index in indices if (photo := self._known(index)) is not None}
        absent = [index for index in dict.fromkeys(indices) if index not in photos]
        if absent:
            with ThreadPoolExecutor(min(DECODERS, len(absent))) as pool:
                decoded = list(pool.map(self._decode, [self._photos[index] for index in absent]))
            photos |= zip(absent, decoded, strict=True)
            if keeps:
                for index in absent:
                    self._keep(index, photos[index])
        return [photos[index] for index in indices]

    def _known(self, index: int) -> Tensor | None:
        if index in self._kept:
            return self._kept[index]
        row = self._shelf.read(self.digests[index])
        return None if row is None else torch.from_numpy(row)

    def _keep(self, index: int, photo: Tensor) -> None:
        if self._budget.take(photo.nbytes):
            self._kept[index] = photo
        else:
            self._shelf.put([self.digests[index]], [photo.numpy()])

    def _decode(self, photo: TrainingPhoto) -> Tensor:
        try:
            pixels = decode_file(photo.path, shortest_px=self.transform.resize_px)
        except BadImageError as error:
            raise TrainingError(
                f"A photo can no longer be read ({photo.path}: {error}). Remove it from the "
                "dataset and add it again."
            ) from error
        return compact(pixels, self.transform)
