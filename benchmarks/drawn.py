"""Photos of about 100 KB that no camera took: two fairy-tale pictures laid over each other.

Every number gives another picture, unlike the others to the eye and to the perceptual hash.
"""

import io
from concurrent.futures import ProcessPoolExecutor
from functools import cache
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageOps

from dragon_app.imaging.tales import draw_tale

_WIDTH, _HEIGHT = 800, 600
_PICTURES = 48
_GRAIN = 6.0  # like a camera's noise: it is what brings a file to 100 KB
_QUALITY = 85


def photo(number: int) -> bytes:
    """Return a JPEG of 800 x 600; the same number gives the same bytes."""
    rng = np.random.default_rng((5, number))
    first, second = (_piece(rng, int(i)) for i in rng.choice(_PICTURES, 2, replace=False))
    mixed = np.asarray(Image.blend(first, second, rng.uniform(0.3, 0.7)), np.int16)
    shift = (int(rng.integers(_HEIGHT)), int(rng.integers(_WIDTH)))
    grainy = (mixed + np.roll(_grain(), shift, (0, 1))).clip(0, 255)  # (600, 800, 3)
    file = io.BytesIO()
    Image.fromarray(grainy.astype(np.uint8)).save(file, "JPEG", quality=_QUALITY)
    return file.getvalue()


def write_photos(folder: Path, count: int, *, classes: int = 1) -> list[Path]:
    """Write so many photos on all cores, into folders that name their classes."""
    paths = [folder / f"class-{i % classes}" / f"{i:06}.jpg" for i in range(count)]
    for parent in {path.parent for path in paths}:
        parent.mkdir(parents=True, exist_ok=True)
    with ProcessPoolExecutor() as pool:
        for path, data in zip(paths, pool.map(photo, range(count), chunksize=50), strict=True):
            path.write_bytes(data)
    return paths


@cache
def _picture(number: int) -> Image.Image:
    return Image.fromarray(draw_tale(number % 2, 500 + number)).resize((1200, 900))


@cache
def _grain() -> NDArray[np.int16]:
    noise = np.random.default_rng(6).normal(0, _GRAIN, (_HEIGHT, _WIDTH, 1))
    return noise.round().astype(np.int16)


def _piece(rng: np.random.Generator, number: int) -> Image.Image:
    """Cut a piece out of a picture, at times mirrored."""
    x, y = int(rng.integers(1200 - _WIDTH)), int(rng.integers(900 - _HEIGHT))
    piece = _picture(number).crop((x, y, x + _WIDTH, y + _HEIGHT))
    return ImageOps.mirror(piece) if rng.random() < 0.5 else piece
