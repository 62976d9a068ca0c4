"""What a shield hangs or lies on: walls, wood, grass, sky, cloth, tents. Knows no shield."""

from collections.abc import Callable

import numpy as np
from PIL import Image, ImageDraw

from dragon_app.imaging.light import (
    Colour,
    Floats,
    between,
    blurred,
    clouds,
    floats,
    grain,
    paint,
    relief,
    shaded,
)
from dragon_app.imaging.shapes import Points, mask

Size = tuple[int, int]
Random = np.random.Generator

_CLOTHS: tuple[Colour, ...] = (
    (122, 34, 36), (46, 66, 112), (44, 84, 58), (150, 112, 52), (92, 58, 92), (168, 158, 136),
    (70, 64, 62),
)  # fmt: skip


def stone_wall(rng: Random, size: Size) -> Floats:
    """Return a wall of squared stones in courses."""
    width, height = size
    base = floats([(136, 130, 120), (150, 136, 112), (112, 114, 118)][rng.integers(3)])
    sketch = Image.new("RGB", (width * 2, height * 2))
    stones = Image.new("L", sketch.size)
    draw, cover = ImageDraw.Draw(sketch), ImageDraw.Draw(stones)
    course = rng.uniform(34, 60) * 2
    y = -rng.uniform(0, course)
    while y < height * 2:
        tall = course * rng.uniform(0.86, 1.14)
        x = -rng.uniform(0, course * 2)
        while x < width * 2:
            wide = course * rng.uniform(1.0, 2.1)
            tone = base * rng.uniform(0.8, 1.14) + rng.normal(0, 5, 3)
            inset = (x + 3, y + 3, x + wide - 3, y + tall - 3)
            draw.rectangle((x, y, x + wide, y + tall), fill=tuple(int(c) for c in tone))
            cover.rounded_rectangle(inset, radius=9, fill=255)
            x += wide
        y += tall
    mortar, solid = base * 0.52, stones.reduce(2)
    canvas = floats(np.array(sketch.reduce(2)))
    canvas *= (1 + 0.07 * clouds(rng, size) + 0.05 * grain(rng, size))[..., None]
    soft = blurred(solid, 1.2)
    laid = mortar + (canvas - mortar) * soft[..., None]
    return floats(laid + 95 * relief(blurred(solid, 1.6))[..., None])


def planks(rng: Random, size: Size) -> Floats:
    """Return boards side by side, with the grain along them."""
    width, height = size
    base = floats([(142, 98, 58), (112, 74, 46), (158, 126, 88), (104, 92, 80)][rng.integers(4)])
    canvas = np.empty((height, width, 3), np.float32)
    gaps = np.zeros((height, width), np.float32)
    x = -int(rng.integers(60))
    while x < width:
        wide = int(rng.integers(44, 84))
        left, right = max(x, 0), min(x + wide, width)
        if right > left:
            veins = grain(rng, (wide, height), stretch=(1, 24))[:, : right - left]
            veins = veins + 0.7 * clouds(rng, (wide, height), stretch=(1, 8))[:, : right - left]
            canvas[:, left:right] = base * rng.uniform(0.84, 1.14)
            canvas[:, left:right] *= (1 + 0.085 * veins)[..., None]
            gaps[:, left : min(left + 3, right)] = 1
        x += wide
    dark = np.asarray(Image.fromarray((gaps * 255).astype(np.uint8)), dtype=np.float32) / 255
    canvas *= (1 - 0.7 * dark)[..., None]
    return canvas


def grass(rng: Random, size: Size) -> Floats:
    """Return a meadow from above, blade by blade, with a few flowers."""
    width, height = size
    sketch = Image.fromarray(
        between((38, 70, 24), (84, 122, 44), 0.5 + 0.22 * clouds(rng, size)).astype(np.uint8)
    ).resize((width * 2, height * 2))
    draw = ImageDraw.Draw(sketch)
    count = 1500
    roots = rng.uniform((0, 0), (width * 2, height * 2), (count, 2))
    leans = rng.normal((4, -26), (16, 12), (count, 2))
    shades = rng.uniform(0.62, 1.34, count)
    tone = floats([(82, 124, 42), (100, 128, 52), (66, 110, 50)][rng.integers(3)])
    for (x, y), (dx, dy), shade in zip(roots, leans, shades, strict=True):
        colour = tuple(int(min(c * shade, 255)) for c in tone)
        draw.line((x, y, x + dx, y + dy), fill=colour, width=3)
    for x, y in rng.uniform((0, 0), (width * 2, height * 2), (int(rng.integers(0, 26)), 2)):
        petal = ((240, 238, 226), (238, 204, 70))[int(rng.integers(2))]
        for dx, dy in ((5, 0), (-5, 0), (0, 5), (0, -5)):
            draw.ellipse((x + dx - 4, y + dy - 4, x + dx + 4, y + dy + 4), fill=petal)
        draw.ellipse((x - 3, y - 3, x + 3, y + 3), fill=(216, 150, 40))
    return floats(np.array(sketch.reduce(2)))


def open_sky(rng: Random, size: Size) -> Floats:
    """Return sky with clouds over a low line of hills."""
    width, height = size
    down = np.linspace(0, 1, height, dtype=np.float32)[:, None]
    high, low = (((66, 122, 196), (186, 214, 236)), ((92, 116, 160), (226, 206, 190)))[
        int(rng.integers(2))
    ]
    canvas = between(high, low, down) * np.ones((1, width, 1), np.float32)
    puffs = np.clip(clouds(rng, size, stretch=(2, 1)) * 0.55 - 0.1, 0, 1) * (1 - 0.4 * down)
    paint(canvas, (246, 244, 240), puffs)
    for depth in range(2):
        ridge = height * (0.84 + 0.08 * depth) + 9 * clouds(rng, (width, 1), stretch=(4, 1))[0]
        edge = np.column_stack([np.arange(width), ridge])
        hill = np.vstack([edge, [(width, height), (0, height)]])
        paint(canvas, ((104, 130, 118), (74, 104, 66))[depth], mask(size, [hill]))
    return canvas


def cloth(rng: Random, size: Size) -> Floats:
    """Return a hanging in soft folds, woven with lozenges."""
    width, height = size
    colour = _CLOTHS[int(rng.integers(len(_CLOTHS)))]
    x = np.arange(width, dtype=np.float32)[None]
    y = np.arange(height, dtype=np.float32)[:, None]
    phase = 0.7 * clouds(rng, size, stretch=(2, 6)) + rng.uniform(0, 6)
    folds = np.sin(x / rng.uniform(15, 30) + phase + y / rng.uniform(200, 900))
    canvas = np.ones((height, width, 3), np.float32) * floats(colour)
    if rng.random() < 0.7:
        step = rng.uniform(20, 34)
        lozenge = np.abs(((x + 3 * folds) / step) % 2 - 1) + np.abs((y / step) % 2 - 1)
        line = np.exp(-(((lozenge - 1) * step / 2.2) ** 2))
        paint(canvas, shaded(colour, 1, 52), 0.4 * line)
    canvas *= (1 + 0.2 * folds + 0.04 * grain(rng, size))[..., None]
    return canvas


def tent(rng: Random, size: Size) -> Floats:
    """Return the striped side of a pavilion, its stripes running together above."""
    width, height = size
    apex_x, apex_y = width * rng.uniform(0.3, 0.7), -height * rng.uniform(0.15, 0.6)
    first = _CLOTHS[int(rng.integers(1, 5))]  # no red: red and white are arms
    second: Colour = (214, 204, 180)
    count = int(rng.integers(7, 12))
    spread = width * 0.9
    canvas = np.ones((height, width, 3), np.float32) * floats(second)
    feet = apex_x + spread * np.linspace(-1.3, 1.3, 2 * count + 1)
    stripes: list[Points] = [
        np.array([[apex_x, apex_y], [feet[i], height + 5], [feet[i + 1], height + 5]], np.float64)
        for i in range(0, 2 * count, 2)
    ]
    paint(canvas, first, mask(size, stripes))
    x = np.arange(width, dtype=np.float32)[None]
    y = np.arange(height, dtype=np.float32)[:, None]
    share = (x - apex_x) / (y - apex_y + 1)
    folds = np.sin(share * rng.uniform(16, 30) + rng.uniform(0, 6))
    canvas *= (1 + 0.11 * folds + 0.05 * clouds(rng, size) + 0.025 * grain(rng, size))[..., None]
    return canvas


BACKDROPS: tuple[Callable[[Random, Size], Floats], ...] = (
    stone_wall, planks, grass, open_sky, cloth, tent,
)  # fmt: skip
