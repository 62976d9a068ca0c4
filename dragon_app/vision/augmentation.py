"""Training photos varied: how, is decided by photo and view alone, so that runs repeat.

A whole batch goes through each step at once: on two busy cores a photo at a time took forty times
as long, most of it threads waiting for one another. Compact photos are hardly larger than the
image size, so that one bilinear look at them needs no antialiasing.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from hashlib import sha512

import numpy as np
import torch
from torch import Tensor
from torch.nn import functional

from dragon_app.core.config import Augment
from dragon_app.vision.transforms import EvalTransform, eval_view, normalise, normalised

LUMA = (0.299, 0.587, 0.114)
_CHANCES = 9  # numbers that decide how a photo is varied
_MIRROR = 4  # the one that is below a half for views that are mirrored


@dataclass(frozen=True, slots=True, kw_only=True)
class _Strength:
    smallest_share: float  # of the largest square in the photo that a view shows
    stretch: float  # how far the view may be from square
    degrees: float = 0.0
    colour: float = 0.0  # how far brightness, contrast and saturation may move


_STRENGTHS = {
    Augment.LIGHT: _Strength(smallest_share=0.6, stretch=1.15),
    Augment.MEDIUM: _Strength(smallest_share=0.4, stretch=1.25, colour=0.2),
    Augment.STRONG: _Strength(smallest_share=0.2, stretch=4 / 3, colour=0.4, degrees=15.0),
}


def recipe(augment: Augment, *, mirror: bool) -> str:
    """Return in words how photos are varied, so that a change of it is noticed."""
    if augment is Augment.OFF:
        return ""
    return repr(_STRENGTHS[augment]) + ("" if mirror else ", never mirrored")


def chances(digests: Sequence[str], view: str, *, mirror: bool = True) -> Tensor:
    """Return numbers (N, 9), 0..1, that belong to photos in one view and to nothing else.

    Without `mirror` none of the views is mirrored, and the rest of each is the same.
    """
    hashes = b"".join(sha512(f"{view} {digest}".encode()).digest() for digest in digests)
    numbers = np.frombuffer(hashes, "<u4").reshape(len(digests), -1)[:, :_CHANCES]
    chance = torch.from_numpy((numbers / 2.0**32).astype(np.float32))
    if not mirror:
        chance[:, _MIRROR] = 1.0
    return chance


def train_views(
    photos: Sequence[Tensor],
    transform: EvalTransform,
    augment: Augment,
    *,
    chance: Tensor,
    device: torch.device,
) -> Tensor:
    """Return views (N, 3, S, S), normalised, of compact photos; when off, those of validation."""
    if augment is Augment.OFF:
        return normalised([eval_view(photo, transform) for photo in photos], transform, device)
    strength = _STRENGTHS[augment]
    padded = _pad(photos)  # (N, 3, H, W) uint8
    sizes = torch.tensor([photo.shape[-2:] for photo in photos])  # (N, 2) height, width
    grid = _grid(sizes, chance, strength, transform.crop_px)  # (N, S, S, 2) pixels, x before y
    whole = torch.tensor([padded.shape[3], padded.shape[2]])
    views = functional.grid_sample(
        padded.to(device).float() / 255,
        (2 * grid / whole - 1).to(device),
        mode="bilinear",
        align_corners=False,
    )
    if strength.colour:
        views = _recoloured(views, (2 * chance[:, 6:] - 1).to(device) * strength.colour + 1)
    return normalise(views, transform)


def _pad(photos: Sequence[Tensor]) -> Tensor:
    height, width = (max(photo.shape[side] for photo in photos) for side in (1, 2))
    padded = np.zeros((len(photos), 3, height, width), np.uint8)
    for place, photo in enumerate(photos):
        padded[place, :, : photo.shape[1], : photo.shape[2]] = photo.numpy()
    return torch.from_numpy(padded)


def _grid(sizes: Tensor, chance: Tensor, strength: _Strength, crop_px: int) -> Tensor:
    """Return for each pixel of each view the place in the photo that it shows."""
    height, width = sizes.float().unbind(1)  # (N,)
    share = strength.smallest_share + (1 - strength.smallest_share) * chance[:, 0]
    stretch = ((2 * chance[:, 1] - 1) * math.log(strength.stretch)).exp()
    side = torch.minimum(height, width) * share.sqrt()
    part_height = torch.minimum(height, side / stretch.sqrt())
    part_width = torch.minimum(width, side * stretch.sqrt())
    middle_y = part_height / 2 + chance[:, 2] * (height - part_height)
    middle_x = part_width / 2 + chance[:, 3] * (width - part_width)
    mirror = torch.where(chance[:, _MIRROR] < 0.5, -1.0, 1.0)
    angle = (2 * chance[:, 5] - 1) * math.radians(strength.degrees)

    line = (torch.arange(crop_px) + 0.5) / crop_px * 2 - 1  # (S,), -1..1
    down, along = (_each(part) for part in (part_height / 2, part_width / 2 * mirror))
    v, u = down * line[:, None], along * line[None, :]  # (N, S, 1), (N, 1, S)
    cos, sin = _each(angle.cos()), _each(angle.sin())
    x = _each(middle_x) + cos * u - sin * v  # (N, S, S)
    y = _each(middle_y) + sin * u + cos * v
    x = torch.minimum(x.clamp(min=0.5), _each(width) - 0.5)  # a turned corner repeats the edge
    y = torch.minimum(y.clamp(min=0.5), _each(height) - 0.5)
    return torch.stack([x, y], dim=-1)


def _each(values: Tensor) -> Tensor:
    return values[:, None, None]


def _recoloured(views: Tensor, factors: Tensor) -> Tensor:
    """Change brightness, contrast and saturation of views 0..1 by factors (N, 3)."""
    brightness, contrast, saturation = factors[:, :, None, None, None].unbind(1)
    views = (views * brightness).clamp(0, 1)
    grey = views.mean((1, 2, 3), keepdim=True)
    views = (grey + contrast * (views - grey)).clamp(0, 1)
    luma = torch.tensor(LUMA, device=views.device)[:, None, None]
    grey = (views * luma).sum(1, keepdim=True)
    return (grey + saturation * (views - grey)).clamp(0, 1)
