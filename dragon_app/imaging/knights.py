"""Pictures of the six knights' shields: posed, lit, and set before a backdrop."""

import numpy as np
from PIL import Image, ImageDraw, ImageFilter

from dragon_app.core.ports import Pixels
from dragon_app.imaging.backdrops import BACKDROPS, Random, Size
from dragon_app.imaging.heraldry import FORMS, SHIELD_SIZE, shield
from dragon_app.imaging.light import Floats, clouds, floats, lit, slope
from dragon_app.imaging.shapes import Points

KNIGHTS = ("Arthur", "Lancelot", "Gawain", "Percival", "Galahad", "Tristan")

_ASPECTS = (1.0, 1.2, 4 / 3, 1.5, 0.8, 0.75)


def picture_size(rng: Random) -> Size:
    """Choose a format, upright or lying, 320 to 400 pixels on the longer side."""
    longer, aspect = int(rng.integers(320, 401)), float(rng.choice(_ASPECTS))
    shorter = round(longer * min(aspect, 1 / aspect))
    return (longer, shorter) if aspect >= 1 else (shorter, longer)


def draw_knight(knight: int, number: int) -> Pixels:
    """Draw picture `number` of a knight's shield; the same numbers give the same picture."""
    rng = np.random.default_rng((8, knight, number))
    size = picture_size(rng)
    kind = int(rng.integers(len(BACKDROPS)))
    canvas = BACKDROPS[kind](rng, size)
    art = shield(KNIGHTS[knight], int(rng.integers(FORMS)))
    posed = _posed(art, rng, size)
    cover = np.asarray(posed.getchannel("A"), dtype=np.float32) / 255
    _cast_shadow(canvas, posed.getchannel("A"), rng)
    surface = np.asarray(posed.convert("RGB"), dtype=np.float32)
    canvas += (_gleaming(surface, rng, size) - canvas) * cover[..., None]
    if BACKDROPS[kind].__name__ == "grass":
        canvas = _overgrown(canvas, posed, rng)
    if rng.random() < 0.25:
        dapple = np.clip(0.5 + 0.9 * clouds(rng, size), 0, 1)
        canvas *= (0.66 + 0.42 * dapple)[..., None]
    return lit(canvas, rng)


def _posed(art: Image.Image, rng: Random, size: Size) -> Image.Image:
    """Return the shield turned, tilted and placed on a clear picture of the size."""
    width, height = size
    tall = min(size) * rng.uniform(0.8, 0.98)
    scale = tall / SHIELD_SIZE[1]
    # Shrunk first: the transform looks at few source pixels and would leave steps at the edges.
    small = art.resize(
        (round(SHIELD_SIZE[0] * scale * 1.15), round(SHIELD_SIZE[1] * scale * 1.15)),
        Image.Resampling.LANCZOS,
    )
    if rng.random() < 0.3:
        small = small.filter(ImageFilter.GaussianBlur(rng.uniform(0.3, 0.8)))
    half = np.array([SHIELD_SIZE[0], SHIELD_SIZE[1]]) * scale / 2
    corners = np.array([[-1, -1], [1, -1], [1, 1], [-1, 1]]) * half
    yaw, pitch, roll = rng.normal(0, (0.26, 0.17, 0.12))
    corners = corners * (np.cos(yaw), np.cos(pitch))
    depth = 1 + (corners[:, 0] * np.sin(yaw) + corners[:, 1] * np.sin(pitch)) / (2.4 * tall)
    corners = corners / depth[:, None]
    cos, sin = np.cos(roll), np.sin(roll)
    corners = corners @ np.array([[cos, sin], [-sin, cos]])
    spare = np.maximum(np.array([width, height]) - np.ptp(corners, axis=0), 0) / 2
    centre = np.array([width, height]) / 2 + np.clip(rng.normal(0, 0.3, 2), -0.8, 0.8) * spare * 0.6
    return small.transform(
        size,
        Image.Transform.PERSPECTIVE,
        _perspective(corners + centre, small.size),
        Image.Resampling.BICUBIC,
    )


def _perspective(corners: Points, source: Size) -> list[float]:
    """Return Pillow's eight numbers that take the corners in the picture back to the source."""
    width, height = source
    rows, goals = [], []
    for (x, y), (u, v) in zip(
        corners, ((0, 0), (width, 0), (width, height), (0, height)), strict=True
    ):
        rows += [[x, y, 1, 0, 0, 0, -u * x, -u * y], [0, 0, 0, x, y, 1, -v * x, -v * y]]
        goals += [u, v]
    return [float(number) for number in np.linalg.solve(np.array(rows), np.array(goals))]


def _cast_shadow(canvas: Floats, cover: Image.Image, rng: Random) -> None:
    """Darken the backdrop below and beside the shield."""
    height, width = canvas.shape[:2]
    small = cover.resize((width // 4, height // 4), Image.Resampling.BOX)
    soft = small.filter(ImageFilter.GaussianBlur(rng.uniform(1.2, 3.5))).resize((width, height))
    shift = (int(rng.integers(4, 16)), int(rng.integers(-12, 13)))
    shade = np.roll(np.asarray(soft, dtype=np.float32) / 255, shift, axis=(0, 1))
    canvas *= (1 - rng.uniform(0.45, 0.7) * shade)[..., None]


def _gleaming(surface: Floats, rng: Random, size: Size) -> Floats:
    """Return the shield with a band of reflected light across it, and a little wear."""
    across = slope(size, rng.uniform(0.4, 1.2)) - rng.uniform(-0.3, 0.3)
    gleam = np.exp(-((across / rng.uniform(0.08, 0.22)) ** 2)) * rng.uniform(0, 62)
    wear = 1 + rng.uniform(0, 0.09) * clouds(rng, size)
    return floats(surface * rng.uniform(0.86, 1.08) * wear[..., None] + gleam[..., None])


def _overgrown(canvas: Floats, posed: Image.Image, rng: Random) -> Floats:
    """Return the picture with some blades of grass in front of the shield's lower edge."""
    sketch = Image.fromarray(np.clip(canvas, 0, 255).astype(np.uint8))
    large = sketch.resize((sketch.width * 2, sketch.height * 2), Image.Resampling.BICUBIC)
    draw = ImageDraw.Draw(large)
    left, _, right, bottom = posed.getchannel("A").getbbox() or (0, 0, *sketch.size)
    for _ in range(int(rng.integers(20, 70))):
        x, y = rng.uniform(left, right) * 2, (bottom + rng.normal(6, 8)) * 2
        dx, dy = rng.normal(2, 14), -abs(rng.normal(44, 18))
        shade = rng.uniform(0.6, 1.3)
        colour = (int(80 * shade), int(122 * shade), int(44 * shade))
        draw.line((x, y, x + dx * 0.3, y + dy * 0.6, x + dx, y + dy), fill=colour, width=3)
    return floats(np.array(large.reduce(2)))
