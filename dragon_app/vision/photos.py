"""The photos of a run as compact tensors: decoded once, kept in memory as far as it reaches."""

import os
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor

import torch
from torch import Tensor

from dragon_app.core.errors import BadImageError, TrainingError
from dragon_app.core.training import TrainingPhoto
from dragon_app.imaging.decode import decode_file
from dragon_app.vision.observer import Observer
from dragon_app.vision.transforms import EvalTransform, compact

BUDGET_BYTES = 2**30
DECODERS = min(8, os.cpu_count() or 1)
BATCH = 32


class CompactPhotos:
    """Photos by index, as `compact` makes them; those beyond the budget are decoded each time."""

    def __init__(
        self,
        photos: Sequence[TrainingPhoto],
        transform: EvalTransform,
        *,
        budget_bytes: int = BUDGET_BYTES,
    ) -> None:
        self.transform = transform
        self.targets = torch.tensor([photo.target for photo in photos])  # (N,)
        self._photos = tuple(photos)
        self._budget_bytes = budget_bytes
        self._kept: list[Tensor] = []  # a prefix of the photos

    def __len__(self) -> int:
        return len(self._photos)

    def load(self, observer: Observer) -> None:
        """Decode photos until all are in memory or the budget is used up."""
        words = "Reading photos"
        left_bytes = self._budget_bytes
        with ThreadPoolExecutor(DECODERS) as pool:
            for start in range(0, len(self), BATCH):
                observer.check()
                observer.phase(words, start, len(self))
                for photo in pool.map(self._decode, self._photos[start : start + BATCH]):
                    left_bytes -= photo.nbytes
                    if left_bytes < 0:
                        return
                    self._kept.append(photo)
        observer.phase(words, len(self), len(self))

    def batch(self, indices: Sequence[int]) -> list[Tensor]:
        """Return photos, each uint8 (3, H, W), in the order asked for."""
        absent = [index for index in indices if index >= len(self._kept)]
        if not absent:
            return [self._kept[index] for index in indices]
        with ThreadPoolExecutor(DECODERS) as pool:
            decoded = pool.map(self._decode, [self._photos[index] for index in absent])
            read = dict(zip(absent, decoded, strict=True))
        return [read[index] if index in read else self._kept[index] for index in indices]

    def _decode(self, photo: TrainingPhoto) -> Tensor:
        try:
            pixels = decode_file(photo.path, shortest_px=self.transform.resize_px)
        except BadImageError as error:
            raise TrainingError(
                f"A photo can no longer be read ({photo.path}: {error}). Remove it from the "
                "dataset and add it again."
            ) from error
        return compact(pixels, self.transform)
