"""How sharp a photo is, to tell the best of a burst. Pure numbers of pixels."""

from typing import TypeVar

import numpy as np
from numpy.typing import NDArray

from dragon_app.core.ports import Pixels

Number = TypeVar("Number", np.int16, np.float32)


def sharpness(pixels: Pixels) -> float:
    """Return the variance of the Laplacian of the green channel: edges are strong in sharp photos.

    Comparable among photos of one scene and size only.
    """
    return float(laplacian(pixels[..., 1].astype(np.int16)).var(dtype=np.float32))


def laplacian(plane: NDArray[Number]) -> NDArray[Number]:
    """Return how far each point of a plane (H, W) lies from its neighbours, (H - 2, W - 2).

    A plane without an inner point has one number, 0.
    """
    if min(plane.shape) < 3:
        return np.zeros((1, 1), plane.dtype)
    around = plane[:-2, 1:-1] + plane[2:, 1:-1] + plane[1:-1, :-2] + plane[1:-1, 2:]
    return np.asarray(4 * plane[1:-1, 1:-1] - around)
