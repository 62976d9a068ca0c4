"""A map of warm and cold places, laid over its photo. Knows pixels; knows no network and no file.

Warm is bright and yellow, cold is dark: light and dark tell them apart where colours do not.
"""

import io

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from dragon_app.core.heat import HeatMap
from dragon_app.core.ports import Pixels
from dragon_app.core.vectors import Floats

VEIL_PX = 384  # the longer side: the map itself has a few places
_DARK = (10, 12, 40)
_WARM = (255, 196, 0)
_COLD_ALPHA, _WARM_ALPHA, _UNSEEN_ALPHA = 0.6, 0.4, 0.8


def spread(heat: HeatMap, *, width_px: int, height_px: int) -> Floats:
    """Return the map over the whole photo (H, W), 0 to 1; -1 where the network did not look."""
    wide = max(1, min(width_px, round(width_px * heat.seen[0])))
    high = max(1, min(height_px, round(height_px * heat.seen[1])))
    image = Image.fromarray(heat.values).resize((wide, high), Image.Resampling.BILINEAR)
    whole = np.full((height_px, width_px), -1, np.float32)
    left, top = (width_px - wide) // 2, (height_px - high) // 2
    whole[top : top + high, left : left + wide] = np.asarray(image).clip(0, 1)
    return whole


def veil(heat: HeatMap, *, width_px: int, height_px: int) -> bytes:
    """Return a PNG with the shape of the photo that darkens what was cold and warms the rest."""
    factor = min(1.0, VEIL_PX / max(width_px, height_px))
    width, height = max(1, round(width_px * factor)), max(1, round(height_px * factor))
    return _png(_veil(spread(heat, width_px=width, height_px=height)))


def overlaid(photo: Pixels, heat: HeatMap) -> bytes:
    """Return the photo (H, W, 3) under its map, as a PNG."""
    height, width = photo.shape[:2]
    cover = _veil(spread(heat, width_px=width, height_px=height)).astype(np.float32)
    alpha = cover[..., 3:] / 255
    return _png((photo * (1 - alpha) + cover[..., :3] * alpha).round().astype(np.uint8))


def _veil(whole: Floats) -> NDArray[np.uint8]:
    """Return colours and their strength (H, W, 4) for a map (H, W)."""
    warmth = np.sqrt(whole.clip(0, 1))[..., None]  # the root: half as warm is still well seen
    colours = (1 - warmth) * np.array(_DARK) + warmth * np.array(_WARM)
    # Dark, then clear, then yellow.
    alpha = np.where(warmth < 0.5, (1 - 2 * warmth) * _COLD_ALPHA, (2 * warmth - 1) * _WARM_ALPHA)
    alpha[whole < 0] = _UNSEEN_ALPHA
    return np.concatenate([colours, alpha * 255], axis=2).round().astype(np.uint8)


def _png(pixels: NDArray[np.uint8]) -> bytes:
    file = io.BytesIO()
    Image.fromarray(pixels).save(file, "PNG")
    return file.getvalue()
