"""Any Pillow mode to upright 8-bit RGB: orientation, transparency, deep greys. Opens no file."""

import numpy as np
from numpy.typing import NDArray
from PIL import Image

_ORIENTATION_TAG = 0x0112
_TURNS = {
    2: Image.Transpose.FLIP_LEFT_RIGHT,
    3: Image.Transpose.ROTATE_180,
    4: Image.Transpose.FLIP_TOP_BOTTOM,
    5: Image.Transpose.TRANSPOSE,
    6: Image.Transpose.ROTATE_270,
    7: Image.Transpose.TRANSVERSE,
    8: Image.Transpose.ROTATE_90,
}
_REDUCIBLE = {"L", "LA", "RGB", "RGBA", "CMYK"}
_SENSOR_RANGES = (2**8 - 1, 2**10 - 1, 2**12 - 1, 2**14 - 1, 2**16 - 1)


def turn_upright(image: Image.Image) -> Image.Image:
    """Turn a loaded image as its EXIF orientation says; before loading, TIFF and PNG lack it."""
    turn = _TURNS.get(image.getexif().get(_ORIENTATION_TAG, 1))
    return image if turn is None else image.transpose(turn)


def to_rgb(image: Image.Image, *, reduced_by: int = 1) -> Image.Image:
    """Convert a loaded image to RGB, transparent parts on white, each side divided."""
    if reduced_by > 1 and image.mode in _REDUCIBLE and "transparency" not in image.info:
        image, reduced_by = image.reduce(reduced_by), 1  # before the copies that conversion makes
    rgb = _converted(image)
    return rgb.reduce(reduced_by) if reduced_by > 1 else rgb


def _converted(image: Image.Image) -> Image.Image:
    if image.mode == "RGB" and "transparency" not in image.info:
        return image
    if image.mode.startswith("I") or image.mode == "F":
        return Image.fromarray(_to_8_bit(np.asarray(image))).convert("RGB")
    if image.has_transparency_data:
        layer = image.convert("RGBA")
        rgb = Image.new("RGB", image.size, "white")
        rgb.paste(layer, mask=layer.getchannel("A"))
        return rgb
    return image.convert("RGB")


def _to_8_bit(values: NDArray[np.generic]) -> NDArray[np.uint8]:
    """Scale greys deeper than 8 bits by their range.

    Whole numbers from 0 count in the depth that holds the brightest (a 12-bit sensor writes 16-bit
    files), fractions from 0 to 1 as shares of white, everything else from its least to its most.
    """
    grey = np.nan_to_num(values.astype(np.float32), nan=0.0, posinf=0.0, neginf=0.0)
    low, high = float(grey.min()), float(grey.max())
    if low >= 0 and values.dtype.kind == "f" and high <= 1:
        low, high = 0.0, 1.0
    elif low >= 0 and high <= _SENSOR_RANGES[-1]:
        low, high = 0.0, float(next(top for top in _SENSOR_RANGES if high <= top))
    grey -= low
    grey *= 255 / max(high - low, 1e-30)
    return np.rint(grey).astype(np.uint8)
