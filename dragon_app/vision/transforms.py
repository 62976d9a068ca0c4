"""From photos to what a network reads, the same way in validation and prediction. No files.

A photo is first made compact (uint8, shorter side = `resize_px`); training, validation and
prediction all start there, so that they see the same pixels.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import torch
from torch import Tensor
from torchvision.transforms import InterpolationMode
from torchvision.transforms.v2 import functional

from dragon_app.core.ports import Pixels

IMAGENET_MEAN = (0.485, 0.456, 0.406)
IMAGENET_STD = (0.229, 0.224, 0.225)
LONGEST_SIDES = 3  # a panorama keeps the middle of this many shorter sides: memory has an end


@dataclass(frozen=True, slots=True, kw_only=True)
class EvalTransform:
    """How a network reads a photo; kept with every checkpoint."""

    resize_px: int  # the shorter side of the whole photo
    crop_px: int  # the side of the square in its middle
    mean: tuple[float, float, float] = IMAGENET_MEAN
    std: tuple[float, float, float] = IMAGENET_STD
    interpolation: str = "bilinear"

    def resized(self, crop_px: int) -> "EvalTransform":
        """Return the same for another image size, with the same share of the photo in view."""
        return EvalTransform(
            resize_px=max(crop_px, round(self.resize_px * crop_px / self.crop_px)),
            crop_px=crop_px,
            mean=self.mean,
            std=self.std,
            interpolation=self.interpolation,
        )


def compact(photo: Pixels, transform: EvalTransform) -> Tensor:
    """Return a photo as uint8 (3, H, W) whose shorter side is `resize_px`."""
    tensor = torch.from_numpy(photo.copy()).permute(2, 0, 1)  # (3, H, W)
    height, width = tensor.shape[-2:]
    limit = LONGEST_SIDES * min(height, width)
    tensor = functional.center_crop(tensor, [min(height, limit), min(width, limit)])
    return functional.resize(
        tensor,
        [transform.resize_px],
        interpolation=InterpolationMode(transform.interpolation),
        antialias=True,
    ).contiguous()


def eval_view(photo: Tensor, transform: EvalTransform) -> Tensor:
    """Return the middle square (3, S, S) of a compact photo, uint8."""
    return functional.center_crop(photo, [transform.crop_px, transform.crop_px])


def normalised(views: Sequence[Tensor], transform: EvalTransform, device: torch.device) -> Tensor:
    """Return uint8 views as one batch (N, 3, S, S), float32, normalised, on the device."""
    return normalise(torch.stack(list(views)).to(device).float() / 255, transform)


def normalise(batch: Tensor, transform: EvalTransform) -> Tensor:
    """Return images (N, 3, S, S) from 0..1 as the network was taught to read them."""
    normal: Tensor = functional.normalize(batch, list(transform.mean), list(transform.std))
    return normal
