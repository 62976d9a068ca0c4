"""Noise, shading and light for drawn pictures, as arrays of floats. Knows no subject."""

from collections.abc import Iterable
from functools import cache

import numpy as np
from numpy.typing import ArrayLike, NDArray
from PIL import Image, ImageFilter

from dragon_app.core.ports import Pixels
from dragon_app.imaging.shapes import Points, mask, moved

Floats = NDArray[np.float32]
Colour = tuple[int, int, int]

_TILE_PX = 768


def floats(values: ArrayLike) -> Floats:
    """Return numbers as an array to reckon with."""
    return np.asarray(values, dtype=np.float32)


def shaded(colour: Colour, factor: float, plus: float = 0) -> Colour:
    """Return a colour darker or lighter by a factor, and by a sum."""
    red, green, blue = (int(min(max(value * factor + plus, 0), 255)) for value in colour)
    return red, green, blue


def blend(low: Colour, high: Colour, share: float) -> Colour:
    """Return the colour that lies at a share of the way between two."""
    red, green, blue = (
        int(first + (second - first) * share) for first, second in zip(low, high, strict=True)
    )
    return red, green, blue


def clouds(
    rng: np.random.Generator, size: tuple[int, int], *, stretch: tuple[int, int] = (1, 1)
) -> Floats:
    """Return soft noise (H, W), mean 0, deviation 1; `stretch` draws it out in x and y."""
    return _cut(rng, size, coarse=True, stretch=stretch)


def grain(
    rng: np.random.Generator, size: tuple[int, int], *, stretch: tuple[int, int] = (1, 1)
) -> Floats:
    """Return fine noise (H, W), mean 0, deviation 1; `stretch` draws it out in x and y."""
    return _cut(rng, size, coarse=False, stretch=stretch)


def _cut(
    rng: np.random.Generator, size: tuple[int, int], *, coarse: bool, stretch: tuple[int, int]
) -> Floats:
    """Take a random piece of a ready-made tile: making noise anew would cost ten times as much."""
    tile = _tile(int(rng.integers(3)), coarse)
    width, height = -(-size[0] // stretch[0]), -(-size[1] // stretch[1])
    left, top = (int(rng.integers(_TILE_PX - side + 1)) for side in (width, height))
    piece = tile[top : top + height, left : left + width]
    piece = piece[:: int(rng.choice((-1, 1))), :: int(rng.choice((-1, 1)))]
    if stretch != (1, 1):
        piece = np.asarray(Image.fromarray(piece).resize(size, Image.Resampling.BILINEAR))
    return piece


@cache
def _tile(seed: int, coarse: bool) -> Floats:
    rng = np.random.default_rng((seed, coarse))
    total = np.zeros((_TILE_PX, _TILE_PX), np.float32)
    cells, weight = (6, 1.0) if coarse else (48, 1.0)
    while cells <= _TILE_PX:
        layer = Image.fromarray(rng.standard_normal((cells, cells)).astype(np.float32))
        total += weight * np.asarray(
            layer.resize((_TILE_PX, _TILE_PX), Image.Resampling.BICUBIC), dtype=np.float32
        )
        cells, weight = cells * 2, weight * (0.52 if coarse else 0.8)
    total -= total.mean()
    return floats(total / total.std())


def cover(image: Image.Image) -> Floats:
    """Return a mask as 0..1 (H, W)."""
    return floats(np.asarray(image)) / np.float32(255)


def blurred(image: Image.Image, radius_px: float) -> Floats:
    """Return a mask blurred, as 0..1 (H, W)."""
    return cover(image.filter(ImageFilter.GaussianBlur(radius_px)))


def relief(heights: Floats) -> Floats:
    """Return how much a surface faces a light from the upper left, about -1..1 (H, W)."""
    down, right = np.gradient(heights)
    return np.asarray(-(down + right), dtype=np.float32)


def between(low: Colour, high: Colour, shares: Floats) -> Floats:
    """Mix two colours by shares (H, W) or (H, 1); return (H, W, 3) or (H, 1, 3) of 0..255."""
    first, second = floats(low), floats(high)
    return first + (second - first) * np.clip(shares, 0, 1)[..., None]


def paint(canvas: Floats, colour: Colour | Floats, covered: Floats | Image.Image) -> None:
    """Lay a colour, or a picture (H, W, 3), over the canvas where a mask covers it."""
    shares = cover(covered) if isinstance(covered, Image.Image) else covered
    canvas += (floats(colour) - canvas) * shares[..., None]


def fill(
    canvas: Floats, shapes: Iterable[Points], colour: Colour | Floats, share: float = 1.0
) -> None:
    """Paint shapes in one colour; works on the part of the canvas that they touch."""
    shapes = list(shapes)
    corners = np.vstack([shape[:, :2] for shape in shapes])
    height, width = canvas.shape[:2]
    left, top = (max(int(v) - 1, 0) for v in corners.min(axis=0))
    right, bottom = (
        min(int(v) + 2, side) for v, side in zip(corners.max(axis=0), (width, height), strict=True)
    )
    if left < right and top < bottom:
        touched = mask((right - left, bottom - top), moved(shapes, to=(-left, -top)))
        paint(canvas[top:bottom, left:right], colour, cover(touched) * np.float32(share))


def slope(size: tuple[int, int], angle: float) -> Floats:
    """Return a ramp (H, W) across the picture from -1 to 1 in the direction of an angle."""
    x = np.linspace(-1, 1, size[0], dtype=np.float32) * np.cos(angle)
    y = np.linspace(-1, 1, size[1], dtype=np.float32) * np.sin(angle)
    return np.asarray((x[None] + y[:, None]) / 1.4, dtype=np.float32)


def vignette(size: tuple[int, int]) -> Floats:
    """Return 0 in the middle to 1 in the corners (H, W)."""
    x = np.linspace(-1, 1, size[0], dtype=np.float32) ** 2
    y = np.linspace(-1, 1, size[1], dtype=np.float32) ** 2
    return np.asarray((x[None] + y[:, None]) / 2, dtype=np.float32)


def lit(canvas: Floats, rng: np.random.Generator) -> Pixels:
    """Give a picture its exposure, cast of colour, fall of light and sensor grain."""
    height, width = canvas.shape[:2]
    size = (width, height)
    light = (
        rng.uniform(0.82, 1.16)
        * (1 + rng.uniform(0.04, 0.2) * slope(size, rng.uniform(0, 2 * np.pi)))
        * (1 - rng.uniform(0.05, 0.34) * vignette(size))
    )
    warmth = rng.normal(0, 0.045)
    cast = floats([1 + warmth, 1 + rng.normal(0, 0.012), 1 - warmth])
    noise = grain(rng, size)[..., None] * rng.uniform(0.8, 2.4)
    return np.clip(canvas * light[..., None] * cast + noise, 0, 255).astype(np.uint8)
