"""What training sees of a batch of small photos: crops, turns, colours, mixtures. Tensors alone.

Everything works on whole batches and draws from one generator: one number per photo, no loops.
"""

from dataclasses import dataclass

import torch
from torch import Tensor
from torch.nn import functional

MEAN = (0.485, 0.456, 0.406)
STD = (0.229, 0.224, 0.225)
_GREY = (0.299, 0.587, 0.114)


@dataclass(frozen=True, slots=True, kw_only=True)
class Variation:
    """How far a view may be from its photo."""

    smallest_share: float = 0.25  # of the photo's area
    stretch: float = 4 / 3  # how far a crop may be from square
    degrees: float = 0.0
    colour: float = 0.4  # how far brightness, contrast and saturation may move
    grey: float = 0.1  # share of the views without colours
    mixup: float = 0.0  # alpha of the Beta distribution; 0: off


def normalised(pixels: Tensor) -> Tensor:
    """Return uint8 or 0..1 float images (N, 3, H, W) as a network reads them, channels last."""
    images = pixels.float() / 255 if pixels.dtype == torch.uint8 else pixels
    mean = torch.tensor(MEAN, device=images.device).view(3, 1, 1)
    std = torch.tensor(STD, device=images.device).view(3, 1, 1)
    return ((images - mean) / std).contiguous(memory_format=torch.channels_last)


def resized(pixels: Tensor, size_px: int) -> Tensor:
    """Return whole uint8 photos (N, 3, S, S) at another size, normalised."""
    images = pixels.float() / 255
    if images.shape[-1] != size_px:
        images = functional.interpolate(
            images, size=(size_px, size_px), mode="bilinear", antialias=True
        )
    return normalised(images)


def views(pixels: Tensor, size_px: int, variation: Variation, generator: torch.Generator) -> Tensor:
    """Return one varied view (N, 3, size, size), normalised, of each uint8 photo (N, 3, S, S)."""
    images = pixels.float() / 255
    theta = _placements(len(pixels), variation, generator).to(images.device)  # (N, 2, 3)
    grid = functional.affine_grid(theta, [len(pixels), 3, size_px, size_px], align_corners=False)
    images = functional.grid_sample(
        images, grid, mode="bilinear", padding_mode="reflection", align_corners=False
    )
    return normalised(_coloured(images, variation, generator))


def _placements(photos: int, variation: Variation, generator: torch.Generator) -> Tensor:
    """Return affine maps (N, 2, 3) from a view to its photo: crop, mirror, turn."""

    def draw(low: float, high: float) -> Tensor:
        return low + (high - low) * torch.rand(photos, generator=generator)

    side = draw(variation.smallest_share, 1.0).sqrt()
    stretch = torch.exp(draw(-1.0, 1.0) * torch.tensor(variation.stretch).log() / 2)
    half_width, half_height = (side * stretch).clamp(max=1), (side / stretch).clamp(max=1)
    across, down = draw(-1.0, 1.0) * (1 - half_width), draw(-1.0, 1.0) * (1 - half_height)
    mirror = torch.where(draw(0.0, 1.0) < 0.5, -1.0, 1.0)
    angle = draw(-1.0, 1.0) * variation.degrees * torch.pi / 180
    cos, sin = angle.cos(), angle.sin()
    top = torch.stack([half_width * cos * mirror, -half_width * sin, across], 1)
    bottom = torch.stack([half_height * sin * mirror, half_height * cos, down], 1)
    return torch.stack([top, bottom], 1)


def _coloured(images: Tensor, variation: Variation, generator: torch.Generator) -> Tensor:
    """Move brightness, contrast and saturation of images (N, 3, H, W) in 0..1, some to grey."""

    def draw(centre: float) -> Tensor:
        numbers = 2 * torch.rand(len(images), 1, 1, 1, generator=generator) - 1
        return (centre + variation.colour * numbers).to(images.device)

    is_grey = torch.rand(len(images), 1, 1, 1, generator=generator) < variation.grey
    brightness, contrast, saturation = draw(1.0), draw(1.0), draw(1.0)
    weights = torch.tensor(_GREY, device=images.device).view(1, 3, 1, 1)
    saturation = torch.where(is_grey.to(images.device), 0.0, saturation)
    grey = (images * weights).sum(1, keepdim=True)
    images = torch.lerp(grey, images, saturation)
    centre = grey.mean((2, 3), keepdim=True)
    return (centre + (images - centre) * contrast).mul(brightness).clamp(0, 1)


def mixed(images: Tensor, alpha: float, generator: torch.Generator) -> tuple[Tensor, Tensor, float]:
    """Return images mixed with others of the batch, whose (N,), and the first's share."""
    share = float(torch._sample_dirichlet(torch.tensor([[alpha, alpha]]), generator)[0, 0])
    order = torch.randperm(len(images), generator=generator).to(images.device)
    return torch.lerp(images[order], images, share), order, share
