"""How light, how even and how sharp a photo is at the size of a thumbnail. Numbers of pixels."""

import numpy as np
from PIL import Image

from dragon_app.core.ports import Pixels
from dragon_app.core.vectors import Floats
from dragon_app.imaging.sharpness import laplacian

SIDE_PX = 256  # blur that cannot be seen there does no harm to what a network reads
_GREY = np.array([0.299, 0.587, 0.114], np.float32)


def look_of(pixels: Pixels) -> Floats:
    """Return a photo's look (3,) as `core.looks` reads it, whatever its size."""
    image = Image.fromarray(pixels)
    image.thumbnail((SIDE_PX, SIDE_PX))
    grey = np.asarray(np.asarray(image, np.float32) @ _GREY / 255, np.float32)  # (H, W)
    light, spread = np.quantile(grey, 0.95), grey.std()
    return np.array([light, spread, laplacian(grey).std() / max(spread, 1e-3)], np.float32)
