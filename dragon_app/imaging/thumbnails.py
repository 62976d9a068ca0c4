"""Small WebP pictures for the grid. Knows pixels; knows no file and no table."""

import io

from PIL import Image

from dragon_app.core.ports import Pixels

_QUALITY = 80
_METHOD = 2  # 0 fast to 6 small: 2 costs half the time of the default for 3 % more bytes


def thumbnail(pixels: Pixels, *, side_px: int = 256) -> bytes:
    """Return a WebP whose longer side is at most `side_px`; small photos keep their size."""
    image = Image.fromarray(pixels)
    image.thumbnail((side_px, side_px), Image.Resampling.LANCZOS, reducing_gap=2.0)
    file = io.BytesIO()
    image.save(file, "WEBP", quality=_QUALITY, method=_METHOD)
    return file.getvalue()
