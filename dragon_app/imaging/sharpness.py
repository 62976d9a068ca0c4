"""How sharp a photo is, to tell the best of a burst. Pure numbers of pixels."""

import numpy as np

from dragon_app.core.ports import Pixels


def sharpness(pixels: Pixels) -> float:
    """Return the variance of the Laplacian of the green channel: edges are strong in sharp photos.

    Comparable among photos of one scene and size only.
    """
    green = pixels[..., 1].astype(np.int16)  # (H, W)
    if min(green.shape) < 3:
        return 0.0
    middle = green[1:-1, 1:-1]
    edges = 4 * middle - green[:-2, 1:-1] - green[2:, 1:-1] - green[1:-1, :-2] - green[1:-1, 2:]
    return float(edges.var(dtype=np.float32))
