"""The app's own arms, drawn for any size: gules, a dragon's head couped or."""

import io

import numpy as np
from PIL import Image, ImageChops

from dragon_app.imaging.light import Floats, blurred, floats, paint, relief, slope, vignette
from dragon_app.imaging.shapes import Path, Points, curve, ellipse, mask, moved, ribbon

_DRAWN_PX = 512
_GULES = (150, 22, 30)
_OR = (240, 194, 84)
_DARK = (70, 10, 18)


def icon(size_px: int) -> bytes:
    """Return a square PNG with clear corners."""
    picture = _picture().resize((size_px, size_px), Image.Resampling.LANCZOS)
    file = io.BytesIO()
    picture.save(file, "PNG", optimize=True)
    return file.getvalue()


def _picture() -> Image.Image:
    size = (_DRAWN_PX, _DRAWN_PX)
    canvas: Floats = np.ones((_DRAWN_PX, _DRAWN_PX, 3), np.float32) * floats(_GULES)
    canvas *= (1.12 - 0.2 * slope(size, 1.0) - 0.3 * vignette(size))[..., None]
    tile, inner = (mask(size, [_tile(inset)]) for inset in (0.0, 16.0))
    canvas += (floats(_OR) - canvas) * (1 - np.asarray(inner, dtype=np.float32) / 255)[..., None]
    canvas += 420 * relief(blurred(tile, 9) - blurred(inner, 6))[..., None]
    head = ImageChops.multiply(mask(size, moved(_head(), scale=_DRAWN_PX / 100)), inner)
    paint(canvas, _DARK, 0.7 * np.clip(1.6 * blurred(head, 5), 0, 1))
    shade = 1 + 2.6 * relief(blurred(head, 7))
    paint(canvas, np.clip(floats(_OR) * shade[..., None], 0, 255), head)
    paint(canvas, _DARK, mask(size, moved(_lines(), scale=_DRAWN_PX / 100)))
    picture = Image.fromarray(np.clip(canvas, 0, 255).astype(np.uint8))
    picture.putalpha(tile)
    return picture


def _tile(inset: float) -> Points:
    """Return a square with rounded corners, in pixels."""
    reach, turn = _DRAWN_PX / 2 - inset, np.linspace(0, 2 * np.pi, 240, endpoint=False)
    cos, sin = np.cos(turn), np.sin(turn)
    around = np.column_stack(
        [np.sign(cos) * np.abs(cos) ** 0.36, np.sign(sin) * np.abs(sin) ** 0.36]
    )
    return around * reach + _DRAWN_PX / 2


def _head() -> list[Points]:
    """Return a dragon's head and neck that look to the left, in a box of 100."""
    neck: Path = [(58, 34, 26), (68, 48, 27), (69, 64, 30), (60, 80, 38), (52, 96, 46)]
    skull = curve(
        [
            (66, 22), (56, 18), (46, 22), (40, 29), (29, 31), (19, 31), (12, 36), (13, 42),
            (20, 44.5), (30, 45), (40, 47), (48, 51), (60, 54), (72, 44),
        ],
        closed=True,
    )  # fmt: skip
    jaw = curve(
        [
            (58, 50),
            (44, 52),
            (34, 54),
            (24, 54),
            (19, 56.5),
            (24, 60.5),
            (36, 62),
            (50, 61),
            (62, 58),
        ],
        closed=True,
    )
    horns: list[Path] = [
        [(58, 24, 11), (68, 14, 8.5), (79, 11, 5), (90, 14, 0.6)],
        [(66, 30, 9), (76, 25, 6.5), (84, 26, 4), (91, 31, 0.6)],
    ]
    spikes = [
        np.array([[x - 6, y - 7], [x + 11, y + 2], [x - 6, y + 8]], np.float64)
        for x, y in ((79, 42), (83, 55), (82, 68), (79, 81))
    ]
    nostril = curve([(12, 38), (13, 30), (18, 27), (22, 32)], closed=True)
    fang = np.array([[20, 43], [24, 51], [27, 43.5]], np.float64)
    return [ribbon(neck), skull, jaw, nostril, fang, *spikes, *map(ribbon, horns)]


def _lines() -> list[Points]:
    """Return the eye, the nostril and the line of the throat."""
    eye = curve([(41, 34), (46, 30), (53, 30.5), (48, 36)], closed=True)
    throat: list[Path] = [
        [(62, 58, 0.6), (57, 68, 2.2), (48, 77, 0.6)],
        [(70, 62, 0.6), (66, 74, 2.2), (57, 84, 0.6)],
    ]
    return [eye, ellipse(17.5, 35.5, 1.7, 1.2), *map(ribbon, throat)]
