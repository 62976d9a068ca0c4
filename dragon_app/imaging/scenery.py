"""Fairy-tale landscapes: sky, hills, castles, trees by day, dusk and night. Knows no dragon."""

from dataclasses import dataclass

import numpy as np

from dragon_app.imaging.light import (
    Colour,
    Floats,
    between,
    blend,
    clouds,
    fill,
    floats,
    grain,
    paint,
    shaded,
)
from dragon_app.imaging.shapes import Points, box, curve, ellipse, mask, moved

Size = tuple[int, int]
Random = np.random.Generator


@dataclass(frozen=True, slots=True, kw_only=True)
class Mood:
    """The colours of an hour: sky above and below, clouds, sun or moon, near land, mist, castle."""

    zenith: Colour
    horizon: Colour
    cloud: Colour
    lamp: Colour
    land: Colour
    mist: Colour
    stone: Colour
    window: Colour
    is_night: bool = False


DAY = Mood(
    zenith=(62, 126, 204), horizon=(206, 228, 236), cloud=(250, 249, 244), lamp=(255, 246, 206),
    land=(70, 116, 52), mist=(170, 198, 208), stone=(168, 160, 148), window=(52, 48, 52),
)  # fmt: skip
MORNING = Mood(
    zenith=(120, 164, 204), horizon=(250, 222, 190), cloud=(255, 240, 226), lamp=(255, 232, 170),
    land=(92, 116, 62), mist=(226, 206, 190), stone=(176, 158, 140), window=(74, 58, 54),
)  # fmt: skip
DUSK = Mood(
    zenith=(70, 50, 110), horizon=(244, 148, 84), cloud=(214, 112, 106), lamp=(255, 206, 120),
    land=(58, 52, 62), mist=(190, 112, 104), stone=(92, 76, 92), window=(255, 206, 110),
)  # fmt: skip
NIGHT = Mood(
    zenith=(12, 18, 46), horizon=(50, 74, 116), cloud=(78, 92, 128), lamp=(244, 240, 214),
    land=(20, 34, 44), mist=(52, 72, 104), stone=(62, 70, 92), window=(255, 204, 104),
    is_night=True,
)  # fmt: skip
MOODS = (DAY, MORNING, DUSK, NIGHT)


def landscape(rng: Random, size: Size, mood: Mood) -> tuple[Floats, float]:
    """Return a picture of sky and hills and the height, in pixels, where near ground begins."""
    width, height = size
    canvas = _sky(rng, size, mood)
    ground = height * rng.uniform(0.72, 0.86)
    farthest = height * rng.uniform(0.5, 0.62)
    layers = 3
    castle_on = int(rng.integers(layers)) if rng.random() < 0.55 else -1
    for layer in range(layers):
        share = layer / (layers - 1)
        base = farthest + (ground - farthest) * share
        rough = height * (0.085 - 0.045 * share)
        ridge = base + rough * clouds(rng, (width, 1), stretch=(2 + 2 * layer, 1))[0]
        tone = blend(mood.mist, mood.land, 0.25 + 0.7 * share)
        if layer == castle_on:
            x = int(width * rng.uniform(0.12, 0.88))
            tall = height * (0.17 + 0.1 * share)
            stone = blend(mood.mist, mood.stone, 0.4 + 0.6 * share)
            for shapes, colour in castle(rng, mood, tall, stone):
                fill(canvas, moved(shapes, to=(x, float(ridge[x]) + 6)), colour)
        _hill(canvas, rng, ridge, tone)
        if layer > 0:
            _wood(canvas, rng, ridge, tone, height * (0.035 + 0.05 * share))
    return canvas, ground


def _sky(rng: Random, size: Size, mood: Mood) -> Floats:
    width, height = size
    down = np.linspace(0, 1.35, height, dtype=np.float32)[:, None]
    canvas = between(mood.zenith, mood.horizon, down) * np.ones((1, width, 1), np.float32)
    if mood.is_night:
        for x, y in rng.uniform((0, 0), (width, height * 0.62), (int(rng.integers(30, 90)), 2)):
            fill(canvas, [ellipse(x, y, rng.uniform(0.4, 1.2))], (236, 238, 250), 0.85)
    if rng.random() < 0.7:
        _lamp(canvas, rng, mood)
    puffs = clouds(rng, size, stretch=(2, 1)) * 0.5 - rng.uniform(0, 0.5)
    paint(canvas, mood.cloud, np.clip(puffs, 0, 0.9) * np.clip(1.25 - down, 0, 1))
    return canvas


def _lamp(canvas: Floats, rng: Random, mood: Mood) -> None:
    """Paint the sun or the moon with its glow."""
    height, width = canvas.shape[:2]
    x, y = width * rng.uniform(0.08, 0.92), height * rng.uniform(0.08, 0.4)
    radius = min(width, height) * rng.uniform(0.04, 0.1)
    far = np.hypot(np.arange(width)[None] - x, np.arange(height)[:, None] - y).astype(np.float32)
    paint(canvas, mood.lamp, 0.55 * np.exp(-far / (3.2 * radius)))
    fill(canvas, [ellipse(x, y, radius)], mood.lamp, 0.95)
    if mood.is_night:
        for dx, dy, r in ((-0.3, -0.2, 0.22), (0.25, 0.3, 0.28), (0.3, -0.4, 0.14)):
            spot = ellipse(x + dx * radius, y + dy * radius, r * radius)
            fill(canvas, [spot], (214, 208, 180), 0.7)


def _hill(canvas: Floats, rng: Random, ridge: Floats, colour: Colour) -> None:
    height, width = canvas.shape[:2]
    edge = np.column_stack([np.arange(width), ridge])
    whole = np.vstack([[(-2, ridge[0])], edge, [(width + 2, ridge[-1])]])
    cover = mask((width, height), [np.vstack([whole, [(width + 2, height + 2), (-2, height + 2)]])])
    depth = np.clip((np.arange(height, dtype=np.float32)[:, None] - ridge[None]) / height, 0, 1)
    shade = 1.12 - 1.1 * depth + 0.05 * clouds(rng, (width, height), stretch=(2, 1))
    shade = shade + 0.035 * grain(rng, (width, height))
    paint(canvas, floats(colour) * shade[..., None], cover)


def _wood(canvas: Floats, rng: Random, ridge: Floats, colour: Colour, tall: float) -> None:
    """Plant trees in clumps along a ridge: firs, or round crowns."""
    width = canvas.shape[1]
    is_fir = rng.random() < 0.6
    dark = shaded(colour, 0.72)
    trees: list[Points] = []
    for _ in range(int(rng.integers(1, 4))):
        middle = rng.uniform(0, width)
        for x in rng.normal(middle, width * 0.07, int(rng.integers(4, 12))):
            foot = float(ridge[int(np.clip(x, 0, width - 1))]) + tall * 0.25
            size = tall * rng.uniform(0.7, 1.3)
            trees += fir(x, foot, size) if is_fir else round_tree(x, foot, size)
    fill(canvas, trees, dark)


def fir(x: float, foot: float, tall: float) -> list[Points]:
    """Return a fir as three skirts on a trunk."""
    trunk = box(x - 0.05 * tall, foot - 0.2 * tall, x + 0.05 * tall, foot)
    skirts = [
        np.array(
            [
                [x, foot - top * tall],
                [x + wide * tall, foot - low * tall],
                [x - wide * tall, foot - low * tall],
            ]
        )
        for top, low, wide in ((1.0, 0.62, 0.16), (0.82, 0.38, 0.23), (0.6, 0.12, 0.3))
    ]
    return [trunk, *skirts]


def round_tree(x: float, foot: float, tall: float) -> list[Points]:
    """Return a leafy tree as a few round crowns on a trunk."""
    trunk = box(x - 0.05 * tall, foot - 0.5 * tall, x + 0.05 * tall, foot)
    crowns = [
        ellipse(x + dx * tall, foot - dy * tall, r * tall)
        for dx, dy, r in ((0, 0.72, 0.27), (-0.2, 0.56, 0.2), (0.2, 0.58, 0.2))
    ]
    return [trunk, *crowns]


def castle(
    rng: Random, mood: Mood, tall: float, stone: Colour
) -> list[tuple[list[Points], Colour]]:
    """Return a castle of a wall and pointed towers, its foot at 0, from back to front."""
    roof: Colour = ((138, 52, 48), (62, 76, 112), (88, 70, 64))[int(rng.integers(3))]
    roof = shaded(roof, 0.5 if mood.is_night else 1)
    half = tall * 0.62
    battlements = [
        box((i / 4 - 1 / 13) * half, -0.5 * tall, (i / 4 + 1 / 13) * half, -0.43 * tall)
        for i in range(-4, 5)
    ]
    gate = curve([(-0.09, 0.1), (-0.09, -0.12), (0, -0.22), (0.09, -0.12), (0.09, 0.1)]) * tall
    parts: list[tuple[list[Points], Colour]] = [
        ([box(-half, -0.44 * tall, half, 0.1 * tall), *battlements], stone),
        ([gate], mood.window if mood.is_night else (64, 50, 44)),
    ]
    for place, high, wide in (
        (-0.98, 0.8, 0.14), (0.98, 0.72, 0.14), (-0.42, 1.0, 0.12), (0.38, 1.15, 0.13)
    ):  # fmt: skip
        x, top, side = place * half, -high * tall * rng.uniform(0.9, 1.1), wide * tall
        peak = top - 3.1 * side
        slits = [ellipse(x, top + s * side, 0.2 * side, 0.42 * side) for s in (1.3, 3.4)]
        parts += [
            ([box(x - side, top, x + side, 0.1 * tall)], stone),
            ([box(x + 0.25 * side, top, x + side, 0.1 * tall)], shaded(stone, 0.78)),
            ([np.array([[x - 1.35 * side, top], [x, peak], [x + 1.35 * side, top]])], roof),
            (slits, mood.window),
        ]
        if rng.random() < 0.5:
            flag = np.array([[0, -1], [1.5, -0.6], [0, -0.2]]) * side + (x, peak)
            staff = box(x - 0.5, peak - side, x + 0.5, peak + side)
            parts.append(([flag, staff], (176, 36, 40)))
    return parts
