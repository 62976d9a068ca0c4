"""What tells photos apart by what is to be seen on them."""

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from dragon_app.core.ports import Pixels

_SIDE = 32  # the picture is averaged to 32 x 32 greys
_BITS = 128
_FLAT = 2.0  # standard deviation of those greys below which JPEG's own noise decides the bits


def perceptual_hash(pixels: Pixels) -> str | None:
    """Return 128 bits in 32 hex digits; pictures that look alike differ in few of them.

    The bits are the signs of the lowest frequencies of the picture's cosine transform. None when
    the picture is too flat for them to mean anything.
    """
    image = Image.fromarray(pixels).convert("L").convert("F")
    greys = np.asarray(image.resize((_SIDE, _SIDE), Image.Resampling.BOX))  # (32, 32)
    if float(greys.std()) < _FLAT:
        return None
    waves = _COSINES @ greys @ _COSINES.T  # (16, 16)
    return np.packbits(waves[_ROWS, _COLUMNS] > 0).tobytes().hex()


def _cosines(count: int) -> NDArray[np.float32]:
    """Return the first cosines of the transform as rows (count, 32)."""
    places = np.arange(_SIDE) + 0.5
    return np.cos(np.pi / _SIDE * np.outer(np.arange(count), places)).astype(np.float32)


def _lowest(count: int) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Return rows and columns of the lowest frequencies by diagonal, the mean left out."""
    rows, columns = np.divmod(np.arange(count * count), count)
    order = np.lexsort((rows, rows + columns))[1 : _BITS + 1]
    return rows[order], columns[order]


_COSINES = _cosines(16)
_ROWS, _COLUMNS = _lowest(16)
