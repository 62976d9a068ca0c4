"""How light and how colourful a photo is, and what colour its border has. Numbers of pixels."""

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from dragon_app.core.ports import Pixels
from dragon_app.core.vectors import Floats

SIDE_PX = 256
_BORDER = 0.03  # of the shorter side: a frame that somebody drew is seldom thinner
_AROUND = 0.1  # of the shorter side: what is drawn there does not count for light and colour
_GREY = np.array([0.299, 0.587, 0.114], np.float32)


def tint_of(pixels: Pixels) -> Floats:
    """Return a photo's tint (6,): mean light and saturation well inside, then red, green, blue and
    unevenness of its border, each 0..1.
    """
    image = Image.fromarray(pixels)
    image.thumbnail((SIDE_PX, SIDE_PX))
    colours: Floats = np.asarray(image, np.float32) / np.float32(255)  # (H, W, 3)
    grey = np.asarray(colours @ _GREY, np.float32)
    highest = colours.max(2)
    saturation = (highest - colours.min(2)) / np.maximum(highest, 1e-3)
    border = colours[~_inside(colours, _BORDER)]  # (M, 3)
    within = _inside(colours, _AROUND)
    if not within.any():  # a photo of a few pixels
        within = np.ones_like(within)
    return np.array(
        [grey[within].mean(), saturation[within].mean(), *border.mean(0), border.std(0).mean()],
        np.float32,
    )


def _inside(colours: Floats, share: float) -> NDArray[np.bool_]:
    """Return what is further from every edge than a share of the shorter side, (H, W)."""
    width = max(1, round(share * min(colours.shape[:2])))
    inside = np.zeros(colours.shape[:2], bool)
    inside[width:-width, width:-width] = True
    return inside
